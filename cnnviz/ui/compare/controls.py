"""Widgets that choose the compared networks, kept in URL and session.

The networks in ``st.session_state["compared"]`` are the truth. Widgets change them from their
callbacks; the URL is written after each change, and read when it is not what was written: a link,
the Back button, an edited address.

Nothing is ever written into a widget's state. Browsers keep the values of widgets in a closed
popover and would send old ones back; where a network changes in another way than by its own
widgets, these are replaced by new ones that start from it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from cnnviz.analysis.comparison import label
from cnnviz.architectures import architecture_of, variant, variants
from cnnviz.architectures.written import SizedNetwork, read
from cnnviz.figures.comparison import bars as figures
from cnnviz.figures.theme import CATEGORIES
from cnnviz.hyperparameters import Value
from cnnviz.ui.network.controls import CLASSES, RESOLUTIONS, explore_query, hyperparameter_widget
from cnnviz.ui.parts import address

FEWEST = 2
# What a slot holds where the URL does not say it; there are as many networks as slots at most.
DEFAULTS = dict(
    zip(address.COMPARED, ("vgg16", "resnet34", "densenet121", "googlenet"), strict=True)
)
SLOTS = address.COMPARED


@dataclass(frozen=True)
class Chosen:
    """A network that a visitor compares.

    Attributes:
        network: The network and its image.
        colour: Its colour in every figure.
        column: Where its controls are, for what is to be said about it.
    """

    network: SizedNetwork
    colour: str
    column: Any


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


def choose_networks() -> list[Chosen]:
    """Draw each network's controls beside the others' and return what is chosen."""
    compared = _compared()
    chosen = []
    columns = st.columns(len(compared), gap="medium")
    for each, column, colour in zip(compared, columns, CATEGORIES, strict=False):
        with column:
            _choose(each, colour, removable=len(compared) > FEWEST)
            if each.problem:
                st.warning(each.problem, icon=":material/info:")
                each.problem = ""
        chosen.append(Chosen(each.network, colour, column))
    if len(compared) < len(SLOTS):
        st.button("Add a network", icon=":material/add:", key="compare_add", on_click=_add)
    return chosen


def _compared() -> list[Compared]:
    """The networks of the URL if it is new, else those of the session; the URL says them too."""
    requested = {slot: st.query_params[slot] for slot in SLOTS if slot in st.query_params}
    is_new = requested != st.session_state.get("compare_url")
    if "compared" not in st.session_state:
        st.session_state["compared"] = _requested(requested)
    elif st.session_state.get("arrived") and not requested:
        rebuilt = [_with_widgets(each.network) for each in st.session_state["compared"]]
        st.session_state["compared"] = rebuilt
    elif is_new or st.session_state.get("arrived"):
        st.session_state["compared"] = _requested(requested)
    compared: list[Compared] = st.session_state["compared"]
    st.session_state["compare_url"] = _write(requested, [str(each.network) for each in compared])
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
            sentence = _plain(f"{reason}; {label(instead)} is shown instead.")
            compared.append(_with_widgets(instead, sentence))
    return compared


def _plain(words: str) -> str:
    """Words of a URL as they are, not as Markdown."""
    return re.sub(r"([\\`*\[\]<>$#~|:])", r"\\\1", words)


def _write(requested: Mapping[address.Key, str], networks: Sequence[str]) -> dict[address.Key, str]:
    """Write the networks into the URL, leave the rest to its widgets; the URL's networks."""
    written = dict(zip(SLOTS, networks, strict=False))
    # An address without networks means the first two defaults; it stays as it was typed.
    if not requested and written == {slot: DEFAULTS[slot] for slot in SLOTS[:FEWEST]}:
        return {}
    address.write({slot: written.get(slot, "") for slot in SLOTS})
    return written


def _choose(each: Compared, colour: str, removable: bool) -> None:
    """The controls of one network."""
    name = each.network.spec.variant
    family = architecture_of(name)
    subtitle = f"{family.title}, {family.year_of(name)}; image of {each.network.resolution} px"
    st.html(figures.heading(label(each.network), subtitle, colour))
    st.selectbox(
        "Variant",
        variants(),
        variants().index(each.start.spec.variant),
        key=_key(each, "variant"),
        on_change=_change_variant,
        args=(each,),
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
    """Image, classes and the family's hyperparameters."""
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
        each.network = with_setting(each.network, name, st.session_state[_key(each, name)])
    except ValueError as error:
        _replace(each, each.network, f"{error} Nothing was changed.")


def with_setting(network: SizedNetwork, name: str, value: Value) -> SizedNetwork:
    """The network with one setting replaced: a hyperparameter, an end, or the resolution.

    Raises:
        ValueError: The value clashes with the other settings.
    """
    spec = network.spec
    if name in spec.config.to_text():
        spec = replace(spec, config=spec.config.with_values({name: value}))
    elif name == "resolution":
        return replace(network, resolution=int(value))
    else:
        ends: dict[str, Any] = {name: int(value)}
        spec = replace(spec, **ends)
    return SizedNetwork(spec, spec.fixed_resolution or network.resolution)


def _change_variant(each: Compared) -> None:
    _replace(each, read(st.session_state[_key(each, "variant")]))


def _with_widgets(network: SizedNetwork, problem: str = "") -> Compared:
    """A network with widgets of its own."""
    st.session_state["compare_widgets"] = st.session_state.get("compare_widgets", 0) + 1
    return Compared(network, network, st.session_state["compare_widgets"], problem)


def _replace(each: Compared, network: SizedNetwork, problem: str = "") -> None:
    """Put a network and new widgets in the place of another."""
    compared = st.session_state["compared"]
    place = [other.number for other in compared].index(each.number)
    compared[place] = _with_widgets(network, problem)


def _add() -> None:
    compared = st.session_state["compared"]
    compared.append(_with_widgets(read(DEFAULTS[SLOTS[len(compared)]])))


def _remove(each: Compared) -> None:
    compared = st.session_state["compared"]
    compared[:] = [other for other in compared if other.number != each.number]
