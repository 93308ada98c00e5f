"""The tables of results.csv, against the slides."""

import csv
from collections import Counter

import pytest

from cnnviz.architectures import results
from cnnviz.architectures.published import published
from cnnviz.architectures.results import number, result_tables

TABLES = result_tables()

# A table, how many rows it has, and in one of them what identifies it, a column and its value.
CELLS = [
    ("ILSVRC winners by year", 6, {"year": "2011"}, "top-5 error (%)", "25.8"),
    ("ILSVRC winners by year", 6, {"winner": "ResNet (MSRA)"}, "top-5 error (%)", "3.57"),
    ("AlexNet Table 1", 2, {"model": "AlexNet"}, "top-5 (%)", "17.0"),
    ("AlexNet Table 2", 5, {"model": "7 CNNs*"}, "top-5 (test)", "15.3%"),
    (
        "VGG Table 4",
        10,
        {"ConvNet configuration": "D", "train side (S)": "384"},
        "top-1 error (%)",
        "26.5",
    ),
    ("GoogLeNet Table 2", 7, {"team": "MSRA"}, "top-5 error", "7.35%"),
    ("ResNet Table 4", 10, {"method": "ResNet-34 C"}, "top-5 error (%)", "5.60"),
    ("ResNet Table 5", 6, {"method": "VGG (v5)"}, "top-5 error (%)", "6.8"),
    (
        "ResNet Table 6",
        12,
        {"layers": "19", "method": "Highway"},
        "error (%)",
        "7.54 (7.72 ± 0.16)",
    ),
    ("Pre-activation Table 1", 11, {"remark": "frozen gating"}, "error (%)", "12.35"),
    ("Pre-activation Table 1", 11, {"remark": "init b_g = 0 to -5"}, "error (%)", "fail"),
    ("Pre-activation Table 2", 5, {"case": "BN after addition"}, "ResNet-110", "8.17"),
    ("Pre-activation Table 3", 6, {"baseline unit": "27.82"}, "pre-activation unit", "22.71"),
    ("DenseNet Table 2", 21, {"method": "DenseNet-BC (k = 40)"}, "C10+", "3.46"),
    ("DenseNet Table 2", 21, {"method": "All-CNN"}, "SVHN", "-"),
    ("DenseNet Table 2", 21, {"depth": "1001"}, "C100", "33.47*"),
    ("DenseNet Table 3", 4, {"model": "DenseNet-161 (k = 48)"}, "top-1 error (%)", "22.33 (20.85)"),
    ("Single crop", 6, {"method": "Inception-v3"}, "top-5 error (%)", "6.44"),
    ("AlexNet to ResNet", 6, {"method": "VGG16"}, "top-5 error (%)", "7.2"),
]


@pytest.mark.parametrize(("title", "count", "row", "column", "value"), CELLS)
def test_cells_are_what_the_slides_print(title, count, row, column, value):
    table = TABLES[title]
    assert len(table.rows) == count
    rows = [r for r in table.rows if row.items() <= r.items()]
    assert len(rows) == 1
    assert rows[0][column] == value


def test_every_table_is_checked_above():
    assert set(TABLES) == {title for title, *_ in CELLS}


@pytest.mark.parametrize("title", TABLES)
def test_a_table_is_rectangular_and_has_a_source(title):
    table = TABLES[title]
    assert table.title == title
    assert table.source
    assert len(table.columns) >= 2
    assert all(tuple(row) == table.columns for row in table.rows)
    assert all(any(row.values()) for row in table.rows)


def test_every_cell_is_given_once_with_the_source_of_its_table():
    path = results.__file__.removesuffix("py") + "csv"
    with open(path, newline="", encoding="utf-8") as file:  # noqa: PTH123
        lines = list(csv.DictReader(file))
    places = Counter((line["table"], line["row"], line["column"]) for line in lines)
    assert max(places.values()) == 1
    assert all(line["source"] == TABLES[line["table"]].source for line in lines)


def test_numbers_to_sort_by():
    cells = ("7.54 (7.72 ± 0.16)", "16.4%", "19.4M", "11.26*", "fail", "-", "", "1 - g(x)")
    assert [number(cell) for cell in cells] == [7.54, 16.4, 19.4, 11.26, None, None, None, 1.0]


QUANTITIES = {
    "params": "params",
    "C10": "c10_error",
    "C10+": "c10plus_error",
    "C100": "c100_error",
    "C100+": "c100plus_error",
    "SVHN": "svhn_error",
}


@pytest.mark.parametrize(
    ("method", "depth", "variant"),
    [
        ("FractalNet", "21", "fractalnet21_cifar"),
        ("FractalNet with Dropout/Drop-path", "21", "fractalnet21_cifar"),
        ("DenseNet (k = 12)", "40", "densenet40_k12_cifar"),
        ("DenseNet (k = 12)", "100", "densenet100_k12_cifar"),
        ("DenseNet (k = 24)", "100", "densenet100_k24_cifar"),
        ("DenseNet-BC (k = 12)", "100", "densenet_bc100_k12_cifar"),
        ("DenseNet-BC (k = 24)", "250", "densenet_bc250_k24_cifar"),
        ("DenseNet-BC (k = 40)", "190", "densenet_bc190_k40_cifar"),
    ],
)
def test_published_figures_are_those_of_the_table(method, depth, variant):
    rows = TABLES["DenseNet Table 2"].rows
    (row,) = (row for row in rows if (row["method"], row["depth"]) == (method, depth))
    figures = {(figure.quantity, figure.value) for figure in published(variant)}
    printed = {(QUANTITIES[c], row[c].rstrip("M")) for c in QUANTITIES if row[c] != "-"}
    assert printed <= figures


def test_rows_sort_by_number_and_dashes_come_last():
    table = result_tables()["DenseNet Table 2"]
    errors = [number(row["C10+"]) for row in table.sorted_by("C10+")]
    numbers = [error for error in errors if error is not None]
    assert numbers == sorted(numbers)
    assert errors[: len(numbers)] == numbers
    assert len(errors) == len(table.rows) > len(numbers)
