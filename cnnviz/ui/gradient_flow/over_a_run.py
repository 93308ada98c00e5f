"""The gradient of each layer over the epochs of a training run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from cnnviz.architectures import NetworkSpec, build
from cnnviz.figures.training.curves import Curve
from cnnviz.figures.training.gradient_map import gradient_map, gradient_table
from cnnviz.runs.run import Run
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers, show_names
from cnnviz.ui.gradient_flow.twins import RMS, RULE, verdict
from cnnviz.ui.parts.curve_chart import chart_points
from cnnviz.ui.parts.markdown import plain
from cnnviz.ui.runs.choice import RUN, choose_run
from cnnviz.ui.runs.readings import Reading, shared_runs
from cnnviz.ui.runs.words import progress_text, run_label
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.visitor import visitor

MAX_CURVES = 5
LOOKED_AT = 20  # runs whose measurements are looked through
# What an empty page offers to train, in the words of Train's address.
TO_TRAIN = {"sigmoid": "Train nine layers with sigmoids", "relu": "Train nine layers with ReLU"}
DEEP = {"architecture": "mlp", "variant": "mlp", "mlp_hidden_layers": "8"}
PACE = 2.0  # seconds between two looks at a run that goes on


@dataclass(frozen=True, eq=False)
class LayersOverTime:
    """What a run has recorded of the gradient of its layers.

    Attributes:
        layers: Module paths, in the order of registration.
        epochs: When it was measured, in epochs; the first is after one step.
        rms: Root mean square of each gradient, (layers, epochs).
    """

    layers: tuple[str, ...]
    epochs: tuple[float, ...]
    rms: np.ndarray

    @property
    def names(self) -> list[str]:
        """The epochs in words."""
        return ["start", *(f"{epoch:.3g}" for epoch in self.epochs[1:])]


def show_over_a_run() -> None:
    """The menu of runs and what is known of the chosen one, or how to make such a run."""
    runs = _runs_with_gradients()
    asked = st.query_params.get(RUN)
    if asked and asked not in {run.id for run in runs}:
        st.warning(
            f"The run {plain(asked)} has recorded no gradients by layer: it is older than that, "
            "has not begun, or was deleted.",
            icon=":material/link_off:",
        )
    if not runs:
        _say_how()
        return
    run = choose_run(runs)
    st.fragment(_tick, run_every=PACE if run.is_open else None)(run.id, run.state)


def _say_how() -> None:
    st.info(
        "No run has recorded its gradients by layer yet. Every run of Train does so, after its "
        "first step and at the end of each epoch. Train a deep network with sigmoids, and one with "
        "ReLU: on the digits it takes seconds. Then come back.",
        icon=":material/model_training:",
    )
    for activation, label in TO_TRAIN.items():
        st.page_link(
            "pages/train.py",
            label=label,
            icon=":material/arrow_forward:",
            query_params={**DEEP, "mlp_activation": activation},
        )


def _runs_with_gradients() -> list[Run]:
    """The visitor's own first, each part youngest first."""
    readings = shared_runs().readings
    found = {run.id: run for run in readings.latest()[:LOOKED_AT] if run.step}
    asked = st.query_params.get(RUN)
    if asked and asked not in found and (reading := readings.of(asked)):
        found[asked] = reading.run
    kept = [run for run in found.values() if _has_gradients(run.id)]
    own = visitor()
    return sorted(kept, key=lambda run: run.owner != own)


def _has_gradients(run_id: str) -> bool:
    reading = shared_runs().readings.of(run_id)
    return reading is not None and any(each.layer_gradients for each in reading.measurements)


def _tick(run_id: str, state: str) -> None:
    reading = shared_runs().readings.of(run_id)
    if reading is None or reading.run.state != state:
        st.rerun()
    found = layers_over_time(run_id, reading.number)
    st.markdown(f"**{plain(run_label(reading.run))}** · {progress_text(reading)}")
    _show(reading, found)


def _show(reading: Reading, found: LayersOverTime) -> None:
    table = gradient_table(found.names, found.layers, found.rms)
    st.vega_lite_chart(
        chart_points(table),
        gradient_map(found.layers, "Root mean square of the gradient"),
        key="gradient_map",
        width="stretch",
        alt=f"Gradient by layer and epoch of {run_label(reading.run)}",
    )
    chosen = spread(len(found.epochs), MAX_CURVES)
    names = [_epoch_name(found, column) for column in chosen]
    depth = np.linspace(0, 1, len(found.layers))
    curves = [
        Curve(name, "gradient", depth, found.rms[:, column])
        for name, column in zip(names, chosen, strict=True)
    ]
    show_names(colours := colours_of(names))
    show_curves_over_layers(
        curves, colours, RMS, "run_chart", names=dict.fromkeys(names, found.layers)
    )
    ends = dict.fromkeys((0, len(chosen) - 1))
    said = (verdict(names[end], *found.rms[[0, -1], chosen[end]]) for end in ends)
    st.markdown("\n".join(f"- {each}" for each in said))
    st.caption(RULE)
    st.caption(
        "Of the batch of one step each, with augmentation and dropout at work, recorded to four "
        "digits: the first sees the initial weights, the others end an epoch. Layers stand in the "
        "order in which they are declared, a block's shortcut with its block."
    )


def _epoch_name(found: LayersOverTime, column: int) -> str:
    return "first step" if column == 0 else f"epoch {found.names[column]}"


def spread(count: int, most: int) -> list[int]:
    """At most so many positions, evenly over all, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [round(number * (count - 1) / (most - 1)) for number in range(most)]


@results.remember
def layers_over_time(run_id: str, number: int) -> LayersOverTime:
    """What a run had recorded when its last measurement had that number.

    Of the store itself: what pages read each second leaves out measurements of long runs.
    """
    store = shared_runs().store
    told = [each for _, each in store.measurements(run_id) if each.layer_gradients]
    sizes = _sizes(store.run(run_id).plan.network.spec)
    layers = tuple(told[0].layer_gradients) if told else ()
    rms = np.array(
        [
            [each.layer_gradients.get(layer, 0.0) / math.sqrt(sizes[layer]) for each in told]
            for layer in layers
        ]
    )
    return LayersOverTime(layers, tuple(each.epoch for each in told), rms)


def _sizes(spec: NetworkSpec) -> dict[str, int]:
    """Weights of each layer, by module path."""
    with torch.device("meta"):
        network = build(spec)
    return {
        name: module.weight.numel()
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear)
    }
