"""The package's slow results, shared by all visitors and bounded; treat them as read-only."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from PIL import Image

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.layers import layer_table
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.vision.class_activation import ClassActivation, class_activation
from cnnviz.vision.prediction import network_input
from cnnviz.vision.weights import WeightsSource, load_network

# As many inferences at once as there are cores to gain from; the other visitors wait their turn.
_inference = threading.Semaphore(2)


@st.cache_resource(max_entries=64, show_spinner="Building the network ...")
def cached_layer_table(spec: NetworkSpec, resolution: int) -> pd.DataFrame:
    """The layer table of a network (cnnviz.analysis.layers)."""
    return layer_table(network_graph(spec, resolution))


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
