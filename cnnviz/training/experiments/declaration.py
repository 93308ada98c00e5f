"""The papers' experiments, declared: runs that differ in one thing, and what they should show.

``plans`` makes them fair: all arms have one seed, one order of the data, one augmentation (on a
CPU) and one schedule, and equal initial tensors wherever name and shape agree.
"""

from __future__ import annotations

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
    """A cell of a paper's table (cnnviz.architectures.results): its title, row from 1, column."""

    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Arm:
    """One network of an experiment.

    Attributes:
        title: In tables and legends.
        network: As ``cnnviz.architectures.written.read`` takes it.
        options: What it changes of the experiment's options, as text.
        paper: What the paper printed for it.
        group: Arms of a group share initial tensors with its first.
        start: Trained layers that it begins with.
    """

    title: str
    network: str
    options: Mapping[str, str] = field(default_factory=dict)
    paper: Printed | None = None
    group: str = ""
    start: Start | None = None


@dataclass(frozen=True)
class Experiment:
    """Runs that differ in one thing.

    Attributes:
        name: In addresses and on the command line.
        title: What a menu shows.
        claim: What the source found, in one sentence.
        source: The paper, with the place.
        deviation: What differs from the paper, in one sentence.
        paper_budget: How long the paper trained, and how often.
        arms: The runs.
        quantity: What is compared: a key of ``cnnviz.training.comparison.QUANTITIES``.
        better: Pairs of arms' titles; of each the claim says that the first has the lower value.
        least_epochs: A shorter run is called too short to support the claim: a rule of this
            program, not of the paper.
        recipe: Whose options all arms have.
        options: What the experiment changes of the recipe, as text.
        shares_weights: Whether arms share initial tensors; not where these are what differs.
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
    least_epochs: int = 20
    recipe: str = "resnet"
    options: Mapping[str, str] = field(default_factory=dict)
    shares_weights: bool = True


@dataclass(frozen=True)
class PaperValue:
    """What a paper prints for an arm.

    Attributes:
        value: As printed.
        column: The heading of its column.
        table: Paper and table.
        source: The same in full, with what was measured on which data.
    """

    value: str
    column: str
    table: str
    source: str


def paper_value(arm: Arm) -> PaperValue | None:
    """What the paper prints for an arm, if anything."""
    if arm.paper is None:
        return None
    table = result_tables()[arm.paper.table]
    printed = table.rows[arm.paper.row - 1][arm.paper.column]
    return PaperValue(printed, arm.paper.column, arm.paper.table, table.source)


def plans(experiment: Experiment, data: str, budget: Mapping[str, str]) -> tuple[Plan, ...]:
    """A plan for each arm.

    Args:
        experiment: Which.
        data: Name of a data set, or path of a zip or folder of class folders.
        budget: Options that all arms have, as text: epochs or seconds, seed, train_images.

    Raises:
        KeyError: There is no such data set or option.
        ValueError: A value is outside its domain.
    """
    common = recipe(experiment.recipe).options.with_text({**experiment.options, **budget})
    found = dataset(data)
    classes = found.num_classes or 2
    first: dict[str, SizedNetwork] = {}
    made = []
    for arm in experiment.arms:
        network = fitted(read(arm.network).spec, found.side, found.channels, classes)
        twin = first.setdefault(arm.group, network)
        options: TrainingOptions = common.with_text(arm.options)
        shared = twin if experiment.shares_weights and twin is not network else None
        made.append(Plan(network, data, options, shared, arm.start))
    return tuple(made)
