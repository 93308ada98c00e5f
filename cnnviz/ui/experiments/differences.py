"""The settings in which runs differ, and warnings about comparing them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnnviz.analysis.comparison import Comparison, labels
from cnnviz.architectures import architecture_of, variant
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.ui.runs.words import data_title

NOTHING = "–"  # noqa: RUF001
DATA, SEED, NETWORK = "Data", "Seed", "Network"
BUDGET = ("Epochs", "Seconds", "Train images")


@dataclass(frozen=True)
class Difference:
    """A setting that differs between runs.

    Attributes:
        title: Title of the setting.
        values: Text of the value in each run.
        help: Explanation of the setting, or empty.
    """

    title: str
    values: tuple[str, ...]
    help: str = ""


def differences(plans: Sequence[Plan]) -> list[Difference]:
    """The settings in which plans differ: data, network, hyperparameters, training."""
    options_of = [plan.options.to_text() for plan in plans]
    settings = [
        _by(plans, DATA, data_title, "Dataset of the run."),
        *_of_networks(plans),
        _by(
            plans,
            "Image side",
            lambda plan: f"{plan.network.resolution} px",
            "Images are resized to this height and width.",
        ),
        _by(
            plans,
            "Pretrained layers",
            lambda plan: plan.start.network if plan.start else "none",
            "Layers initialised from a trained network.",
        ),
        *(
            Difference(h.title, tuple(options[h.name] for options in options_of), h.help)
            for h in TrainingOptions.hyperparameters()
        ),
    ]
    return [each for each in settings if len(set(each.values)) > 1]


def _by(plans: Sequence[Plan], title: str, value: Callable[[Plan], str], help: str) -> Difference:
    return Difference(title, tuple(map(value, plans)), help)


def _of_networks(plans: Sequence[Plan]) -> list[Difference]:
    """The network if families differ, and hyperparameters that differ within a family."""
    networks = [plan.network for plan in plans]
    names = labels(networks)
    differing = []
    if len({architecture_of(network.spec.variant).name for network in networks}) > 1:
        titles = tuple(variant(network.spec.variant).title for network in networks)
        differing.append(Difference(NETWORK, titles, "Networks of different families."))
    for family in Comparison(tuple(networks), names, ()).hyperparameters:
        for row in family.rows.to_dict("records"):
            values = tuple(str(row.get(name, NOTHING)) for name in names)
            differing.append(Difference(str(row["title"]), values, str(row["help"])))
    return differing


def warnings(differences: Sequence[Difference]) -> list[str]:
    """Warnings about comparing runs with these differences, one sentence each."""
    titles = [each.title for each in differences]
    changed = [title for title in titles if title not in (SEED, DATA)]
    said = []
    if not titles:
        said.append("These runs have equal settings; any difference is random.")
    if len(changed) > 1:
        names = ", ".join(title.lower() for title in changed)
        said.append(
            f"The runs differ in {len(changed)} settings ({names}); no single one explains the "
            "difference between the curves."
        )
    elif NETWORK in changed:
        said.append("The networks belong to different families, which differ in many ways.")
    if SEED in titles:
        said.append(
            "The seeds differ: part of the difference is random, and the seed also determines the "
            "training and test split of some datasets."
        )
    if DATA in titles:
        said.append("The runs use different data; their errors are not comparable.")
    if any(title in BUDGET for title in titles):
        said.append("The budgets differ: some runs were trained longer or on more images.")
    return said
