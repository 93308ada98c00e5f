import re

import pytest
import torch

from cnnviz.architectures import build, variant, variants
from cnnviz.weights.torchvision_files import torchvision_file


@pytest.mark.parametrize("name", [name for name in variants() if variant(name).torchvision])
def test_torchvisions_file_has_a_checksum_in_its_name(name):
    published = torchvision_file(name)
    assert re.fullmatch(r"[\w.]+(-\w+)?-[a-f0-9]{8,}\.pth", published.name)
    assert re.fullmatch(r"[a-f0-9]{8,}", published.sha256_prefix)
    assert published.url == f"https://download.pytorch.org/models/{published.name}"
    # Four bytes a parameter, and at most as much again for heads that only training uses.
    with torch.device("meta"):
        params = sum(parameter.numel() for parameter in build(name).parameters())
    assert 4 * params < published.size < 8 * params


def test_a_variant_without_torchvisions_weights_has_no_such_file():
    assert torchvision_file("resnet20_cifar") is None
    assert torchvision_file("resnet50") is None
