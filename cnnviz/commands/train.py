"""The command train: trains a network in this terminal and records the run in a folder."""

import argparse
import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

from cnnviz.architectures.written import SizedNetwork
from cnnviz.commands.answer import Answer
from cnnviz.commands.arguments import (
    named_now,
    requested_network,
    requested_resolution,
    requested_training,
)
from cnnviz.commands.look import say_understood
from cnnviz.commands.trained import run_folder
from cnnviz.runs.folder import read_record
from cnnviz.runs.recording import recorded
from cnnviz.settings import settings
from cnnviz.training.datasets import dataset
from cnnviz.training.loop.cost import cost
from cnnviz.training.loop.memory import keep_memory
from cnnviz.training.measurement import Measurement, Steering
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.training.recipes import recipe
from cnnviz.training.running import fitted, planned_data, planned_network


def train_command(options: argparse.Namespace) -> Answer | None:
    """Train a new or a resumed run, or only estimate its cost."""
    plan, folder = _resumed(options) if options.resume else (_plan(options), options.folder)
    if options.estimate:
        return _estimate(options, plan)
    _run(options, plan, folder or settings().runs / named_now(plan.network.spec.variant))
    return None


def _plan(options: argparse.Namespace) -> Plan:
    """What the command line asks for.

    Raises:
        ValueError: The variant or the data is missing, or a value is outside its domain.
        KeyError: A name is not known.
    """
    if options.variant is None or options.data is None:
        raise ValueError("train must be given a VARIANT and --data NAME, or --resume RUN.")
    return Plan(_network(options), options.data, _options(options))


def _network(options: argparse.Namespace) -> SizedNetwork:
    requested, data = requested_network(options), dataset(options.data)
    network = fitted(requested.spec, data.side, data.channels, data.num_classes or 2)
    if requested_resolution(options):
        return replace(network, resolution=requested.resolution)
    return network


def _options(options: argparse.Namespace) -> TrainingOptions:
    start = recipe(options.recipe).options if options.recipe else TrainingOptions()
    return start.with_text(requested_training(options))


def _resumed(options: argparse.Namespace) -> tuple[Plan, Path]:
    """The plan and the folder of a run that goes on.

    Raises:
        ValueError: There is no such run, or other arguments come with it.
    """
    given = (options.variant, options.data, options.recipe, options.epochs, options.seconds)
    if any(value is not None for value in given) or options.set or options.option:
        raise ValueError("resume must stand alone: a run goes on with the plan that it has.")
    folder = run_folder(options.resume)
    return Plan.from_json(read_record(folder)["plan"]), folder


def _estimate(options: argparse.Namespace, plan: Plan) -> Answer:
    data = planned_data(plan)
    estimate = cost(planned_network(plan, data), data, plan.options, options.device)
    return Answer(
        f"{estimate.params:,} parameters; an epoch takes {estimate.seconds_per_epoch:.1f} s "
        f"on {estimate.device} ({estimate.images_per_second:,.0f} images a second).",
        vars(estimate),
    )


def _run(options: argparse.Namespace, plan: Plan, folder: Path) -> None:
    keep_memory()
    say_understood(dataset(plan.data))
    steering = Steering()
    signal.signal(signal.SIGINT, lambda *_: _stop(steering))
    sys.stderr.write(f"The run is kept in {folder}\n")
    for measurement in recorded(plan, folder, steering, options.device):
        line = json.dumps(measurement.scalars) if options.json_lines else _text(measurement)
        if line:
            print(line, flush=True)
    if steering.stop:
        sys.stderr.write(f"Stopped; python -m cnnviz train --resume {folder} goes on.\n")
    else:
        sys.stderr.write(f"python -m cnnviz runs import {folder} shows the run in the app.\n")


def _stop(steering: Steering) -> None:
    """End the run after the step at work; the second time at once."""
    steering.stop = True
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _repeats(measurement: Measurement) -> str:
    count = measurement.repeated
    return f"   ({count:,} test images are also training images)" if count else ""


def _text(measurement: Measurement) -> str:
    """A line for people, where a test was made or speed was measured."""
    scalars = measurement.scalars
    if "test_accuracy" in scalars:
        return (
            f"epoch {scalars['epoch']:7.2f}   test accuracy {scalars['test_accuracy']:7.2%}   "
            f"test loss {scalars['test_loss']:.4f}{_repeats(measurement)}"
        )
    if "images_per_second" not in scalars:
        return ""
    return (
        f"epoch {scalars['epoch']:7.2f}   train accuracy {scalars['train_accuracy']:6.2%}   "
        f"train loss {scalars['train_loss']:.4f}   {scalars['images_per_second']:,.0f} images/s"
    )
