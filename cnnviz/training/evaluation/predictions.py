"""Predictions of a trained network for all test images, stored with its checkpoint."""

import hashlib
import time
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from cnnviz.architectures import Network
from cnnviz.files import written_whole
from cnnviz.progress import Progress, batches, ignore_progress
from cnnviz.training.augmentation import normalisation, normalise, scaled
from cnnviz.training.checkpoints import CheckpointError, checkpoint_name, has_checkpoint
from cnnviz.training.datasets.base import Split
from cnnviz.training.loop.engine import default_device
from cnnviz.weights.download import file_sha256

FILE = "predictions.npz"
FACTS = ("seconds", "device", "data", "seed", "pictures", "repeated")  # in it, besides the arrays
BATCH_PIXELS = 500 * 32 * 32  # pixels of a batch


@dataclass(frozen=True, eq=False)
class Predictions:
    """The logits of a network for the images of a split.

    Attributes:
        logits: float32 (N, classes).
        labels: int64 (N,).
        seconds: Computation time.
        device: "cpu" or "cuda".
        data: Name of the dataset.
        seed: Seed with which the data was loaded.
        pictures: Digest of pixels and labels.
        repeated: How many of the images are also training images.
    """

    logits: np.ndarray
    labels: np.ndarray
    seconds: float
    device: str = "cpu"
    data: str = ""
    seed: int = 0
    pictures: str = ""
    repeated: int = 0

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def predicted(self) -> np.ndarray:
        """The most probable class of each image, int64 (N,)."""
        best: np.ndarray = self.logits.argmax(axis=1)
        return best

    @property
    def correct(self) -> np.ndarray:
        """Whether each image is classified correctly, bool (N,)."""
        same: np.ndarray = self.predicted == self.labels
        return same


def predictions(
    network: Network,
    split: Split,
    device: str | torch.device | None = None,
    progress: Progress = ignore_progress,
    data: str = "",
    seed: int = 0,
) -> Predictions:
    """Predict all images of a split, in float32.

    Args:
        network: In eval mode, frozen, with ``spec.trained_on``; it is moved to the device.
        split: At least one image, with the side and channels that the network was trained on.
        device: Default the first CUDA device, else the CPU.
        progress: Called with the share of images done.
        data: Name of the dataset, stored with the result.
        seed: Seed of the dataset, stored with the result.

    Raises:
        ValueError: The network has no ``trained_on``, or the split is empty.
    """
    if len(split) == 0:
        raise ValueError("split must contain an image; received none.")
    device = torch.device(device or default_device())
    mean, std = (values.to(device) for values in normalisation(network.spec))
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    side = split.images.shape[1]
    size = max(1, min(500, BATCH_PIXELS // side**2))
    started, logits_of_batches = time.perf_counter(), []
    with torch.inference_mode():
        for rows in batches(len(split), size, progress):
            pixels = scaled(split.images[rows].to(device))
            logits_of_batches.append(network(normalise(pixels, mean, std)).to(torch.float32).cpu())
    seconds = time.perf_counter() - started
    logits, labels = torch.cat(logits_of_batches).numpy(), split.labels.cpu().numpy()
    return Predictions(logits, labels, seconds, device.type, data, seed, images_digest(split))


def images_digest(split: Split) -> str:
    """Digest of pixels and labels; equal for splits with the same images in the same order."""
    digest = hashlib.sha256()
    for tensor in (split.images, split.labels):
        digest.update(str(tuple(tensor.shape)).encode())
        digest.update(tensor.cpu().contiguous().numpy().data)
    return digest.hexdigest()


def checkpoint_key(folder: Path) -> str:
    """Identify a run's checkpoint by the sha256 of its file.

    Raises:
        CheckpointError: The folder has no checkpoint.
    """
    name = checkpoint_name(folder)
    if not has_checkpoint(folder, name):
        raise CheckpointError(f"There is no checkpoint in {folder}; train the run first.")
    return file_sha256(folder / f"{name}.safetensors")


def write_predictions(folder: Path, stored: Predictions, key: str) -> None:
    """Write predictions to a run's folder atomically.

    Args:
        folder: Folder of the run.
        stored: The predictions.
        key: Key of their checkpoint (``checkpoint_key``).

    Raises:
        OSError: The file cannot be written; an existing one is unchanged.
    """
    with written_whole(folder / FILE) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, key=np.array(key), **asdict(stored))


def read_predictions(folder: Path, key: str) -> Predictions | None:
    """Read the predictions of a checkpoint from a run's folder, or None.

    Args:
        folder: Folder of the run.
        key: Key of the checkpoint (``checkpoint_key``).
    """
    try:
        with np.load(folder / FILE, allow_pickle=False) as file:
            if str(file["key"]) != key:
                return None
            facts = {name: file[name].item() for name in FACTS if name in file}
            return Predictions(file["logits"], file["labels"], **facts)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None  # missing or damaged: they are computed again
