"""Class balance, samples and repeated images of the data."""

from dataclasses import dataclass

import torch

from cnnviz.training.datasets.base import Data


@dataclass(frozen=True)
class ClassCount:
    """How many images of a class there are.

    Attributes:
        name: Of the class.
        train: Images to train on.
        test: Images to test on.
    """

    name: str
    train: int
    test: int


def class_balance(data: Data) -> tuple[ClassCount, ...]:
    """How many images each class has, in the order of the labels."""
    train, test = (
        torch.bincount(split.labels, minlength=len(data.classes)).tolist()
        for split in (data.train, data.test)
    )
    return tuple(map(ClassCount, data.classes, train, test))


def repeats_text(repeated: int, tested: int) -> str:
    """The sentence on test images that are training images too; "" where there is none."""
    if not repeated:
        return ""
    return (
        f"{repeated:,} of {tested:,} test images are also training images: what the network has "
        "learnt by heart counts as right."
    )


def samples(data: Data, label: int, seed: int = 0, most: int = 12) -> torch.Tensor:
    """At most so many training images of a class, uint8 (N, H, W, C).

    Args:
        data: Where they are from.
        label: The class.
        seed: Decides which; the same seed takes the same.
        most: Above 0.
    """
    positions = (data.train.labels == label).nonzero().flatten()
    rng = torch.Generator().manual_seed(seed)
    return data.train.images[positions[torch.randperm(len(positions), generator=rng)[:most]]]


def mixed_samples(data: Data, seed: int = 0, most: int = 8) -> torch.Tensor:
    """At most so many training images of as many classes as possible, uint8 (N, H, W, C)."""
    rng = torch.Generator().manual_seed(seed)
    classes = torch.randperm(len(data.classes), generator=rng)[:most].tolist()
    each = -(-most // len(classes))
    return torch.cat([samples(data, label, seed, each) for label in sorted(classes)])[:most]
