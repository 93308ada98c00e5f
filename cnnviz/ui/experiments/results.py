"""What an experiment has come to: the arms with their runs, whether live or recorded before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
from cnnviz.ui.runs.words import STATES, duration_text


@dataclass(frozen=True, eq=False)
class ArmRun:
    """One run of an arm.

    Attributes:
        key: Tells its curve from every other: of two runs with one key all is alike.
        seed: Of its options.
        network: What is trained.
        curve: What was measured.
        has_failed: Whether it diverged or broke, so that it has no value.
        run: As the store knows it; None of a recorded one.
        known: Quantities that are known better than the curve, of which not all is kept, tells.
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
        """Whether more will be measured."""
        return self.run is not None and self.run.is_open

    @property
    def state(self) -> str:
        """In a word or two."""
        if self.run is None:
            return "failed" if self.has_failed else "recorded"
        if self.run.state == "running":
            return f"training, {self.run.share:.0%}"
        return STATES[self.run.state].title

    @property
    def steps(self) -> int:
        """Done so far."""
        return round(self.curve[-1].step) if self.curve else 0

    @property
    def epochs(self) -> float:
        """Done so far."""
        return self.curve[-1].epoch if self.curve else 0.0

    def value(self, quantity: str) -> float | None:
        """A quantity of ``QUANTITIES`` so far; None where it was not reached."""
        if self.has_failed:
            return None
        return self.known[quantity] if quantity in self.known else QUANTITIES[quantity](self.curve)


@dataclass(frozen=True, eq=False)
class ArmResult:
    """An arm and its runs, one for each seed."""

    title: str
    runs: tuple[ArmRun, ...]


@dataclass(frozen=True, eq=False)
class Results:
    """An experiment's arms.

    Attributes:
        arms: In the experiment's order; each with a run at least.
        budget: What each run was to do, without its steps: "digits, 5 epochs".
        epochs: That each run was to last; 0 where it lasts by time.
    """

    arms: tuple[ArmResult, ...]
    budget: str
    epochs: int = 0

    @property
    def runs(self) -> Iterator[ArmRun]:
        """Of all arms."""
        return (run for arm in self.arms for run in arm.runs)

    @property
    def is_open(self) -> bool:
        """Whether more will be measured."""
        return any(run.is_open for run in self.runs)

    @property
    def is_recorded(self) -> bool:
        """Whether they are no runs of this store."""
        return all(run.run is None for run in self.runs)

    @property
    def seeds(self) -> int:
        """How many runs an arm has at least."""
        return min(len(arm.runs) for arm in self.arms)

    @property
    def here(self) -> str:
        """Data, budget and seeds in a line.

        It is the same from the first measurement to a proper end: a chart that says it stays.
        """
        seeds = f"{self.seeds} run{'s' if self.seeds != 1 else ''} an arm"
        return f"here: {self.budget}{self._steps}, {seeds}"

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
        """A quantity by arm, one for each run."""
        return {arm.title: [run.value(quantity) for run in arm.runs] for arm in self.arms}

    def verdict(self, experiment: Experiment) -> tuple[str, ...]:
        """What the runs say of the claim."""
        whole = [run.epochs for run in self.runs if not run.has_failed]
        return verdict(experiment, self.values(experiment.quantity), min(whole, default=0.0))


def group_results(group: Group, readings: Readings) -> Results | None:
    """A group's runs as they are now; None where all were deleted."""
    arms: dict[str, list[ArmRun]] = {}
    first: Run | None = None
    members = {member.run_id: member for member in group.members}
    for found in readings.of_each(group.run_ids):
        member = members[found.run.id]
        first = first or found.run
        key = f"{found.run.id} {found.number}"
        failed = found.run.state == "failed"
        network = found.run.plan.network.spec
        made = ArmRun(key, member.seed, network, found.measurements, failed, found.run)
        arms.setdefault(member.arm, []).append(made)
    if first is None:
        return None
    made_arms = tuple(ArmResult(title, tuple(runs)) for title, runs in arms.items())
    return Results(made_arms, budget_of(first.plan), first.plan.options.epochs)


def recorded_results(experiment: Experiment, found: Recorded) -> Results:
    """What was recorded of an experiment."""
    arms = tuple(
        ArmResult(title, tuple(_recorded_run(experiment, title, run) for run in runs))
        for title, runs in found.arms.items()
        if runs
    )
    unit = "epoch" if found.epochs == 1 else "epochs"
    return Results(arms, f"{found.data}, {found.epochs:.3g} {unit}")


def _recorded_run(experiment: Experiment, title: str, run: RecordedRun) -> ArmRun:
    key = f"{experiment.name} {title} {run.seed}"
    known = {experiment.quantity: run.value}
    network = read(run.network).spec
    return ArmRun(key, run.seed, network, run.curve, bool(run.message), None, known)


def budget_of(plan: Plan) -> str:
    """The data and what ends a run: "digits, 500 images, 5 epochs"."""
    options = plan.options
    images = [f"{options.train_images:,} images"] if options.train_images else []
    end = duration_text(options.seconds) if options.seconds else f"{options.epochs} epochs"
    end = end.removesuffix("s") if options.epochs == 1 else end
    return ", ".join([Path(plan.data).name or plan.data, *images, end])


NOTHING = "–"  # noqa: RUF001


def values_text(values: Sequence[float | None], quantity: str) -> str:
    """Values by seed, with their unit: "12.3, 13.1 %"; a dash where there is none."""
    if all(value is None for value in values):
        return NOTHING
    steps = quantity.startswith("steps")
    unit = "steps" if steps else "points" if quantity == "gap" else "%"
    return f"{', '.join(_number(value, steps) for value in values)} {unit}"


def _number(value: float | None, is_count: bool) -> str:
    if value is None:
        return NOTHING
    # Adding 0 makes no difference but to the sign of -0.
    return f"{value:,.0f}" if is_count else f"{round(100 * value, 1) + 0.0:.1f}"


def mean_text(values: Sequence[float | None], quantity: str) -> str:
    """The mean of several values: "mean 12.7 %"; empty where there are not several."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    return f"mean {values_text([sum(known) / len(known)], quantity)}"


def states_text(runs: Sequence[ArmRun]) -> str:
    """What the runs of an arm are doing: "2 finished, training, 40%"."""
    counts: dict[str, int] = {}
    for run in runs:
        counts[run.state] = counts.get(run.state, 0) + 1
    if len(runs) == 1:
        return next(iter(counts))
    return "; ".join(f"{count} {state}" for state, count in counts.items())


def gate_means(run: ArmRun) -> Mapping[str, float]:
    """The gates' means when they were measured last."""
    return next((m.gates for m in reversed(run.curve) if m.gates), {})
