"""A photograph becomes a network's input exactly as torchvision makes it."""

import re
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms
from torchvision.models import ResNet18_Weights

from cnnviz.images.preprocessing import Preprocessing, crop_for_network, preprocess


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("resize", [256, 232, 32, None])
@pytest.mark.parametrize("crop", [224, 31])
@pytest.mark.parametrize(
    "size", [(500, 375), (375, 500), (341, 257), (223, 301), (1024, 11), (1, 1), (3, 2), (225, 224)]
)
def test_preprocessing_equals_torchvision(
    size: tuple[int, int], crop: int, resize: int | None
) -> None:
    image = noise(*size)
    mean, std = (0.5, 0.4, 0.3), (0.2, 0.3, 0.4)
    steps = [transforms.Resize(resize)] if resize else []
    steps += [transforms.CenterCrop(crop), transforms.ToTensor(), transforms.Normalize(mean, std)]
    expected = transforms.Compose(steps)(image).unsqueeze(0)
    seen = preprocess(image, Preprocessing(resize, crop, mean, std))
    assert (seen.dtype, seen.shape) == (torch.float32, (1, 3, crop, crop))
    assert torch.equal(seen, expected)


def test_the_defaults_are_those_of_imagenet_and_torchvision() -> None:
    image = noise(640, 427)
    preset = ResNet18_Weights.IMAGENET1K_V1.transforms()
    assert (preprocess(image, Preprocessing()) - preset(image)).abs().max() <= 1e-6


def test_what_the_network_saw_is_the_crop_before_normalisation() -> None:
    preprocessing = Preprocessing(mean=(0, 0, 0), std=(1, 1, 1))
    seen = crop_for_network(noise(60, 40).convert("L"), preprocessing)
    assert (seen.mode, seen.size) == ("RGB", (224, 224))
    levels = preprocess(noise(60, 40).convert("L"), preprocessing)[0].permute(1, 2, 0) * 255
    assert np.array_equal(np.asarray(seen), levels.round().to(torch.uint8).numpy())


@pytest.mark.parametrize("options", [{"resize": 0}, {"crop": 0}, {"std": (0.2, 0.0, 0.2)}])
def test_preprocessing_says_what_must_hold(options: dict[str, Any]) -> None:
    (name, value), *_ = options.items()
    with pytest.raises(ValueError, match=rf"^{name} must .*; received {re.escape(str(value))}\.$"):
        Preprocessing(**options)
