"""Computes the evaluation of a run and stores it in its folder."""

from dataclasses import replace
from pathlib import Path

from cnnviz.progress import Progress, ignore_progress, part
from cnnviz.runs.folder import read_record
from cnnviz.training.checkpoints import (
    CheckpointError,
    checkpoint_facts,
    checkpoint_name,
    trained_network,
    trained_spec,
)
from cnnviz.training.evaluation.predictions import (
    Predictions,
    checkpoint_key,
    predictions,
    read_predictions,
    write_predictions,
)
from cnnviz.training.evaluation.scores import Evaluation, evaluation
from cnnviz.training.plan import Plan
from cnnviz.training.running import planned_data

LOADED = 0.3  # share of the work that loads the data


def evaluation_of(
    folder: Path, device: str | None = None, progress: Progress = ignore_progress
) -> Evaluation:
    """Evaluate a run on its test images; computed once per checkpoint.

    Args:
        folder: The run's folder.
        device: Default the first CUDA device, else the CPU.
        progress: Called with the share done.

    Raises:
        RunError: The folder holds no run.
        CheckpointError: The run has no checkpoint, or a damaged one.
        DataError: Its data is not available.
        OSError: The result cannot be written.
    """
    plan = Plan.from_json(read_record(folder)["plan"])
    stored = stored_evaluation(folder)
    if stored is None:
        key = checkpoint_key(folder)
        write_predictions(folder, _computed(folder, plan, device, progress), key)
        stored = stored_evaluation(folder)
    if stored is None:  # the run has just written a better checkpoint
        raise CheckpointError(
            "The run wrote a new checkpoint during the evaluation; evaluate it again."
        )
    return stored


def stored_evaluation(folder: Path) -> Evaluation | None:
    """The stored evaluation of a run's checkpoint, or None.

    Raises:
        CheckpointError: The run has no checkpoint, or a damaged one.
    """
    stored = read_predictions(folder, checkpoint_key(folder))
    if stored is None:
        return None
    seen = trained_spec(folder).trained_on
    assert seen is not None, "trained_spec gives it"
    return evaluation(stored, seen.classes, seen.title)


def _computed(folder: Path, plan: Plan, device: str | None, progress: Progress) -> Predictions:
    network = trained_network(folder)
    data = planned_data(plan, part(progress, 0.0, LOADED))
    if (seen := network.spec.trained_on) is None or seen.classes != data.classes:
        raise CheckpointError(
            f"The classes of {data.title} have changed since the run was trained; train it again."
        )
    facts = checkpoint_facts(folder, checkpoint_name(folder))
    if change := data.change_since(facts.get("data")):
        raise CheckpointError(f"{change} Train it again: what it was trained on may be tested on.")
    remaining = part(progress, LOADED, 1.0)
    made = predictions(network, data.test, device, remaining, plan.data, plan.options.seed)
    return replace(made, repeated=data.repeated)
