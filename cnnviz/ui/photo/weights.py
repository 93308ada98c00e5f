"""Widgets that choose a variant and its weights."""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import streamlit as st

from cnnviz.architectures import NetworkSpec, architecture_of, variants
from cnnviz.figures.theme import bytes_text
from cnnviz.runs.folder import RunError
from cnnviz.runs.run import Run
from cnnviz.training.bundled import bundled
from cnnviz.ui.network.controls import DEFAULT_VARIANT, choose_architecture, choose_variant
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound
from cnnviz.ui.parts.page import plain
from cnnviz.ui.photo.trained import (
    bundled_choice,
    first_run,
    fitting,
    known_runs,
    offered,
    run_network,
)
from cnnviz.ui.photo.weighted import WeightedNetwork, with_names
from cnnviz.ui.server.visitor import visitor
from cnnviz.ui.work.view import Offer
from cnnviz.ui.work.work import Work
from cnnviz.weights.loading import fetch
from cnnviz.weights.sources import sources, weights_folder

CHOSEN_RUN = "chosen_run"  # its id in the session, for the other pages


def choose_trained(start: str | None = None) -> WeightedNetwork | None:
    """Draw the controls; a network with its weights, or None after saying what to do.

    A link with ``?run=ID`` opens the network that this run has trained; ``?weights=NAME`` chooses
    among the other weights of the variant, as ``WeightedNetwork.name`` names them.

    Args:
        start: Variant to open where the visitor has not chosen one; default one with weights.
    """
    requested = _requested_run()
    if requested and st.session_state.get("arrived"):
        _open_network_of(requested)
    runs = visible_runs()
    _start_where_weights_are(runs, start)
    variant = choose_variant(choose_architecture(default=None), default=None)
    chosen = _choose_weights(offered(variant, runs, requested))
    if chosen.weights.kind == "download":
        _offer_download(variant, chosen.weights.size)
        return None
    return chosen


def choose_weights_of(network: NetworkSpec) -> WeightedNetwork:
    """Menu of the weights that fit a network's exact settings, with random ones."""
    choices = offered(network.variant, visible_runs(), _requested_run())
    return _choose_weights(fitting(network, choices))


def _choose_weights(choices: Sequence[WeightedNetwork]) -> WeightedNetwork:
    """The menu of where the weights of one variant come from; the first unless one is chosen."""
    by_name = {each.name: each for each in choices}
    # Another widget when there are other files, so that what was just downloaded is chosen.
    files = [each.name for each in choices if not each.is_run]
    key = f"weights_{choices[0].spec.variant}_{'_'.join(files)}"
    requested = address.newly_requested(address.WEIGHTS)
    if requested is not None or st.session_state.get(key) not in by_name:
        known = requested if requested in by_name else _last_run(by_name)
        st.session_state[key] = known or choices[0].name
    name = st.selectbox(
        "Weights",
        list(by_name),
        key=key,
        format_func=lambda name: by_name[name].weights.title if name in by_name else name,
        help=f"Files in {weights_folder()} come first, then networks that ship with this program "
        "and training runs; where there are none, random weights show what an untrained network "
        "does.",
    )
    chosen = by_name.get(name, choices[0])
    _remember(chosen, by_name)
    is_first = chosen is choices[0]
    if chosen.has_unnamed_classes:
        chosen = _named(chosen)
    address.write(
        {
            address.RUN: chosen.name if chosen.is_run else "",
            address.WEIGHTS: "" if chosen.is_run or is_first else chosen.name,
        }
    )
    return chosen


def _named(chosen: WeightedNetwork) -> WeightedNetwork:
    """A field for the names of a file's classes; the weights with them, numbered without."""
    written = st.text_input(
        f"Names of its {chosen.spec.num_classes} classes",
        placeholder="cat, dog, horse",
        help="In the order of the network's outputs, with commas between.",
        **bound(address.CLASS_NAMES),
    )
    names = tuple(name.strip() for name in (written or "").split(",") if name.strip())
    if not names:
        return chosen
    try:
        return with_names(chosen, names)
    except ValueError as error:  # said above the view: on a phone the sidebar is closed
        return replace(chosen, about=str(error))


