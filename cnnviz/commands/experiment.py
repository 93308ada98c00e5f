"""The command experiment: trains the networks of a paper's experiment."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cnnviz.commands.answer import Answer
from cnnviz.commands.arguments import named_now, requested_training
from cnnviz.runs.arms import Budget, trained_arms
from cnnviz.settings import settings
from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment
from cnnviz.training.experiments.declaration import Arm, Experiment, paper_value
from cnnviz.training.experiments.recorded import Recorded, RecordedRun, write_recorded
from cnnviz.training.experiments.verdict import budgets, verdict

MAX_SEEDS = 5


def experiment_command(options: argparse.Namespace) -> Answer:
    """Train the networks of an experiment, or list the experiments."""
    if options.name is None:
        listed = [{"name": e.name, "claim": e.claim, "source": e.source} for e in EXPERIMENTS]
        lines = (f"{e.name:16}{e.claim}\n{'':16}{e.source}" for e in EXPERIMENTS)
        return Answer("\n".join(lines), listed)
    chosen = experiment(options.name)
    if not 1 <= options.seeds <= MAX_SEEDS:
        raise ValueError(f"seeds must be between 1 and {MAX_SEEDS}; received {options.seeds}.")
    trained = _trained(options, chosen)
    if options.record:
        sys.stderr.write(f"Recorded in {write_recorded(trained)}\n")
    result = _result(chosen, trained)
    return Answer(_text(result), result)


def _trained(options: argparse.Namespace, experiment: Experiment) -> Recorded:
    budget = Budget(options.data, requested_training(options), options.seeds)
    folder = options.folder or settings().runs / named_now(experiment.name)

    def report(arm: Arm, seed: int, place: Path) -> None:
        sys.stderr.write(f"{arm.title}, seed {seed}: {place}\n")

    made = trained_arms(experiment, budget, folder, options.device, report)
    return replace(made, note=options.note)


def _result(experiment: Experiment, trained: Recorded) -> dict[str, Any]:
    """Everything that was measured, with the paper's values and the verdict."""
    arms = [
        {
            "title": arm.title,
            "paper": asdict(value) if (value := paper_value(arm)) else None,
            "runs": [_facts(run) for run in trained.arms[arm.title]],
        }
        for arm in experiment.arms
    ]
    return {
        "experiment": experiment.name,
        "claim": experiment.claim,
        "source": experiment.source,
        "deviation": experiment.deviation,
        "data": trained.data,
        "budget": budgets(experiment, trained.steps, trained.seeds),
        "quantity": experiment.quantity,
        "arms": arms,
        "verdict": list(verdict(experiment, trained.values, trained.epochs)),
    }


def _facts(run: RecordedRun) -> dict[str, Any]:
    last = run.curve[-1] if run.curve else None
    return {
        "seed": run.seed,
        "network": run.network,
        "value": run.value,
        "steps": last.step if last else 0,
        "epochs": last.epoch if last else 0.0,
        "seconds": last.seconds if last else 0.0,
        "message": run.message,
    }


def _text(result: Mapping[str, Any]) -> str:
    """The table for people; the paper's values are of its own data and budget."""
    lines = [f"{result['claim']} ({result['source']})", result["deviation"], ""]
    lines.append(f"{'network':32}{'steps':>8}{'seconds':>9}  {result['quantity']}, by seed")
    for arm in result["arms"]:
        last = arm["runs"][-1]
        values = ", ".join(_run_text(run, result["quantity"]) for run in arm["runs"])
        paper = f"   (paper: {arm['paper']['value']})" if arm["paper"] else ""
        lines.append(f"{arm['title']:32}{last['steps']:8,}{last['seconds']:9.1f}  {values}{paper}")
    has_paper = any(arm["paper"] for arm in result["arms"])
    errors = " The paper's values are errors in %." if has_paper else ""
    lines += ["", f"On {result['data']}; {result['budget']}.{errors}"]
    return "\n".join([*lines, *result["verdict"]])


def _run_text(run: Mapping[str, Any], quantity: str) -> str:
    if run["value"] is None:
        return "diverged" if run["message"] else "not reached"
    return f"{run['value']:,}" if quantity.startswith("steps") else f"{run['value']:.2%}"
