"""The package's slow results, shared by all visitors and bounded; treat them as read-only."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
import torch
from PIL import Image

from cnnviz.analysis.folding import Folded, Folding
from cnnviz.analysis.graph import NetworkGraph, network_graph
from cnnviz.analysis.layers import layer_table
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.receptive_field import ReceptiveField, receptive_fields
from cnnviz.analysis.views import View
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.vision.class_activation import ClassActivation, class_activation
from cnnviz.vision.effective_field import Unit, effective_field
from cnnviz.vision.prediction import network_input
from cnnviz.vision.weights import WeightsSource, load_network

LARGE = 1000  # nodes of a graph
# As many inferences at once as there are cores to gain from; the other visitors wait their turn.
_inference = threading.Semaphore(2)


def cached_graph(spec: NetworkSpec, resolution: int) -> NetworkGraph:
    """The graph of a network (cnnviz.analysis.graph).

    Raises:
        GraphError: There is none; the reason is cached like a graph.
    """
    found = _graph_or_error(spec, resolution)
    if isinstance(found, GraphError):
        raise found
    return found


@st.cache_resource(max_entries=32, show_spinner="Building the network ...")
def _graph_or_error(spec: NetworkSpec, resolution: int) -> NetworkGraph | GraphError:
    try:
        graph = network_graph(spec, resolution)
    except GraphError as error:
        return error.with_traceback(None)
    if len(graph.nodes) > LARGE:
        # Streamlit collects garbage after every run, and would look through all of it each time.
        gc.freeze()
    return graph


@st.cache_resource(max_entries=32, show_spinner=False)
def cached_layer_table(spec: NetworkSpec, resolution: int) -> pd.DataFrame:
    """The layer table of a network (cnnviz.analysis.layers)."""
    return layer_table(cached_graph(spec, resolution))


@st.cache_resource(max_entries=32, show_spinner=False)
def cached_folding(spec: NetworkSpec, resolution: int) -> Folding:
    """The blocks of a network (cnnviz.analysis.folding)."""
    return Folding(cached_graph(spec, resolution))


@st.cache_resource(max_entries=128, show_spinner=False)
def cached_view(spec: NetworkSpec, resolution: int, view: View) -> Folded:
    """What a picture shows of a network (cnnviz.analysis.views)."""
    return view.of(cached_folding(spec, resolution))


@st.cache_resource(max_entries=32, show_spinner=False)
def cached_fields(spec: NetworkSpec, resolution: int) -> tuple[ReceptiveField, ...]:
    """The receptive field of every node of a network (cnnviz.analysis.receptive_field)."""
    return receptive_fields(cached_graph(spec, resolution))


@st.cache_resource(max_entries=4, show_spinner="Loading the weights ...")
def cached_network(spec: NetworkSpec, weights: WeightsSource) -> Network:
    """A frozen network in eval mode with its weights; all visitors share it."""
    return load_network(spec, weights)


@dataclass(frozen=True, eq=False)
class TimedActivation:
    """Class activation maps and the seconds that the passes through the network took."""

    found: ClassActivation
    seconds: float


@st.cache_resource(max_entries=128, show_spinner="Looking at the photo ...")
def cached_activation(
    spec: NetworkSpec,
    weights: WeightsSource,
    photo_key: str,
    class_index: int | None,
    layers: tuple[str, ...],
    _photo: Image.Image,
) -> TimedActivation:
    """Class activation maps of the photo of that key, and the network's answer."""
    network = cached_network(spec, weights)
    with _inference:
        started = time.perf_counter()
        found = class_activation(network, network_input(spec, _photo), class_index, layers)
        return TimedActivation(found, time.perf_counter() - started)


@dataclass(frozen=True, eq=False)
class TimedField:
    """An effective receptive field, float32 (H, W), and the seconds that its passes took."""

    found: np.ndarray
    seconds: float


@st.cache_resource(max_entries=32, show_spinner="Following the gradient back to the photo ...")
def cached_effective_field(
    spec: NetworkSpec,
    weights: WeightsSource,
    layer: str,
    input_index: int | None,
    unit: Unit | None,
    photo_key: str,
    resolution: int,
    _image: torch.Tensor,
) -> TimedField:
    """The effective field of a unit on the photo of that key, prepared at that resolution."""
    network = cached_network(spec, weights)
    with _inference:
        started = time.perf_counter()
        found = effective_field(network, layer, _image, unit, input_index)
        return TimedField(found, time.perf_counter() - started)
