"""The confusion matrix: every cell at its place, in its colour, and found again when chosen."""

import json

import numpy as np
import pytest

from cnnviz.figures.training.confusion import (
    CELL,
    MAX_COUNTED,
    confusion_chart,
    confusion_table,
)

COUNTS = np.array([[8, 2, 0], [0, 5, 5], [0, 0, 0]])
NAMES = ("ant", "bee", "a *very* long name")


def test_a_cell_stands_in_the_row_of_its_class_and_the_column_of_its_prediction():
    table = confusion_table(COUNTS, NAMES)
    assert len(table) == 9
    for cell in table.itertuples():
        assert cell.share == pytest.approx(
            COUNTS[cell.row, cell.column] / max(COUNTS[cell.row].sum(), 1)
        )
        assert cell.says.startswith(f"{NAMES[cell.row]} predicted as {NAMES[cell.column]}: ")
    assert table["class"].tolist() == [name for name in NAMES for _ in NAMES]
    assert table["predicted"].tolist() == [*NAMES] * 3


def test_counts_are_written_and_zeros_are_not():
    table = confusion_table(COUNTS, NAMES)
    assert table["count"].tolist() == [*("8", "2", ""), *("", "5", "5"), *("", "", "")]
    assert table["says"][1] == "ant predicted as bee: 2 (20.0%)"


def test_text_is_light_on_dark_cells_and_dark_on_light_ones():
    empty, full = confusion_table(np.array([[0, 9], [0, 9]]), ("a", "b"))["ink"][:2]
    assert (empty, full) == ("#ffffff", "#000000")


def test_the_matrix_reads_downwards_as_a_table():
    across, down = (confusion_chart(NAMES)["encoding"][axis] for axis in "xy")
    assert (across["field"], down["field"]) == ("predicted", "class")
    assert across["sort"] == down["sort"] == list(NAMES)


@pytest.mark.parametrize(("count", "counted"), [(MAX_COUNTED, True), (MAX_COUNTED + 1, False)])
def test_many_classes_have_colours_alone(count, counted):
    chart = confusion_chart([f"class {index}" for index in range(count)])
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["rect", "text"][: 1 + counted]
    assert chart["encoding"]["x"]["axis"]["labelOverlap"] is not counted


def test_a_cell_is_chosen_by_its_row_and_column_and_framed():
    cells = json.loads(json.dumps(confusion_chart(NAMES)))["layer"][0]
    select = {"type": "point", "fields": ["row", "column"]}
    assert cells["params"] == [{"name": CELL, "select": select}]
    assert cells["encoding"]["strokeWidth"]["condition"]["param"] == CELL
    assert cells["encoding"]["description"]["field"] == "says"
