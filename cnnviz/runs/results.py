"""The evaluation of a run: stored in its folder, or computed and then stored."""

from __future__ import annotations

from pathlib import Path

from cnnviz.progress import Progress, part, unheard
from cnnviz.runs.folder import read_record
from cnnviz.training.checkpoints import CheckpointError, trained_network, trained_spec
from cnnviz.training.evaluation.predictions import (
    Predictions,
    checkpoint_key,
    predictions,
    read_predictions,
    write_predictions,
)
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.training.plan import Plan
from cnnviz.training.running import planned_data

LOADED = 0.3  # the share of the work at which the data is there


def evaluation_of(
    folder: Path, device: str | None = None, progress: Progress = unheard
) -> Evaluation:
    """A run's network on the test pictures of its data; computed once for each checkpoint.

    Args:
        folder: Of the run.
        device: Default the first CUDA device, else the CPU.
        progress: Told the share that is done.

    Raises:
        RunError: There is no run.
        CheckpointError: It has no checkpoint, or a damaged one.
        DataError: Its data cannot be had.
        OSError: The result cannot be written.
    """
    plan = Plan.from_json(read_record(folder)["plan"])
    found = stored_evaluation(folder)
    if found is None:
        key = checkpoint_key(folder)
        write_predictions(folder, _computed(folder, plan, device, progress), key)
        found = stored_evaluation(folder)
    if found is None:  # the run has just written a better checkpoint
        raise CheckpointError("The run has changed while it was evaluated; try again.")
    return found


def stored_evaluation(folder: Path) -> Evaluation | None:
    """The evaluation of a run's checkpoint, where it has been computed.

    Raises:
        CheckpointError: It has no checkpoint, or a damaged one.
    """
    found = read_predictions(folder, checkpoint_key(folder))
    if found is None:
        return None
    seen = trained_spec(folder).trained_on
    assert seen is not None, "trained_spec gives it"
    return Evaluation(found, seen.classes, seen.title)


def _computed(folder: Path, plan: Plan, device: str | None, progress: Progress) -> Predictions:
    network = trained_network(folder)
    data = planned_data(plan, part(progress, 0.0, LOADED))
    if (seen := network.spec.trained_on) is None or seen.classes != data.classes:
        raise CheckpointError(
            f"{data.title} has other classes now than the run was trained on; train it again."
        )
    told = part(progress, LOADED, 1.0)
    return predictions(network, data.test, device, told, plan.data, plan.options.seed)
