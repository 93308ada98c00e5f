"""The sidebar of Train: network, data and training options."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.analysis.limits import GraphError
from cnnviz.architectures import Architecture, NetworkSpec
from cnnviz.architectures.written import SizedNetwork
from cnnviz.hyperparameters import text
from cnnviz.training.datasets.base import Dataset
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.training.recipes import RECIPES, Recipe
from cnnviz.training.running import fitting_side
from cnnviz.ui.network.controls import (
    RESOLUTIONS,
    changed_values,
    choose_architecture,
    choose_config,
    choose_variant,
    reset_button,
)
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_option, choose_step, hyperparameter_widget
from cnnviz.ui.parts.page import made_or_said
from cnnviz.ui.runs.data import cached_data, choose_dataset
from cnnviz.ui.server.cached import cached_graph

DEFAULT_VARIANT = "lenet5_full"
# Options by group.
GROUPS = {
    "Budget": (
        *("epochs", "seconds", "batch_size", "train_images", "seed"),
        *("progressive_resizing", "test_every"),
    ),
    "Optimiser": (
        *("optimiser", "learning_rate", "momentum", "schedule", "warm_up", "precision", "compiled"),
    ),
    "Regularisation": (
        *("weight_decay", "dropout", "label_smoothing", "averaging", "initialisation"),
    ),
    "Augmentation": ("crop", "flip", "rotation", "noise", "erasing", "jitter", "pca_colour"),
}
OPEN = "Budget"
FEW_IMAGES_EPOCHS = 20
DEFAULT_BUDGETS = {"epochs": 5, "seconds": 30}


@dataclass(frozen=True)
class TrainChoice:
    """The chosen training.

    Attributes:
        network: Network with the data's classes and channels.
        dataset: Dataset of the run.
        options: Training options.
    """

    network: SizedNetwork
    dataset: Dataset
    options: TrainingOptions

    @property
    def plan(self) -> Plan:
        """Plan of the run."""
        return Plan(self.network, self.dataset.name, self.options)


def choose_training() -> TrainChoice | None:
    """Draw the controls and return the choice; None (with a message) if it is incomplete."""
    family = choose_architecture(DEFAULT_VARIANT)
    name = choose_variant(family, DEFAULT_VARIANT)
    dataset = choose_dataset()
    num_classes = _num_classes(dataset) if dataset else None
    if dataset is None or num_classes is None:
        return None
    network = _choose_network(family, name, dataset, num_classes)
    if network is None:
        return None
    options = _choose_options(dataset)
    return TrainChoice(network, dataset, options) if options else None


def _num_classes(dataset: Dataset) -> int | None:
    """Number of classes of a dataset, loading it if necessary; None (with a message) on failure."""
    if dataset.num_classes is not None:
        return dataset.num_classes
    data = cached_data(dataset)
    return len(data.classes) if data else None


def _choose_network(
    family: Architecture, name: str, dataset: Dataset, num_classes: int
) -> SizedNetwork | None:
    """Draw the settings of the network and its image side; None (with a message) if invalid."""
    published = family.variants[name]
    with st.expander("Network settings", icon=":material/tune:"):
        config = choose_config(family, published)
        if config is None:
            return None
        spec = NetworkSpec(name, config, dataset.channels, num_classes)
        side = spec.fixed_resolution or _choose_side(spec, dataset)
    resized = "" if side == dataset.side else f", enlarged from {dataset.side} px"
    if side < dataset.side:
        resized = f", reduced from {dataset.side} px"
    grey = "grey" if dataset.channels == 1 else "colour"
    st.caption(
        f"{published.title} with {num_classes} outputs on {grey} images of {side} px{resized}."
    )
    return SizedNetwork(spec, side)


def _choose_side(spec: NetworkSpec, dataset: Dataset) -> int:
    fallback = fitting_side(spec, dataset.side, _opens)
    st.session_state.setdefault("train_side_for", fallback)
    if st.session_state["train_side_for"] != fallback:  # another network or other data
        st.session_state["train_side_for"] = fallback
        st.session_state[address.TRAIN_RESOLUTION] = fallback
    return choose_step(
        "Image side (px)",
        RESOLUTIONS,
        address.TRAIN_RESOLUTION,
        fallback,
        help="Images are resized to this height and width. The cost grows with its square.",
    )


def _opens(spec: NetworkSpec, side: int) -> bool:
    try:
        cached_graph(spec, side)
    except GraphError:
        return False
    return True


def _choose_options(dataset: Dataset) -> TrainingOptions | None:
    st.subheader("Training")
    recipes = {recipe.name: recipe for recipe in RECIPES}
    name = choose_option(
        "Recipe",
        list(recipes),
        address.RECIPE,
        help="Sets the options below. " + "; ".join(f"{r.name}: {r.title}" for r in RECIPES),
    )
    recipe = recipes[name]
    suggested = suggestion(recipe, dataset)
    st.caption(f"{recipe.source}. {recipe.scaled}")
    if recipe.options.flip and not dataset.flips:
        st.caption(f"{dataset.title}: no flips, since mirrored images may not belong to the class.")
    _follow(suggested)
    values: dict[str, Any] = {}
    for group, names in GROUPS.items():
        with st.expander(group, expanded=group == OPEN):
            for name in names:
                values[name] = _option(name, suggested)
    _say_changes(suggested, values)
    return made_or_said(lambda: TrainingOptions(**values))


def suggestion(recipe: Recipe, dataset: Dataset) -> TrainingOptions:
    """A recipe's options adapted to data: more epochs for few images, no mirrored digits.

    The first recipe, which is not from a paper, also augments if the data permits it.
    """
    few = not dataset.is_downloaded and recipe is RECIPES[0]
    augments = recipe is RECIPES[0] and dataset.flips
    return replace(
        recipe.options,
        epochs=FEW_IMAGES_EPOCHS if few else recipe.options.epochs,
        flip=dataset.flips and (augments or recipe.options.flip),
        crop=2 if augments else recipe.options.crop,
    )


def _follow(suggested: TrainingOptions) -> None:
    """Update every option that the visitor has not changed to a new suggestion."""
    before = st.session_state.get("train_suggested")
    st.session_state["train_suggested"] = suggested
    if before is None or st.session_state.get("arrived"):
        return
    for h in TrainingOptions.hyperparameters():
        key = address.OPTION.of(h.name)
        if st.session_state.get(key) == getattr(before, h.name):
            st.session_state[key] = getattr(suggested, h.name)


def _option(name: str, suggested: TrainingOptions) -> Any:
    change = {"on_change": partial(_keep_one_budget, name)} if name in DEFAULT_BUDGETS else {}
    return hyperparameter_widget(
        TrainingOptions.hyperparameter(name),
        getattr(suggested, name),
        **bound(address.OPTION.of(name)),
        **change,
    )


def _keep_one_budget(changed: str) -> None:
    """Set the other budget to 0, since a run ends by epochs or by time."""
    (other,) = DEFAULT_BUDGETS.keys() - {changed}
    key = address.OPTION.of(other)
    if st.session_state[address.OPTION.of(changed)]:
        st.session_state[key] = 0
    elif not st.session_state[key]:
        st.session_state[key] = DEFAULT_BUDGETS[other]


def _say_changes(suggested: TrainingOptions, values: dict[str, Any]) -> None:
    """Draw a caption of changed options and a button that resets them."""
    now = {name: text(value) for name, value in values.items()}
    own = changed_values(suggested, now, "suggested")
    if own:
        st.caption(f"Your own choices: {', '.join(own)}.")
        reset_button("Use suggested settings", "take_suggestions", lambda: _take(suggested))


def _take(suggested: TrainingOptions) -> None:
    for h in TrainingOptions.hyperparameters():
        st.session_state[address.OPTION.of(h.name)] = getattr(suggested, h.name)
