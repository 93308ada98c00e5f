"""Widgets for class, method and target layer of a class activation map."""

from collections.abc import Collection

import streamlit as st

from cnnviz.analysis.layers import is_auxiliary
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option, choose_option_or_none
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.server.byte_cache import results
from cnnviz.vision.cam.methods import METHODS, suits
from cnnviz.vision.cam.target_layer import default_layer, default_layer_text


def choose_class(subject: Subject) -> Subject:
    """Menu of the class to explain; the subject with that class, by default the most probable."""
    options = class_options(subject.labels)
    chosen = choose_option_or_none(
        "Class to explain",
        options,
        address.CLASS,
        placeholder="The most probable; type to search",
        help="A map shows the region that supports this class, also for a class that the network "
        "did not predict.",
    )
    return subject.about(None if chosen is None else options.index(chosen))


def class_options(names: tuple[str, ...]) -> list[str]:
    """Menu entries of the classes: index and name."""
    return [f"{index} {name}" for index, name in enumerate(names)]


def choose_method(subject: Subject, but: Collection[str] = ()) -> str:
    """Menu of the methods that suit a network, except those in ``but``."""
    return choose_option(
        "Method",
        [name for name in suiting_methods(subject) if name not in but],
        address.METHOD,
        help="How the map is computed. CAM needs a network that ends in global average pooling, "
        "guided backpropagation one with ReLUs.",
    )


def choose_layer(subject: Subject, disabled: bool = False) -> str:
    """Menu of target layers: the stages, and all modules with feature maps used in inference."""
    layer = choose_option(
        "Target layer",
        _target_layers(subject.spec, subject),
        address.LAYER,
        default_layer(subject.passed),
        disabled=disabled,
        help="The layer whose maps are weighted; the deeper, the more class-specific, as long as "
        "its maps have places.",
    )
    if not disabled and (text := default_layer_text(subject.passed)):
        st.caption(text)
    return layer


def suiting_methods(subject: Subject) -> tuple[str, ...]:
    """Keys of ``METHODS`` that suit a network."""
    return _suiting(subject.spec, subject.network)


@results.remember
def _suiting(spec: NetworkSpec, _network: Network) -> tuple[str, ...]:
    return tuple(name for name in METHODS if suits(name, _network))


@results.remember
def _target_layers(spec: NetworkSpec, _subject: Subject) -> tuple[str, ...]:
    """The stages, last first, then the modules in order of execution.

    An addition or a concatenation is a row of the table but not a module, so it cannot be a target.
    """
    network, table = _subject.network, _subject.layer_table
    modules = dict(network.named_modules())
    spatial = table[[len(shape) == 3 and shape[1] > 1 for shape in table["output_shape"]]]
    used = map(str, spatial[~is_auxiliary(spatial)]["name"])
    return (*stage_names(network)[::-1], *(name for name in used if name in modules))


def stage_names(network: Network) -> tuple[str, ...]:
    """Module paths of a network's stages, first to last."""
    return tuple(f"stages.{index}" for index in range(len(network.stages)))
