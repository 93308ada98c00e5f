"""The curves of runs: what is left out, how lines are told apart, and a chart that stands still."""

import json

import numpy as np
import pytest

from cnnviz.figures.training.curves import (
    COLOURS,
    DASHES,
    POINTS,
    ZOOM,
    Axis,
    Curve,
    Lines,
    band,
    curve_chart,
)
from cnnviz.figures.training.curves import curve_table as table_of

RUNS = {"first": COLOURS[0], "second": COLOURS[1]}
PARTS = {"test": DASHES[0], "train": DASHES[1]}


def chart(axis=None):
    return curve_chart(Lines("run", RUNS), Lines("part", PARTS), axis or Axis("Loss"), "Epoch")


def test_every_point_of_a_short_curve_is_there():
    table = table_of([Curve("first", "test", [1, 2, 3], [0.3, 0.2, 0.1])])
    assert list(table.columns) == ["run", "part", "across", "up"]
    assert table["up"].tolist() == [0.3, 0.2, 0.1]
    assert set(table["run"]) == {"first"}
    assert set(table["part"]) == {"test"}


@pytest.mark.parametrize("length", [POINTS, POINTS + 1, 5 * POINTS - 1, 40_000])
def test_a_long_curve_is_thinned_and_keeps_its_last_point(length):
    table = table_of([Curve("first", "train", np.arange(length), np.arange(length))])
    assert POINTS / 2 <= len(table) <= POINTS
    assert table["across"].iloc[-1] == length - 1
    assert table["across"].is_monotonic_increasing
    assert len(set(np.diff(table["across"]))) == 1


def test_what_is_no_number_is_left_out():
    table = table_of(
        [Curve("first", "train", [1, 2, 3, 4], [0.1, float("nan"), float("inf"), 0.4])]
    )
    assert table["across"].tolist() == [1, 4]


def test_no_curves_make_an_empty_table():
    assert table_of([]).empty
    assert table_of([Curve("first", "test", [], [])]).empty


def test_colours_tell_the_runs_and_dashes_the_parts():
    encoding = chart()["encoding"]
    assert encoding["color"]["scale"] == {"domain": list(RUNS), "range": list(COLOURS[:2])}
    assert encoding["strokeDash"]["scale"]["domain"] == ["test", "train"]
    solid, dashed = encoding["strokeDash"]["scale"]["range"]
    assert solid[1] == 0
    assert dashed[1] > 0
    assert chart()["title"]["subtitle"] == "solid: test, dashed: train"


def test_a_chart_holds_no_data_and_is_json():
    """New data then replace the old without a new chart, which would forget the zoom."""
    assert "data" not in json.loads(json.dumps(chart()))
    (zoom,) = chart()["params"]
    assert zoom["name"] == ZOOM
    assert zoom["bind"] == "scales"
    assert "ctrlKey" in zoom["select"]["zoom"], "the wheel alone scrolls the page"


def test_axes_follow_what_was_measured():
    up = chart(Axis("Accuracy", ".0%"))["encoding"]["y"]
    assert up["axis"]["format"] == ".0%"
    assert up["scale"] == {"zero": False}
    assert chart(Axis("Norm", is_logarithmic=True))["encoding"]["y"]["scale"] == {"type": "log"}
    assert "format" not in chart()["encoding"]["y"]["axis"]


def test_yellow_is_no_line_on_white():
    assert "#F0E442" not in COLOURS
    assert len(set(COLOURS)) == len(COLOURS) == 6


def test_several_curves_are_a_mean_with_a_band():
    """Between points they are interpolated; where one has ended the others stand alone."""
    across, mean, low, high = band([([0, 2, 4], [0.0, 2.0, 4.0]), ([0, 1], [4.0, 6.0]), ([], [])])
    assert across.tolist() == [0, 1, 2, 4]
    assert mean.tolist() == [2.0, 3.5, 2.0, 4.0]
    assert low.tolist() == [0.0, 1.0, 2.0, 4.0]
    assert high.tolist() == [4.0, 6.0, 2.0, 4.0]


def test_a_band_is_thinned_with_its_curve():
    many = np.arange(5 * POINTS)
    table = table_of([Curve("first", "test", *band([(many, many), (many, many + 2)]))])
    assert list(table.columns) == ["run", "part", "across", "up", "low", "high"]
    assert len(table) <= POINTS
    assert (table["high"] - table["low"] == 2).all()
    assert (table["up"] == table["across"] + 1).all()


def test_a_band_lies_behind_its_line_in_one_chart():
    options = {"notes": ("paper", "here"), "has_bands": True}
    made = curve_chart(Lines("run", RUNS), Lines("run", RUNS), Axis("Loss"), "Epoch", **options)
    area, line = made["layer"]
    assert (area["encoding"]["y"]["field"], area["encoding"]["y2"]["field"]) == ("low", "high")
    assert area["encoding"]["color"] == line["encoding"]["color"]
    assert line["params"][0]["name"] == ZOOM
    assert made["title"]["subtitle"] == ["paper", "here"]
    assert "params" not in made
