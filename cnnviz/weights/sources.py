"""Where weights can be taken from: a folder, torchvision, or random initialisation.

A class needs no internet when its teacher has filled the weights folder: what lies there comes
first.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from cnnviz import architectures
from cnnviz.settings import settings
from cnnviz.weights.torchvision_files import TorchvisionFile, torchvision_file

# A file's content decides how it is read; these only say that it may hold weights.
SUFFIXES = (".safetensors", ".pth", ".pt", ".th", ".ckpt", ".bin", ".tar")


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


def weights_folder() -> Path:
    """Where weights are looked for and put: CNNVIZ_WEIGHTS, or else torch hub's cache."""
    return settings().weights or Path(torch.hub.get_dir()) / "checkpoints"


def sources(variant: str) -> tuple[WeightsSource, ...]:
    """Where a variant's weights can be taken from, best first; random weights come last.

    Files in the weights folder are called like the variant (``resnet18.pth``, with any suffix of
    ``SUFFIXES``), like the variant and more (``resnet18-flowers.pth``), or like torchvision's file
    or model (.pth). A folder that is missing or closed to us holds none.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    folder, published = weights_folder(), torchvision_file(variant)
    candidates = (_file_source(folder / name, published) for name in _file_names(variant, folder))
    available = [source for source in candidates if source is not None]
    if published and all(source.url is None for source in available):
        title = f"torchvision, download of {_megabytes(published.size)}"
        path = folder / published.name
        available.append(WeightsSource("download", title, path, published.url, published.size))
    return (*available, WeightsSource("random", "random weights (untrained)"))


def file_source(path: Path, title: str = "", url: str | None = None) -> WeightsSource:
    """A file as a source of weights.

    Args:
        path: Of the file.
        title: What a menu shows; default its name and size.
        url: Where torchvision serves it, if it is torchvision's own.

    Raises:
        OSError: It is missing or closed to us.
    """
    facts = path.stat()
    title = title or f"{path.name} ({_megabytes(facts.st_size)})"
    return WeightsSource("file", title, path, url, facts.st_size, facts.st_mtime_ns)


def _file_names(variant: str, folder: Path) -> list[str]:
    """What a file with a variant's weights may be called, best first and each once."""
    twins = {name: architectures.variant(name).torchvision for name in architectures.variants()}
    twin, published = twins[variant], torchvision_file(variant)
    names = [f"{variant}.safetensors"]
    # resnet50.pth is torchvision's ResNet-50, which is not the paper's: other strides.
    is_own_name = variant == twin or variant not in twins.values()
    if is_own_name:
        names += [f"{variant}{suffix}" for suffix in SUFFIXES]
    if published:
        names += [published.name, f"{twin}.pth"]
    for stem in filter(None, (is_own_name and variant, twin)):
        more = (path.name for path in folder.glob(f"{stem}-*"))
        names += sorted(name for name in more if name.endswith(SUFFIXES))
    return list(dict.fromkeys(names))


def _file_source(path: Path, published: TorchvisionFile | None) -> WeightsSource | None:
    try:
        if not path.is_file():
            return None
        url = published.url if published and published.name == path.name else None
        return file_source(path, url=url)
    except OSError:  # closed to us, or gone: not to be had here, which is no error
        return None


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
