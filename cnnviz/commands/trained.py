"""What ``--model``, ``--run`` and ``--weights`` say on the command line: a trained network."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.architectures import Network


def add_trained_network(command: Any) -> None:
    """Let a command ask for a trained network: a variant's or a run's."""
    either = command.add_mutually_exclusive_group(required=True)
    either.add_argument("--model", metavar="VARIANT", help="a published network")
    either.add_argument("--run", dest="of_run", metavar="RUN", help="a run's folder or its id")
    command.add_argument("--weights", metavar="FILE", help="of --model; a run has its own")


def trained_network(options: argparse.Namespace) -> Network:
    """The network of a run, or a variant's with the weights of a file or of the weights folder.

    Raises:
        KeyError: There is no such variant.
        ValueError: There is no such run, or it was asked for together with a file.
        WeightsError: There are no weights, or they do not fit.
    """
    if options.of_run is None:
        return _network_of_variant(options.model, options.weights)
    from cnnviz.training.checkpoints import trained_network

    if options.weights:
        raise ValueError("weights must go with --model: a run has weights of its own.")
    return trained_network(run_folder(options.of_run))


def run_folder(run: str) -> Path:
    """The folder of a run: the one that is given, or that of the run with this id.

    Raises:
        ValueError: There is neither.
    """
    if Path(run).is_dir():
        return Path(run)
    from cnnviz.runs.run import runs_folder

    folder = runs_folder() / run
    if not folder.is_dir():
        raise ValueError(
            f"run must be a run's folder or the id of a run in {runs_folder()}; received {run}."
        )
    return folder


def _network_of_variant(variant: str, file: str | None) -> Network:
    import torch

    from cnnviz.architectures import build, specify
    from cnnviz.vision.weights import WeightsError, load_network, load_weights, sources

    spec = specify(variant)
    if file:
        with torch.device("meta"):
            network = build(spec)
        return load_weights(network, file).requires_grad_(False)
    source = sources(variant)[0]
    if source.kind != "file":
        raise WeightsError(
            f"There are no weights of {variant} in the weights folder; run "
            f"python -m cnnviz fetch {variant}, or give --weights FILE."
        )
    return load_network(spec, source)
