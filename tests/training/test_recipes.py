import pytest

from cnnviz.training.options import TrainingOptions
from cnnviz.training.recipes import RECIPES, recipe


def test_every_recipe_names_its_source_and_what_was_scaled():
    assert len({each.name for each in RECIPES}) == len(RECIPES)
    for each in RECIPES:
        assert each.source
        assert each.scaled.endswith(".")


def test_the_first_recipe_is_what_a_run_does_without_one():
    assert RECIPES[0].options == TrainingOptions()


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("alexnet", {"batch_size": 128, "momentum": 0.9, "weight_decay": 5e-4}),
        ("vgg", {"batch_size": 256, "learning_rate": 1e-2, "initialisation": "xavier"}),
        ("googlenet", {"schedule": "googlenet", "momentum": 0.9}),
        ("resnet", {"learning_rate": 0.1, "weight_decay": 1e-4, "schedule": "step"}),
        ("densenet", {"batch_size": 64, "learning_rate": 0.1, "optimiser": "nesterov"}),
    ],
)
def test_what_the_slides_print_is_in_the_recipes(name, printed):
    options = recipe(name).options
    assert {key: getattr(options, key) for key in printed} == printed


def test_googlenets_recipe_averages():
    assert recipe("googlenet").options.averaging > 0


def test_an_unknown_recipe_lists_the_known_ones():
    with pytest.raises(KeyError, match="no recipe; known are short, lenet"):
        recipe("pancakes")
