"""A run becomes a network in the box: float16 weights, and a record of how they came to be."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from cnnviz.architectures import Network
from cnnviz.architectures.published import ERRORS, published
from cnnviz.architectures.written import ENDS
from cnnviz.progress import Progress, unheard
from cnnviz.runs.bundled_reuse import REUSE, write_reuse
from cnnviz.runs.folder import measurements, read_record
from cnnviz.training.bundled import FOLDER
from cnnviz.training.checkpoints import (
    checkpoint_facts,
    kept_name,
    trained_network,
    write_checkpoint,
)
from cnnviz.training.evaluation.predictions import predictions
from cnnviz.training.evaluation.record import evaluation_record
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.training.experiments.recorded import thinned
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.training.rounding import rounded
from cnnviz.training.running import planned_data

SEEN = ("network", "trained_on")  # of a checkpoint's facts


def bundle(
    run: Path,
    name: str = "",
    note: str = "",
    quantity: str = "",
    folder: Path = FOLDER,
    progress: Progress = unheard,
) -> Path:
    """The file of a run's best weights in the box; its record (NAME.json) tells:

    command, data, note, epochs, seconds, machine, torch, trained (a date), test_pictures,
    test_accuracy, test_loss and evaluation (of the weights as they are in the file), paper,
    curves. What a DenseNet's run has recorded of feature reuse is put beside it
    (NAME.reuse.jsonl).

    Args:
        run: The run's folder.
        name: Of the file; default the variant's.
        note: What must be said of the data, or of the budget.
        quantity: Of ``published.ERRORS``: with which printed error of the variant this compares.
        folder: Where the file is put.
        progress: Of loading the data and of testing.

    Raises:
        ValueError: The run, its data or the quantity is not to be had; the message says which.
        OSError: It cannot be written.
    """
    plan = Plan.from_json(read_record(run)["plan"])
    variant = plan.network.spec.variant
    paper = _paper(variant, quantity)
    network = trained_network(run).half().float()
    measured = _tested(network, plan, progress)
    facts = checkpoint_facts(run, kept_name(run))
    seen = {key: facts[key] for key in SEEN}
    record = {**seen, **_history(run, plan, facts), "note": note, **measured, "paper": paper}
    halves = {key: _half(tensor) for key, tensor in network.state_dict().items()}
    write_checkpoint(folder, name or variant, halves, seen, record)
    file = folder / f"{name or variant}.safetensors"
    write_reuse(run, file.with_suffix(REUSE))
    return file


def _half(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.half() if tensor.is_floating_point() else tensor


def _tested(network: Network, plan: Plan, progress: Progress) -> dict[str, Any]:
    """How good the weights are that will be in the file."""
    data = planned_data(plan, progress)
    found = predictions(network, data.test, progress=progress)
    evaluation = Evaluation(found, data.classes, data.title)
    return {
        "test_pictures": len(found),
        "test_accuracy": round(evaluation.accuracy, 6),
        "test_loss": round(evaluation.loss, 6),
        "evaluation": evaluation_record(evaluation),
    }


def _history(run: Path, plan: Plan, facts: Mapping[str, Any]) -> dict[str, Any]:
    """How the run went."""
    # What is measured before the first step is no point of the curves.
    record, told = read_record(run), [each for each in measurements(run) if each.step]
    return {
        "command": command(plan),
        "data": facts["trained_on"]["title"],
        "epochs": round(float(facts["epoch"]), 2),
        "seconds": round(told[-1].seconds) if told else 0,
        "machine": record["machine"],
        "torch": record["torch"],
        "trained": time.strftime("%Y-%m-%d", time.gmtime(record["ended"])),
        "curves": [rounded(each.scalars) for each in thinned(told)],
    }


def command(plan: Plan) -> str:
    """What makes the same run again in a terminal; options that are defaults are left out."""
    usual, given = TrainingOptions().to_text(), plan.options.to_text()
    budget = "--seconds" if plan.options.seconds else "--epochs"
    changed = [
        f"--option {key}={value}"
        for key, value in given.items()
        if value != usual[key] and key not in ("epochs", "seconds")
    ]
    by_data = (*ENDS, "resolution")
    changes = plan.network.changes.items()
    written = [f"--set {key}={value}" for key, value in changes if key not in by_data]
    start = f"python -m cnnviz train {plan.network.spec.variant} --data {plan.data}"
    return " ".join([start, *written, *changed, budget, given[budget.removeprefix("--")]])


def _paper(variant: str, quantity: str) -> dict[str, str] | None:
    """What the paper prints.

    Raises:
        ValueError: It prints no such error of this variant.
    """
    if not quantity:
        return None
    for figure in published(variant):
        if figure.quantity == quantity:
            of = ERRORS[quantity]
            return {"error": f"{figure.value} {figure.unit}", "of": of, "source": figure.source}
    known = sorted({figure.quantity for figure in published(variant)} & ERRORS.keys())
    raise ValueError(f"paper must be one of {', '.join(known) or 'none'}; received {quantity}.")
