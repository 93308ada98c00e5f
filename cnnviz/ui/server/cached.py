"""The package's slow results, shared by all visitors and bounded; treat them as read-only."""

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import pandas as pd
import streamlit as st

from cnnviz.analysis.costs import counted_parameters
from cnnviz.analysis.folding import Folded, Folding, View
from cnnviz.analysis.graph import NetworkGraph, network_graph
from cnnviz.analysis.layers import layer_table
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.receptive_field import ReceptiveField, receptive_fields
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.ui.server.byte_cache import networks
from cnnviz.weights.loading import load_network
from cnnviz.weights.sources import WeightsSource

T = TypeVar("T")

LARGE = 1000  # nodes of a graph
# A visitor's turn at running networks, held (``with``) while they run, and no longer: as many
# inferences at once as there are cores to gain from.
inference_turn = threading.Semaphore(2)


@dataclass(frozen=True, eq=False)
class Timed(Generic[T]):
    """What networks computed, and the seconds that they took."""

    value: T
    seconds: float


def timed_inference(spinner: str, compute: Callable[[], T]) -> Timed[T]:
    """Compute when it is the visitor's turn at running networks; time spent waiting is left out."""
    with st.spinner(spinner), inference_turn:
        started = time.perf_counter()
        value = compute()
        return Timed(value, time.perf_counter() - started)


def cached_graph(spec: NetworkSpec, resolution: int) -> NetworkGraph:
    """The graph of a network (cnnviz.analysis.graph).

    Raises:
        GraphError: There is none; the reason is cached like a graph.
    """
    graph = _graph_or_error(spec, resolution)
    if isinstance(graph, GraphError):
        raise graph
    return graph


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


@st.cache_data(max_entries=1024, show_spinner=False)
def cached_parameters(spec: NetworkSpec) -> int:
    """How many parameters a network has; shared ones count once."""
    return counted_parameters(spec)


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
    """What a picture shows of a network (cnnviz.analysis.folding)."""
    return view.of(cached_folding(spec, resolution))


@st.cache_resource(max_entries=32, show_spinner=False)
def cached_fields(spec: NetworkSpec, resolution: int) -> tuple[ReceptiveField, ...]:
    """The receptive field of every node of a network (cnnviz.analysis.receptive_field)."""
    return receptive_fields(cached_graph(spec, resolution))


@networks.remember
def cached_network(spec: NetworkSpec, weights: WeightsSource) -> Network:
    """A frozen network in eval mode with its weights; all visitors share it."""
    with st.spinner("Loading the weights ..."):
        return load_network(spec, weights)
