"""Results of an experiment: arms with their runs, live or recorded."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cnnviz.architectures import NetworkSpec
from cnnviz.architectures.written import read
from cnnviz.runs.groups import Group
from cnnviz.runs.run import Run
from cnnviz.training.experiments.declaration import Experiment
from cnnviz.training.experiments.recorded import Recorded, RecordedRun
from cnnviz.training.experiments.verdict import QUANTITIES, verdict
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan
from cnnviz.ui.runs.readings import Readings
from cnnviz.ui.runs.words import STATES, budget_text, counted, data_title, epochs_text, images_text


@dataclass(frozen=True, eq=False)
class ArmRun:
    """A run of an arm.

    Attributes:
        key: Identifies its curve; changes with every new measurement.
        seed: Seed of the run.
        network: The trained network.
        curve: Measurements so far.
        has_failed: Whether it failed, so that it has no value.
        run: The run in the store; None for a recorded run.
        known: Quantities of the complete curve, if ``curve`` is thinned.
    """

    key: str
    seed: int
    network: NetworkSpec
    curve: Sequence[Measurement]
    has_failed: bool = False
    run: Run | None = None
    known: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether the run is not finished yet."""
        return self.run is not None and self.run.is_open

    @property
    def state(self) -> str:
        """State in a word or two."""
        if self.run is None:
            return "failed" if self.has_failed else "recorded"
        if self.run.state == "running":
            return f"training, {self.run.share:.0%}"
        return STATES[self.run.state].title

    @property
    def steps(self) -> int:
        """Completed steps."""
        return round(self.curve[-1].step) if self.curve else 0

    @property
    def epochs(self) -> float:
        """Completed epochs."""
        return self.curve[-1].epoch if self.curve else 0.0

    def value(self, quantity: str) -> float | None:
        """Value of a quantity of ``QUANTITIES`` so far; None if not reached."""
        if self.has_failed:
            return None
        return self.known[quantity] if quantity in self.known else QUANTITIES[quantity](self.curve)


@dataclass(frozen=True, eq=False)
class ArmResult:
    """An arm and its runs, one per seed."""

    title: str
    runs: tuple[ArmRun, ...]


@dataclass(frozen=True, eq=False)
class Results:
    """The results of all arms.

    Attributes:
        arms: Arms in the experiment's order, each with at least one run.
        budget: Data and budget of each run: "digits, 5 epochs".
        epochs: Planned epochs of each run; 0 for a time budget.
    """

    arms: tuple[ArmResult, ...]
    budget: str
    epochs: int = 0

    @property
    def runs(self) -> Iterator[ArmRun]:
        """Runs of all arms."""
        return (run for arm in self.arms for run in arm.runs)

    @property
    def is_open(self) -> bool:
        """Whether a run is not finished yet."""
        return any(run.is_open for run in self.runs)

    @property
    def is_recorded(self) -> bool:
        """Whether the results were recorded earlier."""
        return all(run.run is None for run in self.runs)

    @property
    def seeds(self) -> int:
        """Smallest number of runs of an arm."""
        return min(len(arm.runs) for arm in self.arms)

    @property
    def has_bands(self) -> bool:
        """Whether an arm has several runs, of which curves show mean and range."""
        return any(len(arm.runs) > 1 for arm in self.arms)

    @property
    def here(self) -> str:
        """Data, budget and seeds as text.

        It stays the same while runs progress, so that charts that show it are not redrawn.
        """
        return f"here: {self.budget}{self._steps}, {counted(self.seeds, 'run')} per network"

    @property
    def _steps(self) -> str:
        measured = [run for run in self.runs if run.steps]
        if not measured:
            return ""
        last = measured[0].curve[-1]
        planned = round(self.epochs * last.step / last.epoch) if last.epoch else 0
        low, high = min(run.steps for run in measured), max(run.steps for run in measured)
        if planned and (self.is_open or low == high == planned):
            return f" ({planned:,} steps)"
        if self.is_open:
            return ""
        cut = "ended after " if planned else ""
        return f" ({cut}{low:,} steps)" if low == high else f" ({cut}{low:,} to {high:,} steps)"

    def values(self, quantity: str) -> dict[str, list[float | None]]:
        """Values of a quantity by arm, one per run."""
        return {arm.title: [run.value(quantity) for run in arm.runs] for arm in self.arms}

    def verdict(self, experiment: Experiment) -> tuple[str, ...]:
        """Verdict on the claim."""
        whole = [run.epochs for run in self.runs if not run.has_failed]
        return verdict(experiment, self.values(experiment.quantity), min(whole, default=0.0))


