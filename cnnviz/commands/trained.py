"""The trained network that ``--model``, ``--run`` and ``--weights`` name on the command line."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from cnnviz.architectures import Network, NetworkSpec, specify
from cnnviz.architectures.given import made_for
from cnnviz.architectures.written import ENDS, read, settings_of
from cnnviz.settings import settings
from cnnviz.training import checkpoints
from cnnviz.training.bundled import bundled_for
from cnnviz.weights.class_names import read_class_names, with_class_names
from cnnviz.weights.loading import load_network, network_of_file
from cnnviz.weights.sources import sources
from cnnviz.weights.state_dict import WeightsError


def trained_network(options: argparse.Namespace) -> Network:
    """The network of a run, or a variant's with weights from a file or the bundled networks.

    What must be said of the weights goes to stderr.

    Raises:
        KeyError: There is no such variant.
        ValueError: There is no such run, or a file is given with it.
        WeightsError: There are no weights, or they do not fit.
    """
    if options.of_run is not None:
        for name in ("weights", "classes"):
            if getattr(options, name):
                raise ValueError(f"{name} must go with --model: a run has {name} of its own.")
        return checkpoints.trained_network(run_folder(options.of_run))
    network = written_network(options.model, options.weights)
    if options.classes:
        if network.spec.trained_on:
            raise ValueError("classes must go with weights that do not know them; these do.")
        names = read_class_names(options.classes)
        network.spec = with_class_names(network.spec, names, options.classes)
    sys.stderr.writelines(f"{remark}\n" for remark in network.remarks)
    return network


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


def written_network(written: str, file: str | None = None) -> Network:
    """A network with weights from a file, the weights folder or the bundled networks.

    How many classes it has is read from the weights, unless it is written.

    Args:
        written: A variant, with changes behind commas: "resnet18,num_classes=10".
        file: A weights file, the name of a bundled network, or the best that there is.

    Raises:
        KeyError: There is no such variant or hyperparameter.
        ValueError: A value is outside its domain, or a resolution is given.
        WeightsError: There are no weights, or they do not fit.
    """
    spec = _spec(written)
    if in_package := _bundled(spec, file):
        return in_package
    source = sources(spec.variant)[0]
    if file is None and source.kind != "file":
        raise WeightsError(
            f"There are no weights of {spec.variant} in the weights folder; run "
            f"python -m cnnviz fetch {spec.variant}, or give --weights FILE."
        )
    if file is None and spec == specify(spec.variant) and source.url:
        return load_network(spec, source)
    path, (_, changes) = Path(file or source.path or ""), settings_of(written)
    own = checkpoints.own_spec(path)
    if own and spec in (replace(own, trained_on=None), specify(own.variant)):
        return network_of_file(own, path, ENDS)
    return network_of_file(spec, path, [end for end in ENDS if end in changes])


def _spec(written: str) -> NetworkSpec:
    """The network that is written, for photos of its own size."""
    network = read(written)
    if network.resolution != (own := made_for(network.spec)):
        raise ValueError(
            f"--model must leave the resolution as it is, {own} px for {network.spec.variant}; "
            f"received {network.resolution}."
        )
    return network.spec


def _bundled(spec: NetworkSpec, requested: str | None) -> Network | None:
    """The bundled network that is requested, or the first where the folder holds no weights."""
    is_published = spec == specify(spec.variant)
    by_name = {
        each.name: each
        for each in bundled_for(spec.variant)
        if is_published or replace(each.spec, trained_on=None) == spec
    }
    if requested is None and by_name and sources(spec.variant)[0].kind != "file":
        requested, chosen = next(iter(by_name.items()))
        sys.stderr.write(f"{requested} (bundled): trained on {chosen.record['data']}.\n")
    return by_name[requested].network() if requested in by_name else None
