"""features: what it draws, what it says, how it ends."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.architectures import build
from cnnviz.images.opening import open_image
from cnnviz.vision.prediction import network_input
from cnnviz.weights.loading import load_weights

PHOTO = Path(__file__).parents[2] / "cnnviz" / "sample_images" / "cat.jpg"


@pytest.fixture
def weights(test_data, tmp_path, monkeypatch):
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", tmp_path)
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    return tmp_path / "squeezenet1_1.pth"


def by_hand(weights):
    """What stem.conv puts out, computed without the package's own capture."""
    network = load_weights(build("squeezenet1_1"), weights)
    with torch.no_grad():
        return network.stem.conv(network_input(network.spec, open_image(PHOTO)))[0].numpy()


def test_features(run, weights, tmp_path):
    output = tmp_path / "maps.png"
    code, out, _ = run(
        *("features", PHOTO, "--model", "squeezenet1_1", "--layer", "stem.conv"),
        *("--output", output, "--json"),
    )
    assert code == 0
    result, maps = json.loads(out), by_hand(weights)
    assert list(result) == ["layer", "shape", "maps", "dead", "seconds"]
    assert result["shape"] == [64, 111, 111]
    strength = np.maximum(maps, 0).mean(axis=(1, 2))
    assert [each["map"] for each in result["maps"]] == np.argsort(-strength).tolist()
    for each in result["maps"]:
        own = maps[each["map"]]
        assert each["mean"] == pytest.approx(own.mean(), abs=1e-5)
        assert each["maximum"] == pytest.approx(own.max(), abs=1e-5)
        assert each["zeros"] == pytest.approx((own <= 0).mean())
    width, height = Image.open(output).size
    assert width == height >= 800


def test_an_addition_and_a_stage_can_be_drawn(run, test_data, tmp_path):
    weights = test_data / "weights" / "cifar10" / "resnet20-12fca82f.th"
    for layer in ("stages.1.0.addition", "stages.1"):
        code, out, _ = run(
            *("features", PHOTO, "--model", "resnet20_cifar", "--weights", weights, "--layer"),
            *(layer, "--output", tmp_path / "maps.png", "--count", 16, "--order", "in order"),
            *("--scale", "all layers", "--raw"),
        )
        assert code == 0
        assert f"16 of the 32 maps of {layer}, 16 x 16 each" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--layer", "stages.9"), "stages.9 is no layer"),
        (("--layer", "head.flatten"), "feature maps"),
        (("--layer", "stem.conv", "--count", 0), "--count must be at least 1; received 0"),
        (("--layer", "stem.conv", "--order", "random"), "order must be one of strongest first"),
        (("--layer", "stem.conv", "--scale", "mine"), "scale must be one of each map"),
    ],
)
def test_bad_input_is_one_sentence(refused, weights, tmp_path, arguments, words):
    output = tmp_path / "maps.png"
    common = ("features", PHOTO, "--model", "squeezenet1_1", "--output", output)
    assert words in refused(*common, *arguments)
    assert not output.exists()
