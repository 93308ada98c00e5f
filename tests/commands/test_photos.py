"""predict and cam: what they print, how they end."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


@pytest.fixture
def weights(test_data, tmp_path, monkeypatch):
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", tmp_path)
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    return tmp_path / "squeezenet1_1.pth"


def test_without_weights_it_says_what_to_do(refused, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    err = refused(
        "predict", ROOT / "cnnviz" / "sample_images" / "cat.jpg", "--model", "squeezenet1_1"
    )
    assert "python -m cnnviz fetch squeezenet1_1" in err


def test_predict(run, weights, test_data):
    folder = test_data / "photos" / "imagenet"
    with (folder / "labels.csv").open() as file:
        expected = {
            str(folder / row["file"]): int(row["class_index"]) for row in csv.DictReader(file)
        }
    photos = list(expected)
    code, out, _ = run("predict", *photos, "--model", "squeezenet1_1", "--top", 3, "--json")
    assert code == 0
    results = json.loads(out)
    assert [result["photo"] for result in results] == photos
    for result in results:
        assert list(result["top"][0]) == ["class_index", "label", "probability"]
        assert len(result["top"]) == 3
    answered = {result["photo"]: result["top"][0]["class_index"] for result in results}
    assert answered == expected, "SqueezeNet 1.1 gets every one of these photos right"


def test_predict_answers_the_other_photos(run, weights, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    cat = ROOT / "cnnviz" / "sample_images" / "cat.jpg"
    code, out, _ = run("predict", broken, cat, "--model", "squeezenet1_1", "--json")
    first, second = json.loads(out)
    assert code == 1
    assert set(first) == {"photo", "error"}
    assert first["error"].endswith(".")
    assert set(second) == {"photo", "top"}
    code, out, _ = run("predict", cat, "--model", "squeezenet1_1", "--weights", weights)
    assert code == 0
    assert "cat" in out or "tabby" in out


def test_cam(run, weights, tmp_path):
    output, array = tmp_path / "overlay.png", tmp_path / "map.npy"
    photo = ROOT / "cnnviz" / "sample_images" / "cat.jpg"
    code, out, _ = run(
        *("cam", photo, "--model", "squeezenet1_1", "--class", 281, "--output", output),
        *("--array", array, "--json"),
    )
    assert code == 0
    result = json.loads(out)
    assert list(result) == [
        *("class_index", "label", "probability", "method", "layer", "seconds", "has_region")
    ]
    assert result["has_region"]
    assert (result["class_index"], result["label"]) == (281, "tabby")
    assert result["layer"] == "stages.2"
    values = np.load(array)
    assert (values.dtype, values.shape) == (np.float32, (224, 224))
    assert 0 <= values.min() < values.max() == 1
    assert Image.open(output).size == (224, 224)


@pytest.mark.parametrize(
    "method",
    [
        *("grad-cam", "grad-cam++", "hirescam", "xgradcam", "layercam", "eigencam"),
        *("eigengradcam", "cam", "guided-backprop", "saliency"),
    ],
)
def test_cam_by_every_method(run, weights, tmp_path, method):
    array = tmp_path / "map.npy"
    photo = ROOT / "cnnviz" / "sample_images" / "cat.jpg"
    code, out, _ = run(
        "cam", photo, "--model", "squeezenet1_1", "--method", method, "--array", array, "--json"
    )
    assert code == 0
    assert json.loads(out)["method"] == method
    assert np.load(array).max() == 1


@pytest.mark.parametrize("method", ["scorecam", "ablationcam"])
def test_cam_by_a_method_of_many_passes(run, test_data, tmp_path, method):
    """On a small network: each takes a pass for every map."""
    weights = test_data / "weights" / "cifar10" / "resnet20-12fca82f.th"
    array = tmp_path / "map.npy"
    code, _, _ = run(
        *(
            "cam",
            ROOT / "cnnviz" / "sample_images" / "cat.jpg",
            "--model",
            "resnet20_cifar",
            "--weights",
        ),
        *(weights, "--method", method, "--array", array),
    )
    assert code == 0
    assert np.load(array).shape == (32, 32)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--method", "jet"), "jet is no method; known are grad-cam, grad-cam++"),
        (("--class", 1000), "class_index must be from 0 to 999"),
        (("--layer", "stages.9"), "stages.9 is no layer"),
        (("--layer", "head.flatten"), "feature maps"),
        (("--weights", "missing.pth"), "missing.pth"),
        (("--output", "no/such/folder/overlay.png"), "no/such/folder"),
    ],
)
def test_cam_refuses_with_one_sentence(refused, weights, arguments, words):
    photo = ROOT / "cnnviz" / "sample_images" / "cat.jpg"
    assert words in refused("cam", photo, "--model", "squeezenet1_1", *arguments)
