"""Declarations of the papers' experiments: networks that differ in one thing, and a claim.

``plans`` makes comparisons fair: all arms share seed, order of the data, augmentation (on a CPU),
schedule, and initial tensors wherever name and shape agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cnnviz.architectures.results import result_tables
from cnnviz.architectures.written import SizedNetwork, read
from cnnviz.training.datasets import dataset
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan, Start
from cnnviz.training.recipes import recipe
from cnnviz.training.running import fitted


@dataclass(frozen=True)
class Printed:
    """A cell of a published table (cnnviz.architectures.results): title, row from 1, column."""

    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Arm:
    """One network of an experiment.

    Attributes:
        title: Title in tables and legends.
        network: Text for ``cnnviz.architectures.written.read``.
        options: Changes to the experiment's options, as text.
        paper: The paper's value.
        group: Arms of a group share initial tensors with its first.
        start: Trained layers to start from.
    """

    title: str
    network: str
    options: Mapping[str, str] = field(default_factory=dict)
    paper: Printed | None = None
    group: str = ""
    start: Start | None = None


@dataclass(frozen=True)
class Experiment:
    """A comparison of networks that differ in one thing.

    Attributes:
        name: In URLs and on the command line.
        title: Title in menus.
        claim: The result of the source, in one sentence.
        source: Paper and place.
        deviation: Differences from the paper, in one or more sentences.
        paper_budget: Training budget and number of runs in the paper.
        arms: The networks.
        quantity: The compared quantity, a key of ``verdict.QUANTITIES``.
        better: Pairs of titles of arms; the claim is that the first has the lower value.
        min_epochs: Shorter runs count as too short to support the claim: a rule of this program,
            not of the paper.
        recipe: Recipe of all arms.
        options: Changes to the recipe, as text.
        shares_weights: Whether arms share initial tensors (unless these are compared).
    """

    name: str
    title: str
    claim: str
    source: str
    deviation: str
    paper_budget: str
    arms: tuple[Arm, ...]
    quantity: str
    better: tuple[tuple[str, str], ...]
    min_epochs: int = 20
    recipe: str = "resnet"
    options: Mapping[str, str] = field(default_factory=dict)
    shares_weights: bool = True


@dataclass(frozen=True)
class PaperValue:
    """The published value of an arm.

    Attributes:
        value: The printed text.
        column: Heading of the column.
        table: Paper and table.
        source: Full citation, with the quantity and dataset.
    """

    value: str
    column: str
    table: str
    source: str


def paper_value(arm: Arm) -> PaperValue | None:
    """The published value of an arm, if any."""
    if arm.paper is None:
        return None
    table = result_tables()[arm.paper.table]
    printed = table.rows[arm.paper.row - 1][arm.paper.column]
    return PaperValue(printed, arm.paper.column, arm.paper.table, table.source)


def plans(experiment: Experiment, data: str, budget: Mapping[str, str]) -> tuple[Plan, ...]:
    """The plans of an experiment, one per arm.

    Args:
        experiment: The experiment.
        data: Name of a dataset, or path of a zip file or folder with a folder per class.
        budget: Options of all arms, as text: epochs or seconds, seed, train_images.

    Raises:
        KeyError: There is no such dataset or option.
        ValueError: A value is outside its domain.
    """
    common = recipe(experiment.recipe).options.with_text({**experiment.options, **budget})
    source = dataset(data)
    classes = source.num_classes or 2
    first: dict[str, SizedNetwork] = {}
    made = []
    for arm in experiment.arms:
        network = fitted(read(arm.network).spec, source.side, source.channels, classes)
        twin = first.setdefault(arm.group, network)
        options: TrainingOptions = common.with_text(arm.options)
        shared = twin if experiment.shares_weights and twin is not network else None
        made.append(Plan(network, data, options, shared, arm.start))
    return tuple(made)
