"""Get weights into a network: fetched where they are missing, read, or drawn at random."""

import os
import threading
import warnings
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import torch

from cnnviz import architectures
from cnnviz.architectures import Network, NetworkSpec, build, specify
from cnnviz.architectures.given import given_network, with_weights
from cnnviz.weights.class_names import read_class_names, with_class_names
from cnnviz.weights.download import DownloadError, Progress, download, one_at_a_time
from cnnviz.weights.matching import fitted, load_saved
from cnnviz.weights.sources import WeightsSource, weights_folder
from cnnviz.weights.state_dict import SavedWeights, WeightsError, read_weights
from cnnviz.weights.torchvision_files import remove_if_damaged, require_intact, torchvision_file

# The generator behind torch.nn.init belongs to the process: one network draws at a time.
_drawing = threading.Lock()


def fetch(variant: str, progress: Progress | None = None, timeout: float = 20.0) -> Path:
    """torchvision's file of a variant in the weights folder, downloaded if it is not there.

    A file that is there has its SHA-256 checked, once for each state of the file; a damaged one is
    named in the log, removed and fetched again. Threads that want one file wait for one download.

    Args:
        variant: Name of a variant.
        progress: Called with the bytes received and in all; what it raises cancels the download.
        timeout: Seconds that the server may keep us waiting.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
        WeightsError: torchvision has no weights for it, or they cannot be had.
    """
    published = torchvision_file(variant)
    if published is None:
        raise WeightsError(f"torchvision has no weights for {variant}; choose other weights.")
    path = weights_folder() / published.name
    try:
        with one_at_a_time(path, progress) as report:
            remove_if_damaged(path, published)
            if not path.exists():
                download(published.url, path, published.sha256_prefix, report, timeout)
    except DownloadError as error:
        raise WeightsError(
            f"{path.name} could not be fetched because {error}; "
            f"put the file into {path.parent} or choose other weights."
        ) from error
    return path


class WeightsWarning(UserWarning):
    """What must be known of weights that were loaded: see ``load_weights``."""


def load_weights(network: Network, path: str | os.PathLike[str], strict: bool = False) -> Network:
    """The same network with the weights of a file; it stays in eval or training mode.

    How tensors find their places is told in ``cnnviz.weights.matching.load_saved``. Where their
    names say nothing, their order decides, and a ``WeightsWarning`` names the doubt.

    Args:
        network: Unchanged on failure; it may be on the meta device, in ``DataParallel``, compiled.
        path: A file of safetensors or of ``torch.save``, whatever its suffix. Under the name of
            torchvision's own file its SHA-256 is checked.
        strict: Refuse weights that fit by their order alone.

    Raises:
        TypeError: The network was not built here.
        WeightsError: The file is missing, damaged or does not fit.
    """
    own = given_network(network)
    saved = _read(own.spec, Path(path))
    with torch.inference_mode(any(tensor.is_inference() for tensor in own.parameters())):
        load_saved(own, saved, strict)
    for remark in own.remarks:
        warnings.warn(remark, WeightsWarning, stacklevel=2)
    return network


def network_of_file(spec: NetworkSpec, path: Path, fixed: Collection[str] = ()) -> Network:
    """A network with the weights of a file, and as many classes as they have, frozen.

    Args:
        spec: What the weights are for.
        path: Of the weights.
        fixed: "num_classes" and "in_channels" where the specification's own must hold.

    Raises:
        WeightsError: The file is missing, damaged or does not fit.
        ValueError: The names of classes beside it are not those of the weights.
    """
    saved = _read(spec, path)
    seen = _with_classes(spec, saved)
    seen = replace(seen, **{name: getattr(spec, name) for name in fixed})
    spec = with_names_beside(seen, path)
    with torch.device("meta"):
        network = build(spec)
    return load_saved(network, saved).requires_grad_(False).eval()


def spec_of_file(spec: NetworkSpec, path: Path) -> NetworkSpec:
    """The specification with the number of classes, and the names of them, in a file of weights.

    Only shapes are read, which is quick.

    Args:
        spec: What the weights are for.
        path: Of the weights.

    Raises:
        WeightsError: The file is missing or damaged.
    """
    return _with_classes(spec, read_weights(path, "meta"))


def with_names_beside(spec: NetworkSpec, path: Path) -> NetworkSpec:
    """The specification with the names of classes in a text beside weights: roses.pth, roses.txt.

    Args:
        spec: With as many classes as the weights have.
        path: Of the weights.

    Returns:
        The same specification where there is no such text.

    Raises:
        ValueError: There are more or fewer names than classes, or the text cannot be read.
    """
    beside = path.with_suffix(".txt")
    if beside == path or not beside.is_file():
        return spec
    return with_class_names(spec, read_class_names(beside), beside.name)


def load_network(
    spec: NetworkSpec, source: WeightsSource, seed: int = 0, progress: Progress | None = None
) -> Network:
    """A network with weights from a source, frozen and in eval mode.

    Args:
        spec: What to build.
        source: One of ``sources(spec.variant)``.
        seed: Decides random weights; the process's own random numbers go on as before.
        progress: Of a download; what it raises cancels it.

    Raises:
        WeightsError: The weights cannot be had or do not fit.
    """
    if source.kind == "random":
        network = random_network(spec, seed)
    else:
        path = _local_file(spec, source, progress)
        with torch.device("meta"):
            network = build(spec)
        load_saved(network, _read(spec, path))
    return network.requires_grad_(False).eval()


def random_network(spec: NetworkSpec, seed: int) -> Network:
    """An untrained network in eval mode, initialised as its paper says.

    Args:
        spec: What to build.
        seed: Decides the weights; the process's own random numbers go on as before.
    """
    # Not torch.manual_seed, which would seed the CUDA generators too.
    with _drawing, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return build(spec)


def private_copy(network: Network) -> Network:
    """A network with modules of its own and the same weights, frozen and in eval mode.

    What patches its modules disturbs nobody else, and it costs no weights.

    Args:
        network: A network of ``cnnviz.build``; its weights are shared, so do not change them.
    """
    return with_weights(network).requires_grad_(False)


def _read(spec: NetworkSpec, path: Path) -> SavedWeights:
    require_intact(path, torchvision_file(spec.variant))
    return read_weights(path)


def _with_classes(spec: NetworkSpec, saved: SavedWeights) -> NetworkSpec:
    spec = fitted(spec, saved)
    is_named = len(saved.class_names) == spec.num_classes
    return replace(spec, class_names=saved.class_names) if is_named else spec


def _local_file(spec: NetworkSpec, source: WeightsSource, progress: Progress | None) -> Path:
    if source.path is None:
        raise ValueError(f"source must have a path or be random; received {source}.")
    if source.url is None:
        return source.path
    published = torchvision_file(spec.variant)
    if published is None or published.url != source.url or spec != specify(spec.variant):
        title = architectures.variant(spec.variant).title
        raise WeightsError(
            f"{source.path.name} does not fit these settings of {title}; choose the published "
            "settings with their 1000 classes and 3 channels, or other weights."
        )
    return fetch(spec.variant, progress)