def group_results(group: Group, readings: Readings) -> Results | None:
    """Current results of a group; None if all runs were deleted."""
    arms: dict[str, list[ArmRun]] = {}
    first: Run | None = None
    members = {member.run_id: member for member in group.members}
    for reading in readings.of_each(group.run_ids):
        member = members[reading.run.id]
        first = first or reading.run
        key = f"{reading.run.id} {reading.number}"
        failed = reading.run.state == "failed"
        network = reading.run.plan.network.spec
        made = ArmRun(key, member.seed, network, reading.measurements, failed, reading.run)
        arms.setdefault(member.arm, []).append(made)
    if first is None:
        return None
    made_arms = tuple(ArmResult(title, tuple(runs)) for title, runs in arms.items())
    return Results(made_arms, budget_of(first.plan), first.plan.options.epochs)


def recorded_results(experiment: Experiment, results: Recorded) -> Results:
    """Results of a recorded experiment."""
    arms = tuple(
        ArmResult(title, tuple(_recorded_run(experiment, title, run) for run in runs))
        for title, runs in results.arms.items()
        if runs
    )
    images = images_text(results.train_images)
    return Results(arms, f"{results.data}, {images}{epochs_text(results.epochs)}")


def _recorded_run(experiment: Experiment, title: str, run: RecordedRun) -> ArmRun:
    key = f"{experiment.name} {title} {run.seed}"
    known = {experiment.quantity: run.value}
    network = read(run.network).spec
    return ArmRun(key, run.seed, network, run.curve, bool(run.message), None, known)


def budget_of(plan: Plan) -> str:
    """Data and budget of a plan: "digits, 500 images, 5 epochs"."""
    options = plan.options
    images = [f"{options.train_images:,} images"] if options.train_images else []
    return ", ".join([data_title(plan), *images, budget_text(plan)])


NOTHING = "–"  # noqa: RUF001


def values_text(values: Sequence[float | None], quantity: str) -> str:
    """Values by seed with their unit: "12.3, 13.1 %"; a dash if there are none."""
    if all(value is None for value in values):
        return NOTHING
    steps = quantity.startswith("steps")
    unit = "steps" if steps else "points" if quantity == "gap" else "%"
    return f"{', '.join(_number(value, steps) for value in values)} {unit}"


def _number(value: float | None, is_count: bool) -> str:
    if value is None:
        return NOTHING
    # Adding 0 removes the sign of -0.
    return f"{value:,.0f}" if is_count else f"{round(100 * value, 1) + 0.0:.1f}"


def mean_text(values: Sequence[float | None], quantity: str) -> str:
    """Mean of several values: "mean 12.7 %"; empty for fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    return f"mean {values_text([sum(known) / len(known)], quantity)}"


def states_text(runs: Sequence[ArmRun]) -> str:
    """States of the runs of an arm: "2 finished; 1 training, 40%"."""
    if len(runs) == 1:
        return runs[0].state
    counts = Counter(run.state for run in runs)
    return "; ".join(f"{count} {state}" for state, count in counts.items())


def gate_means(run: ArmRun) -> Mapping[str, float]:
    """The last measured means of the gates."""
    return next((m.gates for m in reversed(run.curve) if m.gates), {})
