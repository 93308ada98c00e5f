"""Turns a run into a bundled network: float16 weights and a record of their training."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from cnnviz.architectures import Network
from cnnviz.architectures.published import ERRORS, published
from cnnviz.architectures.written import ENDS
from cnnviz.files import write_whole
from cnnviz.progress import Progress, ignore_progress
from cnnviz.runs.folder import MEASUREMENTS, measurements, read_record, reuse_measurements
from cnnviz.training.bundled import FOLDER
from cnnviz.training.checkpoints import (
    checkpoint_facts,
    checkpoint_name,
    train_images,
    trained_network,
    write_checkpoint,
)
from cnnviz.training.evaluation.predictions import predictions
from cnnviz.training.evaluation.scores import evaluation
from cnnviz.training.experiments.recorded import thinned
from cnnviz.training.measurement import rounded
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.training.running import planned_data

SEEN = ("network", "trained_on")  # of a checkpoint's facts
REUSE = ".reuse.jsonl"  # suffix of the feature-reuse file, which has a line per epoch
MAX_EPOCHS = 13  # in that file


def bundle(
    run: Path,
    name: str = "",
    note: str = "",
    quantity: str = "",
    folder: Path = FOLDER,
    progress: Progress = ignore_progress,
) -> Path:
    """Bundle a run's best weights; returns the file. Its record (NAME.json) has the keys

    command, data, train_images, note, epochs, seconds, machine, torch, trained (a date),
    test_pictures, test_accuracy, test_loss and evaluation (of the float16 weights), paper, curves.
    The recorded feature reuse of a DenseNet goes to NAME.reuse.jsonl.

    Args:
        run: The run's folder.
        name: Name of the file; default the variant's.
        note: A remark on the data or the budget.
        quantity: Key of ``published.ERRORS``: the published error to compare with.
        folder: Folder of the bundled networks.
        progress: Of loading the data and testing.

    Raises:
        ValueError: The run, its data or the quantity is not available; the message says which.
        OSError: It cannot be written.
    """
    plan = Plan.from_json(read_record(run)["plan"])
    variant = plan.network.spec.variant
    paper = _paper(variant, quantity)
    network = trained_network(run).half().float()
    measured = _tested(network, plan, progress)
    facts = checkpoint_facts(run, checkpoint_name(run))
    seen = {key: facts[key] for key in SEEN}
    record = {**seen, **_history(run, plan, facts), "note": note, **measured, "paper": paper}
    halves = {key: _half(tensor) for key, tensor in network.state_dict().items()}
    write_checkpoint(folder, name or variant, halves, seen, record)
    file = folder / f"{name or variant}.safetensors"
    _write_reuse(run, file.with_suffix(REUSE))
    return file


def _write_reuse(run: Path, file: Path) -> None:
    """Store the feature reuse of some epochs; without recorded reuse there is no file."""
    measured = reuse_measurements(run / MEASUREMENTS, MAX_EPOCHS)
    if not measured:
        file.unlink(missing_ok=True)
        return
    stored = ({**each.scalars, "seconds": each.seconds, "reuse": each.reuse} for each in measured)
    write_whole(file, "\n".join(map(json.dumps, stored)))


def _half(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.half() if tensor.is_floating_point() else tensor


def _tested(network: Network, plan: Plan, progress: Progress) -> dict[str, Any]:
    """Evaluate the float16 weights on the test images."""
    data = planned_data(plan, progress)
    predicted = predictions(network, data.test, progress=progress)
    scores = evaluation(predicted, data.classes, data.title)
    return {
        "test_pictures": len(predicted),
        "test_accuracy": round(scores.accuracy, 6),
        "test_loss": round(scores.loss, 6),
        "evaluation": scores.record(),
    }


def _history(run: Path, plan: Plan, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The record of the training."""
    # A measurement before the first step is no point of the curves.
    record, points = read_record(run), [each for each in measurements(run) if each.step]
    return {
        "command": command(plan),
        "data": facts["trained_on"]["title"],
        "train_images": train_images(facts),
        "epochs": round(float(facts["epoch"]), 2),
        "seconds": round(points[-1].seconds) if points else 0,
        "machine": record["machine"],
        "torch": record["torch"],
        "trained": time.strftime("%Y-%m-%d", time.gmtime(record["ended"])),
        "curves": [rounded(each.scalars) for each in thinned(points)],
    }


def command(plan: Plan) -> str:
    """The terminal command that repeats a run; defaults are omitted."""
    default, given = TrainingOptions().to_text(), plan.options.to_text()
    budget = "--seconds" if plan.options.seconds else "--epochs"
    changed = [
        f"--option {key}={value}"
        for key, value in given.items()
        if value != default[key] and key not in ("epochs", "seconds")
    ]
    by_data = (*ENDS, "resolution")
    changes = plan.network.changes.items()
    changed_network = [f"--set {key}={value}" for key, value in changes if key not in by_data]
    start = f"python -m cnnviz train {plan.network.spec.variant} --data {plan.data}"
    return " ".join([start, *changed_network, *changed, budget, given[budget.removeprefix("--")]])


def _paper(variant: str, quantity: str) -> dict[str, str] | None:
    """The published error that the bundled network is compared with.

    Raises:
        ValueError: The paper has no such error for this variant.
    """
    if not quantity:
        return None
    for figure in published(variant):
        if figure.quantity == quantity:
            of = ERRORS[quantity]
            return {"error": f"{figure.value} {figure.unit}", "of": of, "source": figure.source}
    known = sorted({figure.quantity for figure in published(variant)} & ERRORS.keys())
    raise ValueError(f"paper must be one of {', '.join(known) or 'none'}; received {quantity}.")