def _variants_with_files() -> list[str]:
    """Variants whose weights are in the folder, in the order of the catalogue."""
    return [name for name in variants() if sources(name)[0].kind == "file"]


def visible_runs() -> list[Run]:
    """The runs, the visitor's first; none, with a warning, where they cannot be read."""
    try:
        return known_runs(visitor())
    except (RunError, OSError) as error:
        st.warning(f"Runs cannot be offered. {error}", icon=":material/error:")
        return []


def _requested_run() -> WeightedNetwork | None:
    """The run that a link names, else the one that was chosen last, here or on another page.

    None where there is none, or after saying that it is gone.
    """
    if st.session_state.get("arrived"):
        named = {address.RUN, address.ARCHITECTURE, address.VARIANT} & set(st.query_params)
        last = None if named else st.session_state.get(CHOSEN_RUN)
        st.session_state[CHOSEN_RUN] = address.requested(address.RUN) or last
    run_id = st.session_state.get(CHOSEN_RUN)
    if not run_id:
        return None
    try:
        return run_network(run_id)
    except (ValueError, OSError) as error:
        st.warning(str(error), icon=":material/error:")
        st.session_state[CHOSEN_RUN] = None
        return None


def _open_network_of(run: WeightedNetwork) -> None:
    """On arrival, let the menus show a run's variant."""
    variant = run.spec.variant
    if address.RUN in st.query_params or st.session_state.get("chosen_network") == variant:
        st.session_state["chosen_network"] = variant
    named = address.requested(address.VARIANT) or variant
    if address.RUN in st.query_params and named != variant:
        st.warning(
            f"The address names two networks: the run “{run.name}” has trained {variant}, not "
            f"{plain(named)}, which is shown.",
            icon=":material/error:",
        )


def _start_where_weights_are(runs: Sequence[Run], start: str | None) -> None:
    """Without a choice of the visitor's, open a network that can answer at once."""
    if not st.session_state.get("arrived") or "chosen_network" in st.session_state:
        return
    if {address.ARCHITECTURE, address.VARIANT} & set(st.query_params):
        return
    available = _variants_with_files()
    if start is None:
        start = DEFAULT_VARIANT if DEFAULT_VARIANT in available else next(iter(available), None)
    if start is None:
        trained = first_run(runs) or next(map(bundled_choice, bundled()), None)
        start = trained.spec.variant if trained else DEFAULT_VARIANT
    st.session_state[address.VARIANT] = start
    st.session_state[address.ARCHITECTURE] = architecture_of(start).name


def _last_run(names: Collection[str]) -> str | None:
    """The run that was chosen last, if it is one of these."""
    run_id: str | None = st.session_state.get(CHOSEN_RUN)
    return run_id if run_id in names else None


def _remember(chosen: WeightedNetwork, by_name: Collection[str]) -> None:
    """Keep a run for the other pages, until something else is chosen."""
    if chosen.is_run:
        st.session_state["chosen_network"] = chosen.spec.variant
        st.session_state[CHOSEN_RUN] = chosen.name
    elif _last_run(by_name):
        st.session_state[CHOSEN_RUN] = None


def _offer_download(variant: str, expected: int | None) -> None:
    """A button that says how large the file is; then its progress; then the page with it."""
    st.info("These weights are not on this machine yet.", icon=":material/download:")

    def download(work: Work) -> None:
        work.limit = math.inf  # a slow line is no error, and a silent one has its own time-out
        fetch(variant, lambda received, of: work.tell(received / of if of else 0.0))

    size = bytes_text(expected) if expected else "unknown size"
    Offer("download", ("weights", weights_folder(), variant), download, f"Download {size}").draw()
