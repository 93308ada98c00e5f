"""Real handwritten digits that come with scikit-learn: no download, trained in seconds."""

from __future__ import annotations

import torch

from cnnviz.progress import Progress
from cnnviz.training.datasets.base import Data, Dataset, Split
from cnnviz.training.datasets.preparing import prepared, stratified


def _load(side: int, channels: int, seed: int, progress: Progress) -> Data:
    from sklearn.datasets import load_digits

    found = load_digits()
    # Each value counts the dark ones of 4 x 4 binary pixels, so it goes from 0 to 16.
    images = torch.from_numpy(found.images).mul(255 / 16).round().to(torch.uint8).unsqueeze(3)
    everything = Split(images, torch.from_numpy(found.target).long())
    train, test = (everything.take(positions) for positions in stratified(everything.labels, seed))
    classes = tuple(str(name) for name in found.target_names)
    data = Data(DIGITS.name, DIGITS.title, classes, train, test, (0.0,), (1.0,))
    return prepared(data, side, channels, progress)


DIGITS = Dataset(
    name="digits",
    title="Digits (8 px)",
    help="1,797 handwritten digits of 8 x 8 px, of which the seed keeps 20 % for the test (Alpaydin"
    " and Kaynak 1998, the UCI repository's test set, CC BY 4.0; in scikit-learn).",
    side=8,
    channels=1,
    num_classes=10,
    load=_load,
)
