"""torchvision's files of ImageNet weights, checked by the SHA-256 in their names."""

import logging
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cnnviz import architectures
from cnnviz.weights.download import file_sha256
from cnnviz.weights.state_dict import WeightsError

logger = logging.getLogger(__name__)


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
        match = re.search(r"-([a-f0-9]*)\.", self.name)
        return match[1] if match else ""


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


def remove_if_damaged(path: Path, published: TorchvisionFile) -> None:
    """Remove a file that is not what torchvision published, and name it in the log.

    Raises:
        WeightsError: It cannot be read or removed.
    """
    if _is_intact(path, published) or not path.exists():
        return
    logger.warning("%s is removed and fetched again: %s.", path, _damage(published))
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WeightsError(
            f"{path} is damaged and cannot be removed ({error.strerror}); replace it by hand."
        ) from error


def require_intact(path: Path, published: TorchvisionFile | None) -> None:
    """Check a file that bears the name of torchvision's; others are not checked.

    Raises:
        WeightsError: It is damaged or cannot be read.
    """
    if published is None or path.name != published.name or _is_intact(path, published):
        return
    if path.exists():
        raise WeightsError(
            f"{path.name} is damaged ({_damage(published)}); remove it and download it again."
        )


def _is_intact(path: Path, published: TorchvisionFile) -> bool:
    try:
        return file_sha256(path).startswith(published.sha256_prefix)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}).") from error


def _damage(published: TorchvisionFile) -> str:
    return f"its SHA-256 does not begin with {published.sha256_prefix}"
