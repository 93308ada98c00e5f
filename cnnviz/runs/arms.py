"""Trains the arms of an experiment one after another, each run in a folder of its own."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from cnnviz.runs.folder import measurements, read_record
from cnnviz.runs.recording import recorded
from cnnviz.training.checkpoints import LAST, checkpoint_facts, has_checkpoint, train_images
from cnnviz.training.experiments.declaration import Arm, Experiment, plans
from cnnviz.training.experiments.recorded import Recorded, RecordedRun
from cnnviz.training.experiments.verdict import QUANTITIES
from cnnviz.training.measurement import TrainingError
from cnnviz.training.plan import Plan


class Budget(NamedTuple):
    """Data, options and seeds that all arms share.

    Attributes:
        data: Name of a dataset, or path of a zip file or folder with a folder per class.
        options: Training options as text: epochs or seconds, batch_size, train_images.
        seeds: How many runs each arm has; their seeds are 0, 1, ...
    """

    data: str
    options: Mapping[str, str]
    seeds: int = 1


def trained_arms(
    experiment: Experiment,
    budget: Budget,
    folder: Path,
    device: str | None = None,
    on_start: Callable[[Arm, int, Path], None] = lambda *_: None,
) -> Recorded:
    """Train every arm; runs that the folder already holds are not repeated.

    Args:
        experiment: The experiment.
        budget: Shared by all arms.
        folder: Parent of the runs' folders, which are named "ARM-SEED" by number.
        device: Default the first CUDA device, else the CPU.
        on_start: Called before each run with its arm, seed and folder.

    Raises:
        ValueError: As ``plans`` and ``recorded``; a run that diverges is stored with its message.
        OSError: The folder cannot be written.
    """
    arms: dict[str, tuple[RecordedRun, ...]] = {arm.title: () for arm in experiment.arms}
    place = folder
    for seed in range(budget.seeds):
        made = plans(experiment, budget.data, {**budget.options, "seed": str(seed)})
        for number, (arm, plan) in enumerate(zip(experiment.arms, made, strict=True)):
            place = folder / f"{number}-{seed}"
            on_start(arm, seed, place)
            arms[arm.title] += (_run(experiment, plan, place, device),)
    record = read_record(place)
    return Recorded(
        experiment=experiment.name,
        data=Path(budget.data).name,
        command=_command(experiment, budget),
        machine=record["machine"],
        torch=record["torch"],
        trained=time.strftime("%Y-%m-%d", time.gmtime(record["ended"])),
        note="",
        arms=arms,
        train_images=_train_images(place),
    )


def _run(experiment: Experiment, plan: Plan, folder: Path, device: str | None) -> RecordedRun:
    message = ""
    try:
        for _ in recorded(plan, folder, device=device):
            pass
    except TrainingError as error:
        message = str(error)
    curve = tuple(measurements(folder))
    value = None if message else QUANTITIES[experiment.quantity](curve)
    return RecordedRun(plan.options.seed, _network(plan, folder), message, value, curve)


def _network(plan: Plan, folder: Path) -> str:
    """The network as trained, else (without a checkpoint) as planned."""
    if not has_checkpoint(folder, LAST):
        return str(plan.network)
    return str(checkpoint_facts(folder, LAST)["network"])


def _train_images(folder: Path) -> int:
    """How many images a run was trained on; 0 where it ended before it had a checkpoint."""
    if not has_checkpoint(folder, LAST):
        return 0
    return train_images(checkpoint_facts(folder, LAST))


def _command(experiment: Experiment, budget: Budget) -> str:
    """The terminal command that repeats the runs."""
    given = [f"--option {key}={value}" for key, value in budget.options.items()]
    start = f"python -m cnnviz experiment {experiment.name} --data {Path(budget.data).name}"
    return " ".join([start, *given, f"--seeds {budget.seeds}"])
