"""The command evaluate: scores of a run's network on the test images."""

import argparse

from cnnviz.commands.answer import Answer, show_progress
from cnnviz.commands.trained import run_folder
from cnnviz.runs.results import evaluation_of
from cnnviz.training.datasets.look import repeats_text
from cnnviz.training.evaluation.predictions import checkpoint_key
from cnnviz.training.evaluation.scores import Evaluation


def evaluate_command(options: argparse.Namespace) -> Answer:
    """Scores of a run's network on its test images."""
    folder = run_folder(options.run_name)
    evaluation = evaluation_of(
        folder, options.device, lambda share: show_progress(share, f"{share:4.0%} evaluated")
    )
    key = checkpoint_key(folder)
    if options.checkpoint and not key.startswith(options.checkpoint):
        raise ValueError("The run has written another checkpoint since; evaluate it again.")
    return Answer(_text(evaluation), {"checkpoint": key, **evaluation.to_json()})


def _text(evaluation: Evaluation) -> str:
    """The numbers for people, then a line a class."""
    predictions, width = (
        evaluation.predictions,
        max(len(name) for name in (*evaluation.classes, "class")),
    )
    top5 = [] if evaluation.top5 is None else [f"top-5 accuracy     {evaluation.top5:.2%}"]
    lines = [
        f"{evaluation.title}: {len(predictions):,} test images, {predictions.seconds:.1f} s on "
        f"{predictions.device}; the run's best weights were chosen on these images",
        f"accuracy           {evaluation.accuracy:.2%} (baseline: "
        f"{evaluation.baseline_accuracy:.2%})",
        *top5,
        f"loss               {evaluation.loss:.4f} (baseline: {evaluation.baseline_loss:.4f})",
        f"calibration error  {evaluation.calibration.error:.2%}",
        *filter(None, [repeats_text(predictions.repeated, len(predictions))]),
        "",
        f"{'class':{width}}    images  precision   recall       F1",
    ]
    for score in (*evaluation.scores, evaluation.macro):
        lines.append(
            f"{score.name:{width}}  {score.support:8,}  {score.precision:9.2%}  "
            f"{score.recall:7.2%}  {score.f1:7.2%}"
        )
    return "\n".join(lines)
