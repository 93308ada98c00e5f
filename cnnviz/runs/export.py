"""Exports a run's curves as CSV and as a TensorBoard log."""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from cnnviz.training.measurement import Measurement

# Measured quantities with one value, and with one value per part or layer of the network.
NUMBERS = (
    *("step", "epoch", "seconds", "train_loss", "train_accuracy", "test_loss", "test_accuracy"),
    *("learning_rate", "images_per_second", "memory"),
)
BY_PART = ("gradient_norm", "layer_gradients", "update_ratio", "dead_relus", "gates")


def curves_csv(measurements: Sequence[Measurement]) -> str:
    """Measurements as CSV text, one per line; missing values are empty.

    The columns are ``NUMBERS``, then "gradient_norm stem" and so on if they were measured.
    """
    rows = [dict(_numbers(each)) for each in measurements]
    parts = dict.fromkeys(name for row in rows for name in row if name not in NUMBERS)
    file = StringIO()
    writer = csv.DictWriter(file, [*NUMBERS, *parts], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _numbers(measurement: Measurement) -> Iterator[tuple[str, float]]:
    """All measured numbers with their names."""
    for name in NUMBERS:
        if (value := getattr(measurement, name)) is not None:
            yield name, value
    for name in BY_PART:
        for part, value in getattr(measurement, name).items():
            yield f"{name} {part}", value


def tensorboard_zip(
    measurements: Iterable[Measurement], name: str, started: float | None = None
) -> bytes:
    """Measurements as a zip file with one TensorBoard log.

    Args:
        measurements: In order.
        name: Name of the run and of the folder in the zip file.
        started: Unix time of the start in seconds; default 0.
    """
    from torch.utils.tensorboard import SummaryWriter

    file = BytesIO()
    with TemporaryDirectory() as folder:
        with SummaryWriter(folder) as writer:
            for each in measurements:
                _log(writer, each, (started or 0.0) + each.seconds)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, f"{name}/{path.name}")
    return file.getvalue()


def _log(writer: object, measurement: Measurement, moment: float) -> None:
    for name, value in _numbers(measurement):
        if name not in ("step", "seconds"):
            writer.add_scalar(_tag(name), value, measurement.step, moment)  # type: ignore[attr-defined]


def _tag(name: str) -> str:
    """The TensorBoard tag, whose prefix groups training and test curves ("loss/train")."""
    name, _, part = name.partition(" ")
    if part:
        return f"{name}/{part.replace(' ', '_')}"
    split, _, quantity = name.partition("_")
    return f"{quantity}/{split}" if split in ("train", "test") else name
