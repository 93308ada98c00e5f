"""The gradient of each layer during a training run."""

import math
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from cnnviz.analysis.kinds import weights_of
from cnnviz.architectures import NetworkSpec, build
from cnnviz.figures.legend import legend
from cnnviz.figures.training.curves import Curve
from cnnviz.figures.training.gradient_map import gradient_map, gradient_table
from cnnviz.runs.run import Run
from cnnviz.ui.gradient_flow.by_architecture import RMS, say_verdicts
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers
from cnnviz.ui.parts import address
from cnnviz.ui.parts.drawing import chart_points
from cnnviz.ui.parts.page import look_again, plain
from cnnviz.ui.runs.choice import choose_run
from cnnviz.ui.runs.readings import Reading, shared_runs
from cnnviz.ui.runs.words import progress_text, run_label
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.visitor import visitor

MAX_CURVES = 5
MAX_RUNS = 20  # newest runs that are searched for gradients
# Networks that an empty page suggests, by their activation in the URL of Train.
TO_TRAIN = {"sigmoid": "Train nine layers with sigmoids", "relu": "Train nine layers with ReLU"}
DEEP = {
    address.ARCHITECTURE: "mlp",
    address.VARIANT: "mlp",
    address.HYPERPARAMETER.of("mlp", "hidden_layers"): "8",
}
ACTIVATION = address.HYPERPARAMETER.of("mlp", "activation")
PACE = 2.0  # seconds between updates of an open run


@dataclass(frozen=True, eq=False)
class LayersOverTime:
    """The recorded gradients of a run's layers.

    Attributes:
        layers: Module paths, in the order of registration.
        epochs: Epochs of the measurements; the first is after one step.
        rms: Root mean square of each gradient, (layers, epochs).
    """

    layers: tuple[str, ...]
    epochs: tuple[float, ...]
    rms: np.ndarray

    @property
    def names(self) -> list[str]:
        """Names of the epochs."""
        return ["start", *(f"{epoch:.3g}" for epoch in self.epochs[1:])]


def show_during_training() -> None:
    """Draw the menu of runs and the gradients of the chosen one, or how to get such a run."""
    runs = _runs_with_gradients()
    requested = address.requested(address.RUN)
    if requested and requested not in {run.id for run in runs}:
        st.warning(
            f"The run {plain(requested)} has no recorded gradients by layer: it has not started, "
            "was deleted, or is from an older version.",
            icon=":material/link_off:",
        )
    if not runs:
        _say_how()
        return
    run = choose_run(runs)
    look_again(
        lambda: shared_runs().readings.of(run.id),
        _show_reading,
        lambda reading: reading and reading.run.state,
        lambda reading: PACE if reading and reading.run.is_open else None,
    )


def _say_how() -> None:
    st.info(
        "There are no runs with gradients by layer yet. Every run of the page Train records them, "
        "after its first step and after each epoch. Train a deep network with sigmoids and one "
        "with ReLU (seconds on the digits), then come back.",
        icon=":material/model_training:",
    )
    for activation, label in TO_TRAIN.items():
        st.page_link(
            "pages/train.py",
            label=label,
            icon=":material/arrow_forward:",
            query_params=address.query({**DEEP, ACTIVATION: activation}),
        )


def _runs_with_gradients() -> list[Run]:
    """Runs with gradients, own runs first, each newest first."""
    readings = shared_runs().readings
    runs = {run.id: run for run in readings.latest()[:MAX_RUNS] if run.step}
    requested = address.requested(address.RUN)
    if requested and requested not in runs and (reading := readings.of(requested)):
        runs[requested] = reading.run
    with_gradients = [run for run in runs.values() if _has_gradients(run.id)]
    own = visitor()
    return sorted(with_gradients, key=lambda run: run.owner != own)


def _has_gradients(run_id: str) -> bool:
    reading = shared_runs().readings.of(run_id)
    return reading is not None and any(each.layer_gradients for each in reading.measurements)


def _show_reading(reading: Reading | None) -> None:
    if reading is None:
        st.rerun()  # it was deleted since the menu was drawn
    st.markdown(f"**{plain(run_label(reading.run))}** · {progress_text(reading)}")
    gradients = layers_over_time(reading.run.id, reading.number)
    table = gradient_table(gradients.names, gradients.layers, gradients.rms)
    st.vega_lite_chart(
        chart_points(table),
        gradient_map(gradients.layers, "Root mean square of the gradient"),
        key="gradient_map",
        width="stretch",
        alt=f"Gradient by layer and epoch of {run_label(reading.run)}",
    )
    chosen = evenly_spaced(len(gradients.epochs), MAX_CURVES)
    rms = {
        f"epoch {gradients.names[column]}" if column else "first step": gradients.rms[:, column]
        for column in chosen
    }
    depth, colours = np.linspace(0, 1, len(gradients.layers)), colours_of(list(rms))
    curves = [Curve(name, "gradient", depth, values) for name, values in rms.items()]
    st.html(legend(colours))
    show_curves_over_layers(
        curves, colours, RMS, "run_chart", names=dict.fromkeys(rms, gradients.layers)
    )
    first, *_, last = [*rms, *rms]
    say_verdicts({name: (rms[name][0], rms[name][-1]) for name in (first, last)})
    st.caption(
        "Each value is from the batch of one step, with augmentation and dropout enabled, recorded "
        "to four digits: the first step uses the initial weights, the others end an epoch. Layers "
        "are in order of declaration, a block's shortcut with its block."
    )


def evenly_spaced(count: int, limit: int) -> list[int]:
    """At most ``limit`` evenly spaced positions, including the first and the last."""
    if count <= limit:
        return list(range(count))
    return [round(number * (count - 1) / (limit - 1)) for number in range(limit)]


@results.remember
def layers_over_time(run_id: str, number: int) -> LayersOverTime:
    """The gradients of a run up to a measurement.

    Reads the store, since the readings that pages share omit measurements of long runs.
    """
    store = shared_runs().store
    measured = [each for _, each in store.measurements(run_id) if each.layer_gradients]
    sizes = _sizes(store.run(run_id).plan.network.spec)
    layers = tuple(measured[0].layer_gradients) if measured else ()
    rms = np.array(
        [
            [each.layer_gradients.get(layer, 0.0) / math.sqrt(sizes[layer]) for each in measured]
            for layer in layers
        ]
    )
    return LayersOverTime(layers, tuple(each.epoch for each in measured), rms)


def _sizes(spec: NetworkSpec) -> dict[str, int]:
    with torch.device("meta"):
        network = build(spec)
    return {name: weight.numel() for name, weight in weights_of(network).items()}
