"""A network with its weights, and what a file of weights says of itself."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path

from cnnviz.architectures import Network, NetworkSpec, variant
from cnnviz.training.checkpoints import CheckpointError, own_spec
from cnnviz.ui.parts.page import plain
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import cached_network
from cnnviz.vision.prediction import labels
from cnnviz.weights.class_names import with_class_names
from cnnviz.weights.loading import spec_of_file, with_names_beside
from cnnviz.weights.sources import WeightsSource
from cnnviz.weights.state_dict import WeightsError

NO_ANSWER = "It knows only these classes; any other subject will be misclassified."
SHOWN_NAMES = 12  # of a file's classes


@dataclass(frozen=True)
class WeightedNetwork:
    """A network and where its weights come from.

    Attributes:
        name: Of this choice among all for its variant; that of a run is its id.
        spec: The network.
        weights: Where its weights come from.
        about: What must be said where its answers stand, in Markdown, or empty.
        is_run: Whether a run of this program has trained it.
    """

    name: str
    spec: NetworkSpec
    weights: WeightsSource
    about: str = ""
    is_run: bool = False

    @property
    def cache_key(self) -> Hashable:
        """Cache key of results that depend on the network alone."""
        return (self.spec, self.weights)

    @property
    def network(self) -> Network:
        """The network with its weights, frozen and in eval mode; all visitors share it."""
        return cached_network(self.spec, self.weights)

    @property
    def is_random(self) -> bool:
        """Whether the network is untrained."""
        return self.weights.kind == "random"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What loading the weights has shown that a visitor must know.

        Raises:
            WeightsError: They cannot be loaded.
        """
        return self.network.remarks if self.weights.kind == "file" else ()

    @property
    def has_unnamed_classes(self) -> bool:
        """Whether nobody has said what the classes of a file's weights are called."""
        is_told = self.spec.trained_on or self.spec.class_names
        return not is_told and self.spec.num_classes != variant(self.spec.variant).num_classes


def of_source(spec: NetworkSpec, source: WeightsSource) -> WeightedNetwork:
    """A network with the weights of a source, which are what their name says."""
    name = source.path.name if source.kind == "file" and source.path else source.kind
    return WeightedNetwork(name, spec, source)


def of_file(spec: NetworkSpec, source: WeightsSource) -> WeightedNetwork:
    """A file's weights, with as many classes as they have.

    torchvision's own file is what its name says. Loading one that cannot be read says why.
    """
    choice = of_source(spec, source)
    if source.url or source.path is None:
        return choice
    if (own := _spec_of(spec, source)) is None:
        return choice
    try:
        own = own if own.trained_on else with_names_beside(own, source.path)
    except ValueError as error:  # of the names
        return replace(choice, spec=own, about=plain(str(error)))
    about = "" if own == spec else _about_file(own, source.path)
    return replace(choice, spec=own, about=about)


@results.remember
def _spec_of(spec: NetworkSpec, source: WeightsSource) -> NetworkSpec | None:
    """The specification of the weights in a file; None where they cannot be read."""
    if source.path is None:
        return None
    try:
        own = own_spec(source.path)
        return own if own and own.variant == spec.variant else spec_of_file(spec, source.path)
    except (CheckpointError, WeightsError):
        return None


def _about_file(spec: NetworkSpec, path: Path) -> str:
    """Which classes the weights of a file are for."""
    names = labels(spec)
    some = ", ".join(map(plain, names[:SHOWN_NAMES])) + (", ..." * (len(names) > SHOWN_NAMES))
    text = f"Weights of **{plain(path.name)}** for {len(names)} classes of its own"
    if spec.class_names or spec.trained_on:
        return f"{text}: {some}. {NO_ANSWER}"
    beside = plain(path.with_suffix(".txt").name)
    return (
        f"{text}, which are numbered: name them in the sidebar, or for everybody in {beside} "
        f"beside the file, one a line. {NO_ANSWER}"
    )


def with_names(choice: WeightedNetwork, names: tuple[str, ...]) -> WeightedNetwork:
    """The same weights with names of its classes.

    Raises:
        ValueError: They are more or fewer than the classes.
    """
    spec = with_class_names(choice.spec, names, "The field in the sidebar")
    path = choice.weights.path
    return replace(choice, spec=spec, about=_about_file(spec, path) if path else choice.about)
