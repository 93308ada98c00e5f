"""The sidebar of Experiments: which of the papers' experiments, on which data, for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from cnnviz.runs.limits import limits
from cnnviz.training.datasets.base import Dataset
from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment
from cnnviz.training.experiments.declaration import Arm, Experiment, plans
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.ui.parts.menu import addressed_menu, asked_anew, choose
from cnnviz.ui.parts.segments import choose_segment
from cnnviz.ui.runs.data import choose_dataset
from cnnviz.ui.runs.words import duration_text

EXPERIMENT, WITHOUT = "experiment", "without"  # their names in links
VIEWS = ("the papers'", "your own")
BUDGETS = ("epochs", "seconds")
EPOCHS = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 200, 400)
SECONDS = (5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600)
SEEDS = (1, 2, 3, 4, 5)
IMAGES = TrainingOptions.hyperparameter("train_images").options


@dataclass(frozen=True)
class ExperimentChoice:
    """What a visitor chose to run.

    Attributes:
        experiment: Which.
        arms: Of it, at least one.
        data: What all learn from.
        budget: Of each run: "epochs" or "seconds".
        amount: How many of them.
        images: That each trains on; 0: all.
        seeds: How many runs each arm has.
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
        """The runs times their budget, in a sentence."""
        count = len(self.arms) * self.seeds
        whole = count * self.amount
        arms = _so_many(len(self.arms), "arm")
        start = f"{arms} × {_so_many(self.seeds, 'seed')} = {_so_many(count, 'run')}"  # noqa: RUF001
        if self.budget == "seconds":
            each, total = duration_text(self.amount), f"{duration_text(whole)} of training"
        else:
            images = f"{self.images:,}" if self.images else "all"
            each = _so_many(self.amount, "epoch")
            total = f"{_so_many(whole, 'epoch')} of {images} training images"
        most = limits().running
        order = "one run after another" if most == 1 else f"{most} runs at once"
        return f"{start} of {each}: {total} in all, {order}."

    @property
    def without(self) -> str:
        """The numbers of the arms that are left out, from 1: "2,5"."""
        arms = enumerate(self.experiment.arms, 1)
        return ",".join(str(number) for number, arm in arms if arm not in self.arms)

    def planned(self) -> list[tuple[str, Plan]]:
        """The arm and the plan of each run, all arms of a seed before the next seed's.

        Raises:
            KeyError: The data are gone.
            ValueError: Network, data and options do not go together.
        """
        lasts = {"epochs": "0", "seconds": "0", self.budget: str(self.amount)}
        wanted = {arm.title for arm in self.arms}
        found = []
        for seed in range(self.seeds):
            given = {**lasts, "train_images": str(self.images), "seed": str(seed)}
            made = plans(self.experiment, self.data.name, given)
            pairs = zip(self.experiment.arms, made, strict=True)
            found += [(arm.title, plan) for arm, plan in pairs if arm.title in wanted]
        return found


def _so_many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def choose_view() -> str:
    """Draw the switch between declared experiments and runs that a visitor chooses."""
    return choose_segment("Experiments", VIEWS, VIEWS[0], "view")


def choose_experiment(of_group: str | None) -> Experiment:
    """Draw the menu of experiments.

    Args:
        of_group: The experiment of the group that a link names, if one does.
    """
    titles = {each.name: each.title for each in EXPERIMENTS}
    if of_group in titles and st.query_params.get(EXPERIMENT) not in titles:
        choose(EXPERIMENT, of_group)
    chosen = addressed_menu(
        "Experiment", EXPERIMENT, titles, "Each is a set of networks that differ in one thing."
    )
    return experiment(chosen)


def choose_run_of(found: Experiment) -> ExperimentChoice | None:
    """Draw what is run; None after saying what is missing or wrong."""
    data = choose_dataset()
    budget = st.segmented_control(
        "Budget of each run by",
        BUDGETS,
        default=BUDGETS[0],
        required=True,
        key="budget",
        bind="query-params",
        help="By epochs all arms take the same steps; by seconds the faster network takes more.",
    )
    budget = budget if budget in BUDGETS else BUDGETS[0]
    amount = _choose_amount(budget)
    images = _slider("Train on (images, 0: all)", IMAGES, 0, "images")
    seeds = _slider("Seeds", SEEDS, 1, "seeds", "Runs an arm; several show how much is chance.")
    arms = _choose_arms(found)
    if not arms:
        st.warning("Keep at least one arm.", icon=":material/info:")
    if data is None or not arms:
        return None
    return ExperimentChoice(found, arms, data, budget, amount, int(images), seeds)


def _choose_amount(budget: str) -> int:
    if budget == "seconds":
        return _slider("Seconds of each run", SECONDS, 30, "each_seconds")
    return _slider("Epochs of each run", EPOCHS, 5, "each_epochs")


def _slider(label: str, values: Sequence, default: int, key: str, help: str = "") -> int:  # type: ignore[type-arg]
    chosen = st.select_slider(label, values, default, key=key, bind="query-params", help=help)
    return chosen if chosen in values else default


def _choose_arms(found: Experiment) -> tuple[Arm, ...]:
    """All arms, but for those that the visitor leaves out to save time.

    The address has their numbers. They are written with the experiment's name, since a bound
    widget that goes with its experiment would make two steps to go Back.
    """
    key, asked = f"{found.name}_without", asked_anew(WITHOUT)
    if asked is None:
        st.session_state[key] = st.session_state.get(key, [])
    else:
        numbers = asked.split(",")
        arms = enumerate(found.arms, 1)
        st.session_state[key] = [arm.title for number, arm in arms if str(number) in numbers]
    left_out = st.multiselect(
        "Leave out",
        [arm.title for arm in found.arms],
        key=key,
        placeholder="Nothing",
        help="Arms that are not run, to save time.",
    )
    return tuple(arm for arm in found.arms if arm.title not in left_out)
