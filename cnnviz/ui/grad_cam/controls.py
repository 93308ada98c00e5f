"""Widgets for class, method and target layer of a class activation map."""

from collections.abc import Collection

from cnnviz.analysis.layers import is_auxiliary
from cnnviz.architectures import Network
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option, choose_option_or_none
from cnnviz.ui.photo.subject import Subject
from cnnviz.vision.cam.methods import METHODS, suits


def choose_class(names: tuple[str, ...]) -> int | None:
    """Menu of the class to explain; None is the most probable class."""
    options = class_options(names)
    chosen = choose_option_or_none(
        "Class to explain",
        options,
        address.CLASS,
        placeholder="The most probable; type to search",
        help="A map shows the region that supports this class, also for a class that the network "
        "did not predict.",
    )
    return None if chosen is None else options.index(chosen)


def class_options(names: tuple[str, ...]) -> list[str]:
    """Menu entries of the classes: index and name."""
    return [f"{index} {name}" for index, name in enumerate(names)]


def choose_method(network: Network, but: Collection[str] = ()) -> str:
    """Menu of the methods that suit a network, except those in ``but``."""
    names = [name for name in METHODS if name not in but and suits(name, network)]
    return choose_option(
        "Method",
        names,
        address.METHOD,
        help="How the map is computed. CAM needs a network that ends in global average pooling, "
        "guided backpropagation one with ReLUs.",
    )


def choose_layer(subject: Subject, disabled: bool = False) -> str:
    """Menu of target layers: the stages, and all modules with feature maps used in inference.

    An addition or a concatenation is a row of the table but not a module, so it cannot be a target.
    """
    network, table = subject.network, subject.layer_table
    modules = dict(network.named_modules())
    spatial = table[table["output_shape"].map(lambda shape: len(shape) == 3 and shape[1] > 1)]
    used = spatial[~is_auxiliary(spatial)]
    options = stage_names(network)[::-1] + [str(name) for name in used["name"] if name in modules]
    return choose_option(
        "Target layer",
        options,
        address.LAYER,
        disabled=disabled,
        help="The layer whose maps are weighted; the last stage is the most class-specific.",
    )


def stage_names(network: Network) -> list[str]:
    """Module paths of a network's stages, first to last."""
    return [f"stages.{index}" for index in range(len(network.stages))]
