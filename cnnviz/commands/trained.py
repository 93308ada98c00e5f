"""What ``--model``, ``--run`` and ``--weights`` say on the command line: a trained network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.settings import settings

if TYPE_CHECKING:
    from cnnviz.architectures import Network


def add_trained_network(command: Any) -> None:
    """Let a command ask for a trained network: a variant's or a run's."""
    either = command.add_mutually_exclusive_group(required=True)
    either.add_argument("--model", metavar="VARIANT", help="a published network")
    either.add_argument("--run", dest="of_run", metavar="RUN", help="a run's folder or its id")
    command.add_argument(
        "--weights", metavar="FILE", help="of --model, or the name of a network in the box"
    )


def trained_network(options: argparse.Namespace) -> Network:
    """The network of a run, or a variant's with the weights of a file, the folder or the box.

    Raises:
        KeyError: There is no such variant.
        ValueError: There is no such run, or it was asked for together with a file.
        WeightsError: There are no weights, or they do not fit.
    """
    if options.of_run is None:
        return variant_network(options.model, options.weights)
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
    folder = settings().runs / run
    if not folder.is_dir():
        raise ValueError(
            f"run must be a run's folder or the id of a run in {settings().runs}; received {run}."
        )
    return folder


def variant_network(variant: str, file: str | None) -> Network:
    """A variant's network, with the weights of a file, of the weights folder or of the box.

    Args:
        variant: Name of a variant.
        file: A weights file, the name of a network in the box, or the best that there is.

    Raises:
        KeyError: There is no such variant.
        WeightsError: There are no weights, or they do not fit.
    """
    import torch

    from cnnviz.architectures import build, specify
    from cnnviz.weights.loading import load_network, load_weights
    from cnnviz.weights.sources import sources
    from cnnviz.weights.state_dict import WeightsError

    spec = specify(variant)
    in_the_box = _bundled(variant, file)
    if in_the_box:
        return in_the_box
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


def _bundled(variant: str, asked: str | None) -> Network | None:
    """The network in the box that is asked for, or the first where the folder holds no weights."""
    from cnnviz.training.bundled import bundled_for
    from cnnviz.weights.sources import sources

    found = {each.name: each for each in bundled_for(variant)}
    if asked is None and found and sources(variant)[0].kind != "file":
        asked, chosen = next(iter(found.items()))
        sys.stderr.write(f"{asked} from the box: trained on {chosen.record['data']}.\n")
    return found[asked].network() if asked in found else None
