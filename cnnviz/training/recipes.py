"""The papers' training recipes, scaled to a short budget: the entries of ``recipes.toml``."""

from dataclasses import dataclass

from cnnviz.files import entries
from cnnviz.hyperparameters import named
from cnnviz.training.options import TrainingOptions


@dataclass(frozen=True)
class Recipe:
    """Training options from a paper.

    Attributes:
        name: In URLs and on the command line.
        title: Title in menus.
        source: Paper and section.
        scaled: Differences from the paper, in one sentence.
        options: Its options, except budget, seed and number of images.
    """

    name: str
    title: str
    source: str
    scaled: str
    options: TrainingOptions


RECIPES = tuple(
    Recipe(**{**entry, "options": TrainingOptions(**entry.get("options", {}))})
    for entry in entries("training/recipes.toml")
)


def recipe(name: str) -> Recipe:
    """Look up a recipe by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return named(name, {each.name: each for each in RECIPES}, "recipe")
