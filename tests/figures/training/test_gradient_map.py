"""The map of gradients: every number at its place, nothing that breaks."""

import numpy as np

from cnnviz.figures.training.gradient_map import MAX_COLUMNS, gradient_map, gradient_table


def test_a_map_has_a_cell_for_each_number_above_0():
    values = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, 6.0]])
    table = gradient_table(["start", "1", "2"], ["first", "last"], values)
    cells = {(row.layer, row.epoch): row.value for row in table.itertuples()}
    assert cells == {
        ("first", "start"): 1,
        ("first", "1"): 2,
        ("first", "2"): 3,
        ("last", "start"): 4,
        ("last", "2"): 6,
    }


def test_a_long_run_keeps_its_first_and_last_epoch():
    epochs = [str(number) for number in range(401)]
    table = gradient_table(epochs, ["only"], np.arange(1.0, 402.0)[np.newaxis])
    assert len(table) <= MAX_COLUMNS
    assert (table["value"].iloc[0], table["value"].iloc[-1]) == (1, 401)
    assert table["value"].is_monotonic_increasing


def test_a_map_of_nothing_has_no_cells():
    assert gradient_table([], [], np.empty((0, 0))).empty


def test_the_maps_rows_are_in_the_layers_order_and_grow_with_them():
    few, many = gradient_map(["b", "a"], "RMS"), gradient_map([str(n) for n in range(30)], "RMS")
    assert few["encoding"]["y"]["sort"] == ["b", "a"]
    assert few["encoding"]["color"]["scale"] == {"type": "log", "scheme": "viridis"}
    assert few["height"] < many["height"]
