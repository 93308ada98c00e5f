"""Widgets that choose the compared networks, kept in URL and session.

The networks in ``st.session_state["compared"]`` are the truth. Widgets change them from their
callbacks; the address is written after each change, and read when it is not what was written.

Nothing is ever written into a widget's state. Browsers keep the values of widgets in a closed
popover and would send old ones back; where a network changes in another way than by its own
widgets, these are replaced by new ones that start from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.analysis.comparison import label
from cnnviz.architectures import architecture_of, variant, variants
from cnnviz.architectures.written import SizedNetwork, read
from cnnviz.figures.comparison import bars as figures
from cnnviz.figures.theme import CATEGORIES
from cnnviz.ui.network.controls import CLASSES, RESOLUTIONS, explore_query
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import hyperparameter_widget
from cnnviz.ui.parts.page import plain
from cnnviz.ui.server.cached import cached_layer_table

FEWEST = 2
# What a slot holds where the URL does not say it; there are as many networks as slots at most.
DEFAULTS = dict(
    zip(address.COMPARED, ("vgg16", "resnet34", "densenet121", "googlenet"), strict=True)
)
SLOTS = address.COMPARED


@dataclass
class Compared:
    """A network and its widgets.

    Attributes:
        network: As it is now.
        start: As it was when its widgets were made: their defaults.
        number: Of these widgets, in their keys.
        problem: A sentence to show once.
    """

    network: SizedNetwork
    start: SizedNetwork
    number: int
    problem: str = ""


def choose_networks() -> list[tuple[SizedNetwork, str]]:
    """Draw each network's controls beside the others' and return those that can be analysed.

    Returns:
        The networks with their colours in every figure; where a network's layers cannot be
        counted, its column says why.
    """
    compared, chosen = _compared(), []
    columns = st.columns(len(compared), gap="medium")
    for each, column, colour in zip(compared, columns, CATEGORIES, strict=False):
        with column:
            _choose(each, colour, removable=len(compared) > FEWEST)
            if each.problem:
                st.warning(each.problem, icon=":material/info:")
                each.problem = ""
            try:
                cached_layer_table(each.network.spec, each.network.resolution)
                chosen.append((each.network, colour))
            except ValueError as error:
                st.error(str(error), icon=":material/error:")
    if len(compared) < len(SLOTS):
        st.button("Add a network", icon=":material/add:", key="compare_add", on_click=_add)
    return chosen


def _compared() -> list[Compared]:
    """The networks of the address if it is new, else those of the session; the address has both."""
    requested = {slot: address.requested(slot) for slot in SLOTS if slot in st.query_params}
    is_new = any(address.newly_requested(slot) is not None for slot in SLOTS)
    compared: list[Compared] | None = st.session_state.get("compared")
    if compared and st.session_state.get("arrived") and not requested:
        compared = [_with_widgets(each.network) for each in compared]
    elif compared is None or is_new:
        compared = _requested(requested)
    st.session_state["compared"] = compared
    written = dict(zip(SLOTS, (str(each.network) for each in compared), strict=False))
    # An address without networks means the first two defaults; it stays as it was typed.
    if not requested and written == {slot: DEFAULTS[slot] for slot in SLOTS[:FEWEST]}:
        written = {}
    address.write({slot: written.get(slot, "") for slot in SLOTS})
    return compared


def _requested(requested: Mapping[address.Key, str]) -> list[Compared]:
    """The networks of a URL; a slot that cannot be read says why and holds its default."""
    number = max([FEWEST, *(SLOTS.index(slot) + 1 for slot in requested)])
    compared = []
    for slot in SLOTS[:number]:
        try:
            compared.append(_with_widgets(read(requested.get(slot) or DEFAULTS[slot])))
        except (KeyError, ValueError) as error:
            reason = str(error.args[0]).partition("; known are")[0].rstrip(".")
            instead = read(DEFAULTS[slot])
            sentence = plain(f"{reason}; {label(instead)} is shown instead.")
            compared.append(_with_widgets(instead, sentence))
    return compared


def _choose(each: Compared, colour: str, removable: bool) -> None:
    name = each.network.spec.variant
    family = architecture_of(name)
    subtitle = f"{family.title}, {family.year_of(name)}; image of {each.network.resolution} px"
    st.html(figures.heading(label(each.network), subtitle, colour))
    st.selectbox(
        "Variant",
        variants(),
        variants().index(each.start.spec.variant),
        key=_key(each, "variant"),
        on_change=lambda: _replace(each, read(st.session_state[_key(each, "variant")])),
        help="Any published network, oldest family first; type to search.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Settings", icon=":material/tune:"):
            _choose_settings(each)
        st.page_link(
            "pages/explore.py",
            label="Explore",
            icon=":material/lan:",
            query_params=explore_query(each.network),
        )
        if removable:
            st.button(
                "Remove",
                icon=":material/close:",
                key=_key(each, "remove"),
                on_click=_remove,
                args=(each,),
            )


def _choose_settings(each: Compared) -> None:
    spec = each.start.spec
    published = variant(spec.variant)
    st.button(
        f"Reset to {published.title}",
        icon=":material/restart_alt:",
        key=_key(each, "reset"),
        on_click=_replace,
        args=(each, read(spec.variant)),
    )
    if not spec.fixed_resolution:
        side = each.start.resolution
        sides = sorted({*RESOLUTIONS, side})
        st.select_slider("Resolution (px)", sides, side, **_setting(each, "resolution"))
    for title, name, offered in (
        ("Image channels", "in_channels", (1, 3)),
        ("Classes", "num_classes", CLASSES),
    ):
        value = getattr(spec, name)
        values = sorted({*offered, value})
        st.selectbox(title, values, values.index(value), **_setting(each, name))
    for h in spec.config.hyperparameters():
        hyperparameter_widget(h, getattr(spec.config, h.name), **_setting(each, h.name))


def _key(each: Compared, name: str) -> str:
    return f"compare_{each.number}_{name}"


def _setting(each: Compared, name: str) -> dict[str, Any]:
    """What the widget of a setting takes: its key, and what happens when it changes."""
    return {"key": _key(each, name), "on_change": _change, "args": (each, name)}


def _change(each: Compared, name: str) -> None:
    """Change a setting as its widget says, or say why not and leave it."""
    try:
        each.network = each.network.with_setting(name, st.session_state[_key(each, name)])
    except ValueError as error:
        _replace(each, each.network, f"{error} Nothing was changed.")


def _with_widgets(network: SizedNetwork, problem: str = "") -> Compared:
    st.session_state["compare_widgets"] = st.session_state.get("compare_widgets", 0) + 1
    return Compared(network, network, st.session_state["compare_widgets"], problem)


def _replace(each: Compared, network: SizedNetwork, problem: str = "") -> None:
    compared = st.session_state["compared"]
    place = [other.number for other in compared].index(each.number)
    compared[place] = _with_widgets(network, problem)


def _add() -> None:
    compared = st.session_state["compared"]
    compared.append(_with_widgets(read(DEFAULTS[SLOTS[len(compared)]])))


def _remove(each: Compared) -> None:
    compared = st.session_state["compared"]
    compared[:] = [other for other in compared if other.number != each.number]
