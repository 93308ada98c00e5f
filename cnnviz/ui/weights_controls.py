"""The widgets that choose a trained network: a variant and where its weights come from."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from cnnviz.architectures import architecture_of, variants
from cnnviz.figures.theme import bytes_text
from cnnviz.ui.network_controls import DEFAULT_VARIANT, choose_architecture, choose_variant
from cnnviz.ui.run_weights import WeightedNetwork, newest_run, offered, run_network
from cnnviz.vision.weights import WeightsError, fetch, sources, weights_folder

# In the address and, for the other pages, in the session: the id of the run that was chosen.
RUN, CHOSEN_RUN = "run", "chosen_run"


def choose_trained(owner: str | None = None) -> WeightedNetwork | None:
    """Draw the controls; a network with its weights, or None after saying what to do.

    A link with ``?run=ID`` opens the network that this run has trained.

    Args:
        owner: The visitor, whose own runs come first.
    """
    _arrive_at_run()
    _start_where_weights_are(owner)
    variant = choose_variant(choose_architecture(default=None), default=None)
    chosen = choose_weights(offered(variant, owner, st.session_state.get(CHOSEN_RUN)))
    if chosen.weights.kind == "download":
        _offer_download(variant, chosen.weights.size)
        return None
    return chosen


def choose_weights(choices: Sequence[WeightedNetwork]) -> WeightedNetwork:
    """The menu of where the weights of one variant come from; the first unless one is chosen."""
    by_name = {each.name: each for each in choices}
    key = f"weights_{choices[0].spec.variant}"
    if st.session_state.get(key) not in by_name:
        kept = st.session_state.get(CHOSEN_RUN)
        st.session_state[key] = kept if kept in by_name else choices[0].name
    name = st.selectbox(
        "Weights",
        list(by_name),
        key=key,
        format_func=lambda name: by_name[name].weights.title if name in by_name else name,
        help=f"Files in {weights_folder()} come first, then training runs; without a trained file, "
        "random weights show what an untrained network does.",
    )
    chosen = by_name.get(name, choices[0])
    _remember(chosen, by_name)
    return chosen


def variants_with_files() -> list[str]:
    """Variants whose weights are in the folder, in the order of the catalogue."""
    return [name for name in variants() if sources(name)[0].kind == "file"]


def _arrive_at_run() -> None:
    """Open the run of a link, else the one that was chosen on another page."""
    if not st.session_state.get("arrived"):
        return
    linked, kept = st.query_params.get(RUN), st.session_state.get(CHOSEN_RUN)
    names_network = "architecture" in st.query_params or "variant" in st.query_params
    asked = linked or (None if names_network else kept)
    if not asked:
        return
    try:
        found = run_network(asked)
    except ValueError as error:
        st.warning(str(error), icon=":material/error:")
        st.session_state.pop(CHOSEN_RUN, None)
        return
    variant = found.spec.variant
    if linked or st.session_state.get("chosen_network") == variant:
        st.session_state["chosen_network"] = variant
        st.session_state[CHOSEN_RUN] = st.session_state[f"weights_{variant}"] = asked


def _start_where_weights_are(owner: str | None) -> None:
    """Without a choice of the visitor's, open a network that can answer at once."""
    if not st.session_state.get("arrived") or "chosen_network" in st.session_state:
        return
    if "architecture" in st.query_params or "variant" in st.query_params:
        return
    available = variants_with_files()
    start = DEFAULT_VARIANT if DEFAULT_VARIANT in available else next(iter(available), None)
    if start is None:
        run = newest_run(owner)
        start = run.spec.variant if run else DEFAULT_VARIANT
    st.session_state["variant"] = start
    st.session_state["architecture"] = architecture_of(start).name


def _remember(chosen: WeightedNetwork, by_name: Collection[str]) -> None:
    """Keep a run in the address and for the other pages, until something else is chosen."""
    if chosen.is_run:
        st.session_state["chosen_network"] = chosen.spec.variant
        st.session_state[CHOSEN_RUN] = chosen.name
        if st.query_params.get(RUN) != chosen.name:
            st.query_params[RUN] = chosen.name
        return
    if st.session_state.get(CHOSEN_RUN) in by_name:
        del st.session_state[CHOSEN_RUN]
    if RUN in st.query_params:
        del st.query_params[RUN]


def _offer_download(variant: str, bytes_expected: int | None) -> None:
    """A button that says how large; then a progress bar, then the page with the weights."""
    st.info("These weights are not on this machine yet.", icon=":material/download:")
    size = bytes_text(bytes_expected) if bytes_expected else "unknown size"
    if not st.button(f"Download {size}", key="download", type="primary", width="stretch"):
        return
    bar = st.progress(0.0, "Connecting ...")

    def show(received: int, expected: int | None) -> None:
        share = received / expected if expected else 0.0
        bar.progress(min(share, 1.0), f"{bytes_text(received)} of {size}")

    try:
        fetch(variant, progress=show)
    except WeightsError as error:
        bar.empty()
        st.error(str(error), icon=":material/cloud_off:")
        return
    st.rerun()
