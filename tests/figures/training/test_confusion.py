"""The confusion matrix: every cell at its place, in its colour, and found again when chosen."""

import json

import numpy as np
import pytest

from cnnviz.figures.training.confusion import MAX_COUNTED, chosen_cell, confusion_option

COUNTS = np.array([[8, 2, 0], [0, 5, 5], [0, 0, 0]])
NAMES = ("ant", "bee", "a *very* long name")


def cells(counts=COUNTS, names=NAMES):
    return confusion_option(counts, names)["series"][0]["data"]


def test_a_cell_stands_in_the_row_of_its_class_and_the_column_of_its_prediction():
    found = cells()
    assert len(found) == 9
    for index, cell in enumerate(found):
        label, predicted = chosen_cell(index, 3)
        column, row, share = cell["value"]
        assert (row, column) == (label, predicted)
        assert share == pytest.approx(COUNTS[label, predicted] / max(COUNTS[label].sum(), 1))
        assert cell["name"].startswith(f"{NAMES[label]} called {NAMES[predicted]}: ")


def test_counts_are_written_and_zeros_are_not():
    assert [cell["label"]["formatter"] for cell in cells()] == [
        *("8", "2", ""),
        *("", "5", "5"),
        *("", "", ""),
    ]
    assert cells()[1]["name"] == "ant called bee: 2 (20.0%)"


def test_text_is_light_on_dark_cells_and_dark_on_light_ones():
    empty, full = cells(np.array([[0, 9], [0, 9]]), "ab")[:2]
    assert empty["label"]["color"] != full["label"]["color"]


def test_the_matrix_reads_downwards_as_a_table():
    option = confusion_option(COUNTS, NAMES)
    assert option["yAxis"]["inverse"] is True
    assert option["xAxis"]["data"] == option["yAxis"]["data"] == list(NAMES)


@pytest.mark.parametrize(("count", "counted"), [(MAX_COUNTED, True), (MAX_COUNTED + 1, False)])
def test_many_classes_have_colours_alone(count, counted):
    names = [f"class {index}" for index in range(count)]
    option = confusion_option(np.eye(count, dtype=int), names)
    assert option["series"][0]["label"]["show"] is counted
    assert option["xAxis"]["axisLabel"]["interval"] == (0 if counted else "auto")


def test_it_is_json():
    assert json.loads(json.dumps(confusion_option(COUNTS, NAMES)))["series"][0]["type"] == "heatmap"
