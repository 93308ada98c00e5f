"""Where weights come from (a folder, torchvision, chance) and how they get into a network.

A class needs no internet when its teacher has filled the weights folder: what lies there comes
first. torchvision's files are checked by the SHA-256 in their names before they are used.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import torch

from cnnviz import architectures
from cnnviz.architectures import Network, NetworkSpec, build, specify
from cnnviz.weights.download import DownloadError, Progress, download, has_sha256, one_at_a_time
from cnnviz.weights.state_dict import WeightsError, load_state_dict, read_state_dict

__all__ = [
    "TorchvisionFile",
    "WeightsError",
    "WeightsSource",
    "fetch",
    "load_network",
    "load_state_dict",
    "load_weights",
    "random_network",
    "read_state_dict",
    "sources",
    "torchvision_file",
    "weights_folder",
]

logger = logging.getLogger(__name__)

# The generator behind torch.nn.init belongs to the process: one network draws at a time.
_drawing = threading.Lock()


@dataclass(frozen=True)
class WeightsSource:
    """One place that weights can be taken from; a cache key that changes when the file does.

    Attributes:
        kind: A file that is there, torchvision's file that is not there yet, or chance.
        title: What a menu shows.
        path: Where the file is or will be.
        url: Where torchvision serves the file, if it is torchvision's own.
        size: Bytes; of a download to three decimals of a mebibyte.
        modified: When the file was last written, in nanoseconds since 1970.
    """

    kind: Literal["file", "download", "random"]
    title: str
    path: Path | None = None
    url: str | None = None
    size: int | None = None
    modified: int | None = None


@dataclass(frozen=True)
class TorchvisionFile:
    """A file of ImageNet weights as torchvision publishes it.

    Attributes:
        url: Where it is served.
        size: Bytes, to three decimals of a mebibyte.
    """

    url: str
    size: int

    @property
    def name(self) -> str:
        """File name, as in the URL: resnet18-f37072fd.pth."""
        return Path(urlsplit(self.url).path).name

    @property
    def sha256_prefix(self) -> str:
        """First digits of the content's SHA-256, which torch.hub reads from the name too."""
        found = re.search(r"-([a-f0-9]*)\.", self.name)
        return found[1] if found else ""


def weights_folder() -> Path:
    """Where weights are looked for and put: CNNVIZ_WEIGHTS, or else torch hub's cache."""
    chosen = os.environ.get("CNNVIZ_WEIGHTS")
    return Path(chosen).expanduser() if chosen else Path(torch.hub.get_dir()) / "checkpoints"


def torchvision_file(variant: str) -> TorchvisionFile | None:
    """The file that torchvision publishes for a variant, or None if it has none.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    model = architectures.variant(variant).torchvision
    return None if model is None else _file_of(model)


@cache
def _file_of(model: str) -> TorchvisionFile:
    from torchvision.models import get_model_weights

    weights = get_model_weights(model)["IMAGENET1K_V1"]
    return TorchvisionFile(weights.url, round(weights.meta["_file_size"] * 2**20))


def sources(variant: str) -> tuple[WeightsSource, ...]:
    """Where a variant's weights can be taken from, best first; random weights come last.

    Files in the weights folder are called like the variant (.safetensors, .pth) or like
    torchvision's file or model (.pth). A folder that is missing or closed to us holds none.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    folder, published = weights_folder(), torchvision_file(variant)
    candidates = (_file_source(folder / name, published) for name in _file_names(variant))
    found = [source for source in candidates if source is not None]
    if published and all(source.url is None for source in found):
        title = f"torchvision, download of {_megabytes(published.size)}"
        path = folder / published.name
        found.append(WeightsSource("download", title, path, published.url, published.size))
    return (*found, WeightsSource("random", "random weights (untrained)"))


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
            _remove_if_damaged(path, published)
            if not path.exists():
                download(published.url, path, published.sha256_prefix, report, timeout)
    except DownloadError as error:
        raise WeightsError(
            f"{path.name} could not be fetched because {error}; "
            f"put the file into {path.parent} or choose other weights."
        ) from error
    return path


def load_weights(network: Network, path: str | os.PathLike[str]) -> Network:
    """The same network with the weights of a file; it stays in eval or training mode.

    How tensors find their places is told in ``load_state_dict``.

    Args:
        network: Unchanged on failure; it may be on the meta device.
        path: A .safetensors file, or one of PyTorch's. Under the name of torchvision's own file its
            SHA-256 is checked.

    Raises:
        WeightsError: The file is missing, damaged or does not fit.
    """
    path = Path(path)
    _check_intact(path, torchvision_file(network.spec.variant))
    ordered = path.suffix != ".safetensors"
    return load_state_dict(network, read_state_dict(path), path.name, ordered)


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
        load_weights(network, path)
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


def _file_names(variant: str) -> list[str]:
    """What a file with a variant's weights may be called, best first and each once."""
    twins = {name: architectures.variant(name).torchvision for name in architectures.variants()}
    twin, published = twins[variant], torchvision_file(variant)
    names = [f"{variant}.safetensors"]
    # resnet50.pth is torchvision's ResNet-50, which is not the paper's: other strides.
    if variant == twin or variant not in twins.values():
        names.append(f"{variant}.pth")
    if published:
        names += [published.name, f"{twin}.pth"]
    return list(dict.fromkeys(names))


def _file_source(path: Path, published: TorchvisionFile | None) -> WeightsSource | None:
    """A regular file as a source, or None if none is there."""
    try:
        facts = path.stat()
    except OSError:  # missing or closed to us: not to be had here, which is no error
        return None
    if not stat.S_ISREG(facts.st_mode):
        return None
    title = f"{path.name} ({_megabytes(facts.st_size)})"
    url = published.url if published and published.name == path.name else None
    return WeightsSource("file", title, path, url, facts.st_size, facts.st_mtime_ns)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _local_file(spec: NetworkSpec, source: WeightsSource, progress: Progress | None) -> Path:
    """Where a source's file lies, once it is there."""
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


def _remove_if_damaged(path: Path, published: TorchvisionFile) -> None:
    if _is_intact(path, published) or not path.exists():
        return
    logger.warning("%s is removed and fetched again: %s.", path, _damage(published))
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WeightsError(
            f"{path} is damaged and cannot be removed ({error.strerror}); replace it by hand."
        ) from error


def _check_intact(path: Path, published: TorchvisionFile | None) -> None:
    if published is None or path.name != published.name or _is_intact(path, published):
        return
    if path.exists():
        raise WeightsError(
            f"{path.name} is damaged ({_damage(published)}); remove it and download it again."
        )


def _is_intact(path: Path, published: TorchvisionFile) -> bool:
    """Whether torchvision's file is there, whole."""
    try:
        return has_sha256(path, published.sha256_prefix)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}).") from error


def _damage(published: TorchvisionFile) -> str:
    return f"its SHA-256 does not begin with {published.sha256_prefix}"
