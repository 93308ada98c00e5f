"""The widgets that choose a trained network: a variant and where its weights come from."""

from __future__ import annotations

import streamlit as st

from cnnviz.architectures import architecture_of, variants
from cnnviz.figures.theme import bytes_text
from cnnviz.ui.network_controls import DEFAULT_VARIANT, choose_architecture, choose_variant
from cnnviz.vision.weights import WeightsError, WeightsSource, fetch, sources, weights_folder


def choose_trained() -> tuple[str, WeightsSource] | None:
    """Draw the controls; the variant and its weights, or None after saying what to do."""
    _start_where_weights_are()
    variant = choose_variant(choose_architecture(default=None), default=None)
    source = _choose_source(variant)
    if source.kind == "download":
        _offer_download(variant, source)
        return None
    return variant, source


def variants_with_files() -> list[str]:
    """Variants whose weights are in the folder, in the order of the catalogue."""
    return [name for name in variants() if sources(name)[0].kind == "file"]


def _start_where_weights_are() -> None:
    """Without a choice of the visitor's, open a network that can answer at once."""
    if not st.session_state.get("arrived") or "chosen_network" in st.session_state:
        return
    if "architecture" in st.query_params or "variant" in st.query_params:
        return
    available = variants_with_files()
    start = DEFAULT_VARIANT if DEFAULT_VARIANT in available else next(iter(available), None)
    st.session_state["variant"] = start or DEFAULT_VARIANT
    st.session_state["architecture"] = architecture_of(start or DEFAULT_VARIANT).name


def _choose_source(variant: str) -> WeightsSource:
    offered = {source.title: source for source in sources(variant)}
    title = st.selectbox(
        "Weights",
        list(offered),
        # Another widget when there are other files, so that what was just downloaded is chosen.
        key=f"weights_{variant}_{'_'.join(offered)}",
        help=f"Files in {weights_folder()} come first; without a trained file, random weights "
        "show what an untrained network does.",
    )
    return offered.get(title) or next(iter(offered.values()))


def _offer_download(variant: str, source: WeightsSource) -> None:
    """A button that says how large; then a progress bar, then the page with the weights."""
    st.info("These weights are not on this machine yet.", icon=":material/download:")
    size = bytes_text(source.size) if source.size else "unknown size"
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
