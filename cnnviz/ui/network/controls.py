"""The widgets that choose a network; its hyperparameters' declarations draw themselves."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from cnnviz.architectures import (
    ARCHITECTURES,
    Architecture,
    NetworkSpec,
    Variant,
    architecture,
    architecture_of,
    variant,
    variants,
)
from cnnviz.architectures.base import NetworkConfig
from cnnviz.architectures.given import made_for
from cnnviz.architectures.written import SizedNetwork
from cnnviz.hyperparameters import Config, Hyperparameter, Value
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_option, choose_step, hyperparameter_widget
from cnnviz.ui.parts.page import made_or_said

DEFAULT_VARIANT = "resnet18"
RESOLUTIONS = (28, 32, 48, 64, 96, 128, 160, 192, 224, 256, 299, 320, 384, 448, 512)
CLASSES = (2, 5, 10, 20, 50, 100, 200, 365, 500, 1000)


def changes_text(network: SizedNetwork) -> list[str]:
    """The hyperparameters that differ from the variant's, as "width 32 (published: 64)"."""
    published = variant(network.spec.variant).config
    return changed_values(published, network.spec.config.to_text(), "published")


def changed_values(before: Config, now: Mapping[str, str], whose: str) -> list[str]:
    """Values that differ from others, as "learning rate 0.1 (suggested: 0.01)".

    Args:
        before: The other values.
        now: Values as text.
        whose: Whose the other values are.
    """
    other = before.to_text()
    return [
        f"{before.hyperparameter(name).title.lower()} {value} ({whose}: {other[name]})"
        for name, value in now.items()
        if value != other[name]
    ]


def explore_query(network: SizedNetwork) -> dict[str, str]:
    """The query parameters with which Explore opens on a network."""
    family, fields = architecture_of(network.spec.variant), network.spec.config.to_text()
    named = {
        address.HYPERPARAMETER.of(family.name, name) if name in fields else name: value
        for name, value in network.changes.items()
    }
    return {address.VARIANT: network.spec.variant, **named}


def choose_network() -> SizedNetwork | None:
    """Draw the controls and return the choice, or None after saying why the settings clash."""
    family = choose_architecture()
    variant = choose_variant(family)
    published = family.variants[variant]
    resolution = None
    if "resolution" not in published.config.to_text():
        resolution = choose_step(
            "Resolution (px)",
            RESOLUTIONS,
            address.RESOLUTION,
            published.resolution,
            help="Height and width of the input image.",
        )
    in_channels, num_classes = _choose_ends(published)
    st.subheader("Hyperparameters")
    config = choose_config(family, published)
    if config is None:
        return None
    spec = NetworkSpec(variant, config, in_channels, num_classes)
    return SizedNetwork(spec, resolution or made_for(spec))


def choose_config(family: Architecture, published: Variant) -> NetworkConfig | None:
    """The hyperparameters' widgets and a reset; None after saying why the settings clash."""
    reset_button(f"Reset to {published.title}", "reset_network", lambda: _reset(family, published))
    values = {
        h.name: hyperparameter_widget(
            h, getattr(published.config, h.name), **bound(_key(family, h))
        )
        for h in family.config.hyperparameters()
    }
    return made_or_said(lambda: family.config(**values))


def reset_button(label: str, key: str, reset: Callable[[], None]) -> None:
    """Draw the button that puts settings back."""
    st.button(label, key, icon=":material/restart_alt:", on_click=reset, width="stretch")


def choose_architecture(default: str | None = DEFAULT_VARIANT) -> Architecture:
    """The menu of families.

    Args:
        default: The variant that a link means when it names none. The URL leaves a default out, so
            a page without one (None) names every choice.
    """
    names = [family.name for family in ARCHITECTURES]
    fallback = architecture_of(default or DEFAULT_VARIANT).name
    _arrive(names)
    name = _choose_name(
        "Architecture",
        address.ARCHITECTURE,
        names,
        fallback,
        index=names.index(fallback) if default else None,
        on_change=_reset_to_first_variant,
        help="The family of networks, oldest first.",
    )
    return architecture(name)


def choose_variant(family: Architecture, default: str | None = DEFAULT_VARIANT) -> str:
    """The menu of a family's published variants; for ``default`` see ``choose_architecture``."""
    names = list(family.variants)
    fallback = next(name for name in (default, DEFAULT_VARIANT, names[0]) if name in names)
    return _choose_name(
        "Variant",
        address.VARIANT,
        names,
        fallback,
        # A link without any variant opens the default's family: the others' links name theirs.
        index=names.index(default) if default in names else None,
        on_change=_reset_to_variant,
        help="A published configuration; it sets all hyperparameters below.",
    )


def _choose_name(label: str, key: address.Key, names: list[str], fallback: str, **more: Any) -> str:
    """A menu that always has a value of its own options, unless the URL is about to give it one."""
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
        if address.requested(key) not in names:
            st.session_state[key] = fallback
    name = st.selectbox(label, names, **bound(key), **more)
    return name if name in names else fallback


def _arrive(families: list[str]) -> None:
    """On arrival at a page, open the network of its link, else the one chosen on another page."""
    if not st.session_state.get("arrived"):
        return
    family, requested = address.requested(address.ARCHITECTURE), address.requested(address.VARIANT)
    if requested in variants() and family not in set(families) - {architecture_of(requested).name}:
        st.session_state["chosen_network"] = requested
        _reset(architecture_of(requested), variant(requested), but=frozenset(st.query_params))
    elif family in families:
        return
    if "chosen_network" in st.session_state:
        st.session_state[address.VARIANT] = st.session_state["chosen_network"]
        st.session_state[address.ARCHITECTURE] = architecture_of(
            st.session_state[address.VARIANT]
        ).name


def _choose_ends(published: Variant) -> tuple[int, int]:
    channels, classes = st.columns(2)
    with channels:
        in_channels = choose_option(
            "Image channels",
            (1, 3),
            address.IN_CHANNELS,
            published.in_channels,
            help="1 grey, 3 RGB.",
        )
    with classes:
        num_classes = choose_option(
            "Classes",
            CLASSES,
            address.NUM_CLASSES,
            published.num_classes,
            help="Outputs of the last layer.",
        )
    return in_channels, num_classes


def _key(family: Architecture, hyperparameter: Hyperparameter) -> address.Key:
    return address.HYPERPARAMETER.of(family.name, hyperparameter.name)


def _reset(family: Architecture, published: Variant, but: Collection[str] = ()) -> None:
    """Write a variant's settings into the widgets' state, but for those that a link names."""
    settings: dict[address.Key, Value] = {
        _key(family, h): getattr(published.config, h.name) for h in family.config.hyperparameters()
    }
    settings[address.RESOLUTION] = published.resolution
    settings[address.IN_CHANNELS] = published.in_channels
    settings[address.NUM_CLASSES] = published.num_classes
    for key, value in settings.items():
        if key not in but:
            st.session_state[key] = value


def _reset_to_variant() -> None:
    name = st.session_state[address.VARIANT]
    if name is None:  # the menu was cleared
        return
    st.session_state["chosen_network"] = name
    family = architecture_of(name)
    _reset(family, family.variants[name])


def _reset_to_first_variant() -> None:
    if st.session_state[address.ARCHITECTURE] is None:  # the menu was cleared
        return
    family = architecture(st.session_state[address.ARCHITECTURE])
    st.session_state[address.VARIANT] = next(iter(family.variants))
    _reset_to_variant()
