"""The curves of runs on screen: loss and accuracy, and whatever else was measured, on demand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from cnnviz.figures.theme import stage_colour
from cnnviz.figures.training.curves import (
    COLOURS,
    DASHES,
    Axis,
    Curve,
    Lines,
    curve_chart,
    curve_table,
)
from cnnviz.training.measurement import Measurement
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_several
from cnnviz.ui.parts.drawing import chart_points, shared_points, show_curve_chart
from cnnviz.ui.runs.readings import Reading
from cnnviz.ui.runs.words import run_label

# What of a measurement each is.
ATTRIBUTES = {"epochs": "epoch", "seconds": "seconds", "steps": "step"}
ACROSS = {"epochs": "Epoch", "seconds": "Seconds of training", "steps": "Step"}
MAX_OVERLAID = len(COLOURS)


@dataclass(frozen=True)
class Quantity:
    """Something that is measured while a network trains.

    Attributes:
        axis: How it is drawn.
        values: What a measurement says of it, by part; what is None was not measured.
        by_part: Whether the parts are the network's, and so get the colours.
        help: What it tells, in one sentence.
    """

    axis: Axis
    values: Callable[[Measurement], Mapping[str, float | None]]
    by_part: bool = False
    help: str = ""


QUANTITIES = {
    "loss": Quantity(
        Axis("Loss (cross-entropy)", from_zero=True),
        lambda m: {"test": m.test_loss, "train": m.train_loss},
    ),
    "accuracy": Quantity(
        Axis("Accuracy", ".0%"),
        lambda m: {"test": m.test_accuracy, "train": m.train_accuracy},
    ),
    "learning rate": Quantity(
        Axis("Learning rate"),
        lambda m: {"learning rate": m.learning_rate},
        help="The schedule's, times what its owner multiplies it by.",
    ),
    "images per second": Quantity(
        Axis("Images per second", "~s", from_zero=True),
        lambda m: {"images per second": m.images_per_second},
        help="Trained, without the tests in between.",
    ),
    "gradient norm": Quantity(
        Axis("Gradient norm by stage", is_logarithmic=True),
        lambda m: m.gradient_norm,
        by_part=True,
        help="Where it is tiny in early stages, they hardly learn: the gradient vanishes.",
    ),
    "update to weight": Quantity(
        Axis("Update-to-weight ratio by stage", is_logarithmic=True),
        lambda m: m.update_ratio,
        by_part=True,
        help="How far a step moves the weights, as a share of them; about 0.001 is usual.",
    ),
    "dead ReLUs": Quantity(
        Axis("Dead ReLU channels by stage", ".0%", from_zero=True),
        lambda m: m.dead_relus,
        by_part=True,
        help="Channels that are 0 for every test image looked at: they learn no more.",
    ),
    "gates": Quantity(
        Axis("Mean gate value"),
        lambda m: m.gates,
        by_part=True,
        help="How much of its input a gated layer transforms; only some networks have gates.",
    ),
    "memory": Quantity(
        Axis("Memory (bytes)", "~s", from_zero=True),
        lambda m: {"memory": m.memory},
        help="The largest so far: on the device, or of the process on a CPU.",
    ),
}
ALWAYS = ("loss", "accuracy")
NOTHING = Measurement(0, 0.0, 0.0)


def choose_curves() -> tuple[str, tuple[str, ...]]:
    """Draw what the curves go over and which are shown beside loss and accuracy."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        across = choose_across()
    others = [name for name in QUANTITIES if name not in ALWAYS]
    with right:
        more = choose_several(
            "More curves",
            others,
            address.CURVES,
            placeholder="Gradient norm, dead ReLUs ...",
            help="Curves of what goes on inside.",
        )
    return across, tuple(more)


def choose_across() -> str:
    """Draw what curves go over; a key of ``ACROSS``."""
    return choose_labelled("Curves over", list(ACROSS), address.ACROSS)


def show_curves(readings: Sequence[Reading], across: str, more: Sequence[str]) -> None:
    """Draw the charts of runs, two beside each other."""
    names = [*ALWAYS, *more]
    for start in range(0, len(names), 2):
        places = st.columns(2)
        for place, name in zip(places, names[start : start + 2], strict=False):
            with place:
                _show(name, readings, across)


def show_recorded_curves(label: str, measurements: Sequence[Measurement]) -> None:
    """Draw loss and accuracy over the epochs of one run that is no more than a record."""
    for place, name in zip(st.columns(2), ALWAYS, strict=True):
        quantity = QUANTITIES[name]
        points = chart_points(curve_table(_curves(quantity, label, measurements, "epochs")))
        drawn = chart(quantity, [label], tuple(quantity.values(NOTHING)), "epochs")
        with place:
            show_curve_chart(points, drawn, f"recorded_{name}", f"{quantity.axis.title} of {label}")


def _show(name: str, readings: Sequence[Reading], across: str) -> None:
    quantity = QUANTITIES[name]
    measured = tuple((r.run.id, r.number) for r in readings)
    table = shared_points(
        (name, across, measured),
        lambda: [
            curve
            for reading in readings
            for curve in _curves(quantity, run_label(reading.run), reading.measurements, across)
        ],
    )
    if not table.num_rows:
        st.caption(f"**{quantity.axis.title}**: nothing was measured yet. {quantity.help}")
        return
    labels = [run_label(reading.run) for reading in readings]
    # Those that every measurement may have, or else the chart changes when the first test comes.
    parts = tuple(quantity.values(NOTHING)) or tuple(table["part"].unique().to_pylist())
    alt = f"{quantity.axis.title} of {', '.join(labels)}"
    show_curve_chart(table, chart(quantity, labels, parts, across), f"chart_{name}", alt)
    if quantity.help:
        st.caption(quantity.help)


def chart(
    quantity: Quantity, labels: Sequence[str], parts: Sequence[str], across: str
) -> dict[str, object]:
    """The chart of a quantity: colours tell the runs, or the parts where those are the network's.

    Args:
        quantity: What is drawn.
        labels: Of the runs, in the order of their colours.
        parts: That were measured.
        across: A key of ``ACROSS``.
    """
    if quantity.by_part:
        colour = Lines("part", part_colours(parts))
        dash = Lines("run", _dashes(labels), has_legend=len(labels) > 1)
    else:
        colour = Lines("run", dict(zip(labels, COLOURS, strict=False)), has_legend=False)
        dash = Lines("part", _dashes(parts), has_legend=len(parts) > 1)
    return curve_chart(colour, dash, quantity.axis, ACROSS[across])


def part_colours(parts: Sequence[str]) -> dict[str, str]:
    """The colours that a network's parts have everywhere; of other names one after another."""
    known = all(part.startswith(("stem", "stage", "head")) for part in parts)
    return {
        part: stage_colour(part) if known else COLOURS[number % len(COLOURS)]
        for number, part in enumerate(parts)
    }


def _dashes(names: Sequence[str]) -> dict[str, Sequence[int]]:
    return {name: DASHES[number % len(DASHES)] for number, name in enumerate(names)}


def _curves(
    quantity: Quantity, label: str, measurements: Sequence[Measurement], across: str
) -> list[Curve]:
    points: dict[str, tuple[list[float], list[float]]] = {}
    attribute = ATTRIBUTES[across]
    for measurement in measurements:
        for part, value in quantity.values(measurement).items():
            if value is None or (quantity.axis.is_logarithmic and value <= 0):
                continue
            xs, ys = points.setdefault(part, ([], []))
            xs.append(getattr(measurement, attribute))
            ys.append(value)
    return [Curve(label, part, xs, ys) for part, (xs, ys) in points.items()]
