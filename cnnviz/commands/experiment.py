"""The command experiment: the arms of a paper's experiment, one after another."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.output import show

if TYPE_CHECKING:
    from cnnviz.training.experiments import Arm, Experiment
    from cnnviz.training.measurement import Measurement
    from cnnviz.training.plan import Plan


def add_commands(commands: Any) -> None:
    """Add this module's command to the parser's subparsers."""
    command = commands.add_parser("experiment", help="train the arms of a paper's experiment")
    command.add_argument("name", nargs="?", metavar="NAME", help="without one: a list")
    command.add_argument("--data", default="digits", metavar="NAME", help="default digits")
    budget = command.add_mutually_exclusive_group()
    budget.add_argument("--epochs", metavar="N", help="of each arm; default the recipe's")
    budget.add_argument("--seconds", metavar="S", help="of each arm")
    command.add_argument("--seeds", type=int, default=1, metavar="N", help="1 to 5; default 1")
    command.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    command.add_argument("--folder", type=Path, metavar="FOLDER", help="where the runs are kept")
    command.add_argument("--device", metavar="NAME", help="cpu, cuda, cuda:1; default the best")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_experiment)


def _experiment(options: argparse.Namespace) -> int:
    from cnnviz.training.experiment_catalogue import EXPERIMENTS, experiment

    if options.name is None:
        listed = [{"name": e.name, "claim": e.claim, "source": e.source} for e in EXPERIMENTS]
        lines = (f"{e.name:16}{e.claim}\n{'':16}{e.source}" for e in EXPERIMENTS)
        show(listed if options.json else "\n".join(lines))
        return 0
    found = experiment(options.name)
    if not 1 <= options.seeds <= 5:
        raise ValueError(f"seeds must be between 1 and 5; received {options.seeds}.")
    result = _result(options, found)
    show(result if options.json else _text(result))
    return 0


def _budget(options: argparse.Namespace) -> dict[str, str]:
    from cnnviz.commands.settings import settings

    written: dict[str, str] = settings(options.option, "--option")
    if options.seconds is not None:
        written |= {"seconds": options.seconds, "epochs": "0"}
    elif options.epochs is not None:
        written |= {"epochs": options.epochs, "seconds": "0"}
    return written


def _result(options: argparse.Namespace, experiment: Experiment) -> dict[str, Any]:
    """Everything that was measured, with the paper's values and the verdict."""
    from cnnviz.runs.run import runs_folder
    from cnnviz.training.comparison import QUANTITIES, verdict
    from cnnviz.training.experiments import plans

    stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{experiment.name}"
    folder = options.folder or runs_folder() / stamp
    budget, quantity = _budget(options), QUANTITIES[experiment.quantity]
    arms: list[dict[str, Any]] = [
        {"title": arm.title, "paper": _paper(arm), "runs": []} for arm in experiment.arms
    ]
    values: dict[str, list[float | None]] = {arm.title: [] for arm in experiment.arms}
    shortest = float("inf")
    for seed in range(options.seeds):
        made = plans(experiment, options.data, {**budget, "seed": str(seed)})
        for number, (arm, plan) in enumerate(zip(arms, made, strict=True)):
            place = folder / f"{number}-{seed}"
            sys.stderr.write(f"{arm['title']}, seed {seed}: {place}\n")
            curve, message = _curve(plan, place, options.device)
            shortest = min(shortest, curve[-1].epoch if curve and not message else shortest)
            value = None if message else quantity(curve)
            values[arm["title"]].append(value)
            arm["runs"].append(_facts(seed, plan, curve, value, message))
    reached = 0.0 if shortest == float("inf") else shortest
    return {
        "experiment": experiment.name,
        "claim": experiment.claim,
        "source": experiment.source,
        "deviation": experiment.deviation,
        "data": options.data,
        "quantity": experiment.quantity,
        "arms": arms,
        "verdict": list(verdict(experiment, values, reached)),
    }


def _curve(plan: Plan, folder: Path, device: str | None) -> tuple[list[Measurement], str]:
    """What an arm measured, and why it ended early where it diverged."""
    from cnnviz.runs.recording import recorded
    from cnnviz.training.measurement import TrainingError

    curve = []
    try:
        for measurement in recorded(plan, folder, device=device):
            curve.append(measurement)
    except TrainingError as error:
        return curve, str(error)
    return curve, ""


def _facts(
    seed: int, plan: Plan, curve: list[Measurement], value: float | None, message: str
) -> dict[str, Any]:
    last = curve[-1] if curve else None
    return {
        "seed": seed,
        "network": str(plan.network),
        "value": value,
        "steps": last.step if last else 0,
        "epochs": last.epoch if last else 0.0,
        "seconds": last.seconds if last else 0.0,
        "message": message,
    }


def _paper(arm: Arm) -> dict[str, str] | None:
    """What the paper printed, with its source."""
    from cnnviz.architectures.results import result_tables

    if arm.paper is None:
        return None
    table = result_tables()[arm.paper.table]
    printed = table.rows[arm.paper.row - 1][arm.paper.column]
    return {"value": printed, "column": arm.paper.column, "source": table.source}


def _text(result: Mapping[str, Any]) -> str:
    """The table for people; the paper's values are of its own data and budget."""
    lines = [f"{result['claim']} ({result['source']})", result["deviation"], ""]
    lines.append(f"{'arm':32}{'steps':>8}{'seconds':>9}  {result['quantity']}, by seed")
    for arm in result["arms"]:
        last = arm["runs"][-1]
        values = ", ".join(_said(run, result["quantity"]) for run in arm["runs"])
        paper = f"   (paper: {arm['paper']['value']})" if arm["paper"] else ""
        lines.append(f"{arm['title']:32}{last['steps']:8,}{last['seconds']:9.1f}  {values}{paper}")
    seeds = len(result["arms"][0]["runs"])
    lines += ["", f"Here: {result['data']}, {seeds} of each arm; the paper's values are errors in "]
    lines[-1] += "% on its own data with its own budget."
    return "\n".join([*lines, *result["verdict"]])


def _said(run: Mapping[str, Any], quantity: str) -> str:
    if run["value"] is None:
        return "diverged" if run["message"] else "not reached"
    return f"{run['value']:,}" if quantity.startswith("steps") else f"{run['value']:.2%}"
