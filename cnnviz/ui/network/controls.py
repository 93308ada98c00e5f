"""The widgets that choose a network; its hyperparameters' declarations draw themselves."""

from collections.abc import Collection
from dataclasses import dataclass
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
from cnnviz.architectures.written import SizedNetwork
from cnnviz.hyperparameters import Config, Hyperparameter, Value
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_option, choose_step

DEFAULT_VARIANT = "resnet18"
RESOLUTIONS = (28, 32, 48, 64, 96, 128, 160, 192, 224, 256, 299, 320, 384, 448, 512)
CLASSES = (2, 5, 10, 20, 50, 100, 200, 365, 500, 1000)


@dataclass(frozen=True)
class NetworkChoice:
    """What a visitor chose.

    Attributes:
        family: The architecture.
        spec: The settings as they are now.
        resolution: Side of the image in pixels.
    """

    family: Architecture
    spec: NetworkSpec
    resolution: int

    @property
    def variant(self) -> Variant:
        """The published variant that the settings started from."""
        return self.family.variants[self.spec.variant]

    @property
    def sized(self) -> SizedNetwork:
        """The network and its image, as addresses and commands write them."""
        return SizedNetwork(self.spec, self.resolution)

    @property
    def changes(self) -> list[str]:
        """The settings that differ from the variant's, as "width 32 (64)"."""
        published = self.variant.config.to_text()
        now = self.spec.config.to_text()
        return [
            f"{h.title.lower()} {now[h.name]} (published: {published[h.name]})"
            for h in self.family.config.hyperparameters()
            if now[h.name] != published[h.name]
        ]


def explore_query(network: SizedNetwork) -> dict[str, str]:
    """The query parameters with which Explore opens on a network."""
    family, fields = architecture_of(network.spec.variant), network.spec.config.to_text()
    named = {
        address.HYPERPARAMETER.of(family.name, name) if name in fields else name: value
        for name, value in network.changes.items()
    }
    return {address.VARIANT: network.spec.variant, **named}


def choose_network() -> NetworkChoice | None:
    """Draw the controls and return the choice, or None after saying why the settings clash."""
    family = choose_architecture()
    variant = choose_variant(family)
    published = family.variants[variant]
    resolution = (
        None if "resolution" in published.config.to_text() else _choose_resolution(published)
    )
    in_channels, num_classes = _choose_ends(published)
    st.subheader("Hyperparameters")
    config = choose_config(family, published)
    if config is None:
        return None
    spec = NetworkSpec(variant, config, in_channels, num_classes)
    return NetworkChoice(family, spec, resolution or spec.fixed_resolution or published.resolution)


def choose_config(family: Architecture, published: Variant) -> Config | None:
    """The hyperparameters' widgets and a reset; None after saying why the settings clash."""
    st.button(
        f"Reset to {published.title}",
        icon=":material/restart_alt:",
        on_click=_reset,
        args=(family, published),
        width="stretch",
    )
    values = {h.name: _widget(family, published, h) for h in family.config.hyperparameters()}
    try:
        return family.config(**values)
    except ValueError as error:
        st.error(str(error))
        return None


def choose_architecture(default: str | None = DEFAULT_VARIANT) -> Architecture:
    """The menu of families.

    Args:
        default: The variant that a link means when it names none. The URL leaves a default out, so
            a page without one (None) names every choice.
    """
    names = [family.name for family in ARCHITECTURES]
    fallback = architecture_of(default or DEFAULT_VARIANT).name
    _arrive(names)
    _keep_valid(address.ARCHITECTURE, names, fallback)
    name = st.selectbox(
        "Architecture",
        names,
        index=names.index(fallback) if default else None,
        **bound(address.ARCHITECTURE),
        on_change=_reset_to_first_variant,
        help="The family of networks, oldest first.",
    )
    return architecture(name if name in names else fallback)


def choose_variant(family: Architecture, default: str | None = DEFAULT_VARIANT) -> str:
    """The menu of a family's published variants; for ``default`` see ``choose_architecture``."""
    names = list(family.variants)
    fallback = next(name for name in (default, DEFAULT_VARIANT, names[0]) if name in names)
    _keep_valid(address.VARIANT, names, fallback)
    name = st.selectbox(
        "Variant",
        names,
        # A link without any variant opens the default's family: the others' links name theirs.
        index=names.index(default) if default in names else None,
        **bound(address.VARIANT),
        on_change=_reset_to_variant,
        help="A published configuration; it sets all hyperparameters below.",
    )
    return name if name in names else fallback


def _keep_valid(key: address.Key, names: list[str], fallback: str) -> None:
    """Give a menu a value of its own options, unless the URL is about to."""
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
        if address.requested(key) not in names:
            st.session_state[key] = fallback


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


def _choose_resolution(published: Variant) -> int:
    return choose_step(
        "Resolution (px)",
        RESOLUTIONS,
        address.RESOLUTION,
        published.resolution,
        help="Height and width of the input image.",
    )


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


def _widget(family: Architecture, published: Variant, hyperparameter: Hyperparameter) -> Any:
    default = getattr(published.config, hyperparameter.name)
    return hyperparameter_widget(hyperparameter, default, **bound(_key(family, hyperparameter)))


def hyperparameter_widget(hyperparameter: Hyperparameter, default: Value, **options: Any) -> Any:
    """The widget of one hyperparameter: a switch, a menu of names, or a slider over numbers.

    Args:
        hyperparameter: The declaration.
        default: The value without a choice.
        **options: The widget's key and what else Streamlit's widgets take.
    """
    h = hyperparameter
    says_unit = not h.unit or h.unit in h.title.lower()
    label = h.title if says_unit else f"{h.title} ({h.unit})"
    if h.is_flag:
        return st.toggle(label, bool(default), help=h.help, **options)
    if isinstance(default, str):
        return st.selectbox(label, h.options, h.options.index(default), help=h.help, **options)
    return st.select_slider(label, h.options, default, help=h.help, **options)


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
