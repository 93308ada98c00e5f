"""In which settings runs differ, and what follows for comparing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.analysis.comparison import Comparison, labels
from cnnviz.architectures import architecture_of, variant
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan

NOTHING = "–"  # noqa: RUF001
DATA, SEED, NETWORK = "Data", "Seed", "Network"
BUDGET = ("Epochs", "Seconds", "Train images")


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs.

    Attributes:
        title: Of the setting.
        values: As written, one a run.
        help: What it is, in a sentence; may be empty.
    """

    title: str
    values: tuple[str, ...]
    help: str = ""


def differences(plans: Sequence[Plan]) -> list[Difference]:
    """Every setting in which plans differ: data, network, hyperparameters, training."""
    written = [plan.options.to_text() for plan in plans]
    found = [
        _by(plans, DATA, lambda plan: Path(plan.data).name or plan.data, "What they learn from."),
        *_of_networks(plans),
        _by(
            plans,
            "Image side",
            lambda plan: f"{plan.network.resolution} px",
            "Images are brought to this height and width.",
        ),
        _by(
            plans,
            "Trained layers at the start",
            lambda plan: plan.start.network if plan.start else "none",
            "Layers that are not drawn but taken from a trained network.",
        ),
        *(
            Difference(h.title, tuple(options[h.name] for options in written), h.help)
            for h in TrainingOptions.hyperparameters()
        ),
    ]
    return [each for each in found if len(set(each.values)) > 1]


def _by(plans: Sequence[Plan], title: str, value: Callable[[Plan], str], help: str) -> Difference:
    return Difference(title, tuple(map(value, plans)), help)


def _of_networks(plans: Sequence[Plan]) -> list[Difference]:
    """The network where families differ, and what differs within a family, as Compare says it."""
    networks = [plan.network for plan in plans]
    names = labels(networks)
    found = []
    if len({architecture_of(network.spec.variant).name for network in networks}) > 1:
        titles = tuple(variant(network.spec.variant).title for network in networks)
        found.append(Difference(NETWORK, titles, "Networks of different families."))
    for family in Comparison(tuple(networks), names, ()).hyperparameters:
        for row in family.rows.to_dict("records"):
            values = tuple(str(row.get(name, NOTHING)) for name in names)
            found.append(Difference(str(row["title"]), values, str(row["help"])))
    return found


def warnings(found: Sequence[Difference]) -> list[str]:
    """What must be said before anything is concluded from runs that differ so; a sentence each."""
    titles = [each.title for each in found]
    things = [title for title in titles if title not in (SEED, DATA)]
    said = []
    if not titles:
        said.append("These runs have equal settings: what differs is chance of the machine.")
    if len(things) > 1:
        names = ", ".join(title.lower() for title in things)
        said.append(
            f"They differ in {len(things)} things ({names}): none of them alone explains what "
            "differs in the curves."
        )
    elif NETWORK in things:
        said.append("Their networks are of different families, which differ in many things.")
    if SEED in titles:
        said.append(
            "Their seeds differ: part of what differs is chance, and some data are divided by the "
            "seed into others for training and test."
        )
    if DATA in titles:
        said.append("They learned from different data: their errors cannot be compared.")
    if any(title in BUDGET for title in titles):
        said.append("Their budgets differ: one has had more to learn from than the other.")
    return said
