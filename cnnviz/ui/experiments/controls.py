"""The sidebar of Experiments: experiment, data, budget and networks."""

from dataclasses import dataclass

import streamlit as st

from cnnviz.settings import settings
from cnnviz.training.datasets.base import Dataset
from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment
from cnnviz.training.experiments.declaration import Arm, Experiment, plans
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import addressed_menu, choose, choose_labelled, choose_step
from cnnviz.ui.runs.data import choose_dataset
from cnnviz.ui.runs.words import counted, duration_text

VIEWS = {"the papers'": "From the papers", "your own": "Your own"}
BUDGETS = {"epochs": "Epochs", "seconds": "Seconds"}
EPOCHS = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 200, 400)
SECONDS = (5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600)
SEEDS = (1, 2, 3, 4, 5)
IMAGES = tuple(int(each) for each in TrainingOptions.hyperparameter("train_images").options)


@dataclass(frozen=True)
class ExperimentChoice:
    """The chosen experiment with its budget.

    Attributes:
        experiment: The experiment.
        arms: At least one of its arms.
        data: Dataset of all runs.
        budget: Unit of the budget of each run: "epochs" or "seconds".
        amount: Number of epochs or seconds.
        images: Training images of each run; 0: all.
        seeds: Runs per arm.
    """

    experiment: Experiment
    arms: tuple[Arm, ...]
    data: Dataset
    budget: str
    amount: int
    images: int
    seeds: int

    @property
    def cost(self) -> str:
        """Number of runs and total budget, in a sentence."""
        count = len(self.arms) * self.seeds
        whole = count * self.amount
        arms = counted(len(self.arms), "network")
        start = f"{arms} × {counted(self.seeds, 'seed')} = {counted(count, 'run')}"  # noqa: RUF001
        if self.budget == "seconds":
            each, total = duration_text(self.amount), f"{duration_text(whole)} of training"
        else:
            images = f"{self.images:,}" if self.images else "all"
            each = counted(self.amount, "epoch")
            total = f"{counted(whole, 'epoch')} on {images} training images"
        limit = settings().max_running
        order = "one run at a time" if limit == 1 else f"{limit} runs at a time"
        return f"{start} of {each}: {total} in total, {order}."

    @property
    def without(self) -> str:
        """Numbers of the excluded arms, from 1: "2,5"."""
        arms = enumerate(self.experiment.arms, 1)
        return ",".join(str(number) for number, arm in arms if arm not in self.arms)

    def planned(self) -> list[tuple[str, Plan]]:
        """Arm and plan of each run, all arms of a seed before the next seed.

        Raises:
            KeyError: The dataset no longer exists.
            ValueError: Network, data and options are incompatible.
        """
        lasts = {"epochs": "0", "seconds": "0", self.budget: str(self.amount)}
        wanted = {arm.title for arm in self.arms}
        planned = []
        for seed in range(self.seeds):
            given = {**lasts, "train_images": str(self.images), "seed": str(seed)}
            made = plans(self.experiment, self.data.name, given)
            pairs = zip(self.experiment.arms, made, strict=True)
            planned += [(arm.title, plan) for arm, plan in pairs if arm.title in wanted]
        return planned


def choose_view() -> str:
    """Draw the switch between the papers' experiments and a visitor's own."""
    return choose_labelled("Experiments", VIEWS, address.VIEW)


def choose_experiment(of_group: str | None) -> Experiment:
    """Draw the menu of experiments.

    Args:
        of_group: Experiment of the group in the URL, if any.
    """
    titles = {each.name: each.title for each in EXPERIMENTS}
    if of_group in titles and address.requested(address.EXPERIMENT) not in titles:
        choose(address.EXPERIMENT, of_group)
    chosen = addressed_menu(
        "Experiment",
        address.EXPERIMENT,
        titles,
        "Each compares networks that differ in one thing.",
    )
    return experiment(chosen)


def choose_run_of(chosen: Experiment) -> ExperimentChoice | None:
    """Draw the widgets of data, budget and networks; None (with a message) if one is missing."""
    data = choose_dataset()
    budget = choose_labelled(
        "Budget of each run",
        BUDGETS,
        address.BUDGET,
        help="Epochs give all networks the same steps; seconds give a faster network more steps.",
    )
    if budget == "seconds":
        amount = choose_step("Seconds per run", SECONDS, address.BUDGET_SECONDS, 30)
    else:
        amount = choose_step("Epochs per run", EPOCHS, address.BUDGET_EPOCHS, 5)
    images = choose_step("Training images (0: all)", IMAGES, address.TRAIN_IMAGES, 0)
    seeds = choose_step(
        "Seeds",
        SEEDS,
        address.SEEDS,
        1,
        help="Runs per network; several show how much results vary by chance.",
    )
    arms = _choose_arms(chosen)
    if not arms:
        st.warning("Keep at least one network.", icon=":material/info:")
    if data is None or not arms:
        return None
    return ExperimentChoice(chosen, arms, data, budget, amount, int(images), seeds)


def _choose_arms(chosen: Experiment) -> tuple[Arm, ...]:
    """Draw the menu of excluded arms and return the others.

    The URL has the numbers of excluded arms. They are written together with the experiment, since
    a bound widget would add a second step to the browser's history.
    """
    key, requested = f"{chosen.name}_without", address.newly_requested(address.WITHOUT)
    if requested is None:
        st.session_state[key] = st.session_state.get(key, [])
    else:
        numbers = requested.split(",")
        arms = enumerate(chosen.arms, 1)
        st.session_state[key] = [arm.title for number, arm in arms if str(number) in numbers]
    excluded = st.multiselect(
        "Exclude",
        [arm.title for arm in chosen.arms],
        key=key,
        placeholder="Nothing",
        help="Networks that are not trained, to save time.",
    )
    return tuple(arm for arm in chosen.arms if arm.title not in excluded)
