"""The photographs that ship with cnnviz."""

import csv
from dataclasses import dataclass
from pathlib import Path

SAMPLE_FOLDER = Path(__file__).parents[1] / "sample_images"


@dataclass(frozen=True)
class SampleImage:
    """A photograph that ships with cnnviz: file, what it shows, who made it, on what terms."""

    file: str
    title: str
    source: str
    licence: str

    @property
    def path(self) -> Path:
        """Where the photograph is on this machine."""
        return SAMPLE_FOLDER / self.file


def sample_images() -> tuple[SampleImage, ...]:
    """The photographs in ``sample_images/``, in the order of its CSV."""
    with (SAMPLE_FOLDER / "sample_images.csv").open(encoding="utf-8", newline="") as file:
        return tuple(SampleImage(**row) for row in csv.DictReader(file))
