"""The command evaluate: scores of a run's network on the test images."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import add_command, add_device
from cnnviz.commands.output import show
from cnnviz.settings import settings

if TYPE_CHECKING:
    from cnnviz.training.evaluation.scores import Evaluation


def add_commands(commands: Any) -> None:
    """Add this module's command to the parser's subparsers."""
    command = add_command(commands, "evaluate", _evaluate, "a run's network on its test images")
    command.add_argument("run_name", metavar="RUN", help="the run's id, or its folder")
    add_device(command)
    command.add_argument(
        "--checkpoint", metavar="KEY", help="refuse if it is another (how its sha256 begins)"
    )


def _evaluate(options: argparse.Namespace) -> int:
    from cnnviz.runs.results import evaluation_of
    from cnnviz.training.evaluation.predictions import checkpoint_key

    folder = _folder(options.run_name)
    evaluation = evaluation_of(folder, options.device, _tell)
    key = checkpoint_key(folder)
    if options.checkpoint and not key.startswith(options.checkpoint):
        raise ValueError("The run has written another checkpoint since; evaluate it again.")
    show({"checkpoint": key, **evaluation.to_json()} if options.json else _text(evaluation))
    return 0


def _folder(run: str) -> Path:
    """The folder of a run: one that is given, or one of the store's."""
    from cnnviz.runs.folder import RECORD

    return Path(run) if (Path(run) / RECORD).exists() else settings().runs / run


def _text(evaluation: Evaluation) -> str:
    """The numbers for people, then a line a class."""
    predictions, width = (
        evaluation.predictions,
        max(len(name) for name in (*evaluation.classes, "class")),
    )
    top5 = [] if evaluation.top5 is None else [f"top-5 accuracy     {evaluation.top5:.2%}"]
    lines = [
        f"{evaluation.title}: {len(predictions):,} test images, {predictions.seconds:.1f} s on "
        f"{predictions.device}",
        f"accuracy           {evaluation.accuracy:.2%} (baseline: "
        f"{evaluation.baseline_accuracy:.2%})",
        *top5,
        f"loss               {evaluation.loss:.4f} (baseline: {evaluation.baseline_loss:.4f})",
        f"calibration error  {evaluation.calibration.error:.2%}",
        "",
        f"{'class':{width}}    images  precision   recall       F1",
    ]
    for score in (*evaluation.scores, evaluation.macro):
        lines.append(
            f"{score.name:{width}}  {score.support:8,}  {score.precision:9.2%}  "
            f"{score.recall:7.2%}  {score.f1:7.2%}"
        )
    return "\n".join(lines)


def _tell(share: float) -> None:
    """Say how far it is where somebody looks on."""
    if sys.stderr.isatty():
        end = "\n" if share == 1 else ""
        sys.stderr.write(f"\r{share:4.0%} evaluated{end}")
