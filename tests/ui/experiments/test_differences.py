"""What differs between runs, and what must be said before they are compared."""

import pytest

from cnnviz.architectures.written import read
from cnnviz.training.experiments.catalogue import EXPERIMENTS
from cnnviz.training.experiments.declaration import plans
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.ui.experiments.differences import differences, warnings

LENET = "lenet5_full,num_classes=10,in_channels=1"


def plan(network=LENET, data="digits", **options):
    return Plan(read(network), data, TrainingOptions(**options))


def differing(*made):
    return {each.title: each.values for each in differences(made)}


def test_equal_plans_are_reported_as_equal():
    assert differing(plan(), plan()) == {}
    assert "equal settings" in warnings(differences([plan(), plan()]))[0]


def test_a_single_difference_needs_no_warning():
    made = plan(), plan(f"{LENET},activation=relu"), plan(f"{LENET},activation=tanh")
    assert list(differing(*made)) == ["Activation"]
    assert differing(*made)["Activation"][1:] == ("relu", "tanh")
    assert warnings(differences(made)) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (plan(seed=1), "The seeds differ"),
        (plan(data="/somewhere/pictures.zip"), "different data"),
        (plan(epochs=9), "budgets differ"),
        (
            plan(learning_rate=0.1, optimiser="sgd"),
            "differ in 2 settings (optimiser, learning rate)",
        ),
        (plan("resnet20_cifar,in_channels=1"), "different families"),
    ],
    ids=["seed", "data", "budget", "two things", "families"],
)
def test_unfair_comparisons_are_warned_about(other, said):
    (first,) = [w for w in warnings(differences([plan(), other])) if said in w]
    assert first.endswith(".")


def test_a_files_folders_are_not_shown():
    assert differing(plan(), plan(data="/somewhere/pictures.zip"))["Data"] == (
        "digits",
        "pictures.zip",
    )


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda each: each.name)
def test_arms_of_an_experiment_differ_in_neither_seed_nor_data_nor_budget(experiment):
    made = plans(experiment, "digits", {"epochs": "1", "seconds": "0"})
    titles = differing(*made)
    assert titles
    assert not {"Data", "Seed", "Epochs", "Seconds", "Train images", "Batch size"} & titles.keys()
