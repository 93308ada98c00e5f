"""Charts of an experiment's curves, one colour per network; several seeds as mean and band."""

from collections.abc import Callable, Iterator, Sequence

import streamlit as st

from cnnviz.figures.legend import line_legend
from cnnviz.figures.training.curves import (
    COLOURS,
    DASHES,
    Axis,
    Curve,
    Lines,
    band,
    curve_chart,
)
from cnnviz.training.measurement import Measurement
from cnnviz.ui.experiments.results import Results
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.parts.drawing import shared_points, show_curve_chart
from cnnviz.ui.runs.curves import ACROSS, ATTRIBUTES, choose_across

MAX_DOTS = 20  # tests of a curve that are drawn as dots
Value = Callable[[Measurement], float | None]


def _complement(value: float | None) -> float | None:
    return None if value is None else 1 - value


def _mean_gate(measurement: Measurement) -> float | None:
    gates = measurement.gates.values()
    return sum(gates) / len(gates) if gates else None


# Pairs of charts by their names in the URL.
CHARTS: dict[str, tuple[tuple[Axis, Value], ...]] = {
    "error": (
        (Axis("Training error", ".4~p"), lambda m: _complement(m.train_accuracy)),
        (Axis("Test error", ".4~p"), lambda m: _complement(m.test_accuracy)),
    ),
    "loss": (
        (Axis("Training loss (cross-entropy)", from_zero=True), lambda m: m.train_loss),
        (Axis("Test loss (cross-entropy)", from_zero=True), lambda m: m.test_loss),
    ),
}
GATES = (Axis("Mean of all gates"), _mean_gate)


def choose_charts() -> tuple[str, str]:
    """Draw the menus of the quantity (key of ``CHARTS``) and the axis (key of ``ACROSS``)."""
    left, right = st.columns(2)
    with left:
        measure = choose_labelled("Curves of", list(CHARTS), address.MEASURE)
    with right:
        across = choose_across()
    return measure, across


def arm_look(number: int) -> tuple[str, Sequence[int]]:
    """Colour and dashes of an arm by its position; colours repeat with other dashes."""
    return COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)]


def show_charts(results: Results, measure: str, across: str, notes: Sequence[str]) -> None:
    """Draw a pair of charts and their legend."""
    looks = [(arm.title, *arm_look(number)) for number, arm in enumerate(results.arms)]
    st.html(line_legend([(title, colour, dash[1] > 0) for title, colour, dash in looks]))
    for place, (axis, value) in zip(st.columns(2), CHARTS[measure], strict=True):
        with place:
            _show(axis, value, results, across, notes)


def show_gate_chart(results: Results, across: str, notes: Sequence[str]) -> None:
    """Draw the mean gate of each arm."""
    _show(*GATES, results, across, notes)


def _show(axis: Axis, value: Value, results: Results, across: str, notes: Sequence[str]) -> None:
    measured = tuple((arm.title, tuple(run.key for run in arm.runs)) for arm in results.arms)
    table = shared_points(
        (axis.title, across, measured), lambda: _curves(results, axis.title, across, value)
    )
    if not table.num_rows:
        st.caption(f"**{axis.title}**: no measurements yet.")
        return
    alt = f"{axis.title} of {', '.join(arm.title for arm in results.arms)}; {notes[-1]}"
    show_curve_chart(table, chart(axis, results, across, notes), f"experiment_{axis.title}", alt)


def chart(axis: Axis, results: Results, across: str, notes: Sequence[str]) -> dict[str, object]:
    """The chart of a quantity, with a colour and dashes for each arm."""
    looks = {arm.title: arm_look(number) for number, arm in enumerate(results.arms)}
    colour = Lines("run", {title: colour for title, (colour, _) in looks.items()}, False)
    dash = Lines("run", {title: dashes for title, (_, dashes) in looks.items()}, False)
    has_dots = results.epochs <= MAX_DOTS and "train" not in axis.title.lower()
    return curve_chart(colour, dash, axis, ACROSS[across], notes, results.has_bands, has_dots)


def _curves(results: Results, title: str, across: str, value: Value) -> Iterator[Curve]:
    for arm in results.arms:
        by_run = [_points(run.curve, across, value) for run in arm.runs]
        by_run = [points for points in by_run if points[0]]
        if by_run:
            yield Curve(arm.title, title, *(band(by_run) if results.has_bands else by_run[0]))


def _points(
    curve: Sequence[Measurement], across: str, value: Value
) -> tuple[list[float], list[float]]:
    attribute = ATTRIBUTES[across]
    points = [(getattr(m, attribute), v) for m in curve if (v := value(m)) is not None]
    return [x for x, _ in points], [y for _, y in points]
