"""The trained network that ``--model``, ``--run`` and ``--weights`` name on the command line."""

import argparse
import sys
from pathlib import Path

import torch

from cnnviz.architectures import Network, build, specify
from cnnviz.settings import settings
from cnnviz.training import checkpoints
from cnnviz.training.bundled import bundled_for
from cnnviz.weights.loading import load_network, load_weights
from cnnviz.weights.sources import sources
from cnnviz.weights.state_dict import WeightsError


def trained_network(options: argparse.Namespace) -> Network:
    """The network of a run, or a variant's with weights from a file or the bundled networks.

    Raises:
        KeyError: There is no such variant.
        ValueError: There is no such run, or a file is given with it.
        WeightsError: There are no weights, or they do not fit.
    """
    if options.of_run is None:
        return variant_network(options.model, options.weights)
    if options.weights:
        raise ValueError("weights must go with --model: a run has weights of its own.")
    return checkpoints.trained_network(run_folder(options.of_run))


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
    """A variant's network with weights from a file, the weights folder or the bundled networks.

    Args:
        variant: Name of a variant.
        file: A weights file, the name of a bundled network, or the best that there is.

    Raises:
        KeyError: There is no such variant.
        WeightsError: There are no weights, or they do not fit.
    """
    spec = specify(variant)
    in_package = _bundled(variant, file)
    if in_package:
        return in_package
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


def _bundled(variant: str, requested: str | None) -> Network | None:
    """The bundled network that is requested, or the first where the folder holds no weights."""
    by_name = {each.name: each for each in bundled_for(variant)}
    if requested is None and by_name and sources(variant)[0].kind != "file":
        requested, chosen = next(iter(by_name.items()))
        sys.stderr.write(f"{requested} (bundled): trained on {chosen.record['data']}.\n")
    return by_name[requested].network() if requested in by_name else None
