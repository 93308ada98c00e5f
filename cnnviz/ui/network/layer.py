"""Which layer is selected: by a click in the drawing, in the menu or in the address."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option_or_none


def chosen_layer(names: Sequence[str]) -> str:
    """The layer whose card is open, from a click, the menu or the address; "" if none is."""
    known = set(names)
    if st.session_state.get(address.CARD) not in known:
        st.session_state.pop(address.CARD, None)
    requested = st.session_state.get(address.CARD) or address.requested(address.CARD)
    return str(requested) if requested in known else ""


def choose_layer(
    names: Sequence[str],
    placeholder: str = "click a layer in the drawing or in the table, or type its name",
    help: str = "Its card shows each number with its formula, and its receptive field on a photo.",
) -> str:
    """The menu of layers; "" if none is chosen."""
    chosen = choose_option_or_none("Layer", names, address.CARD, placeholder=placeholder, help=help)
    return chosen or ""
