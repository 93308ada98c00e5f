"""The command line, run in this process: what it prints, how it ends."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.__main__ import main
from cnnviz.architectures import variants

ROOT = Path(__file__).parents[1]


@pytest.fixture
def run(capsys):
    """Runs a command and gives its exit code, output and errors."""

    def command(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


@pytest.fixture
def weights(test_data, tmp_path, monkeypatch):
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", tmp_path)
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    return tmp_path / "squeezenet1_1.pth"


def one_sentence(text):
    return text.endswith(".\n") and text.count("\n") == 1


def test_list(run):
    code, out, _ = run("list", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["variant"] for row in rows] == list(variants())
    by_name = {row["variant"]: row for row in rows}
    assert by_name["vgg11"] == {
        "architecture": "vgg",
        "variant": "vgg11",
        "year": 2014,
        "params": 132_863_336,
        "torchvision": "vgg11",
    }
    assert by_name["resnet50"]["torchvision"] is None
    assert len(run("list")[1].splitlines()) == len(variants())


def test_summary_as_json(run):
    code, out, _ = run("summary", "resnet50", "--json")
    result = json.loads(out)
    assert code == 0
    assert list(result) == [
        *("architecture", "variant", "config", "input", "params", "macs", "activations"),
        *("receptive_field", "layers"),
    ]
    assert (result["architecture"], result["input"]) == ("resnet", [3, 224, 224])
    assert (result["params"], result["macs"]) == (25_557_032, 3_857_973_248)
    assert result["receptive_field"] == 483
    assert result["config"]["stride_in"] == "1x1"
    assert result["layers"][0] == {
        "name": "stem.conv",
        "kind": "convolution",
        "input": [3, 224, 224],
        "output": [64, 112, 112],
        "kernel_size": 7,
        "stride": 2,
        "padding": 3,
        "groups": 1,
        "params": 9408,
        "macs": 118_013_952,
        "receptive_field": 7,
    }
    assert sum(layer["params"] for layer in result["layers"]) == result["params"]
    assert sum(layer["macs"] for layer in result["layers"]) == result["macs"]


def test_summary_with_settings(run):
    code, out, _ = run(
        *("summary", "resnet18", "--set", "width=32", "--set", "shortcut=none"),
        *("--resolution", 64, "--json"),
    )
    result = json.loads(out)
    assert code == 0
    assert result["config"]["width"] == 32
    assert result["input"] == [3, 64, 64]
    assert "11,689,512 parameters" in run("summary", "resnet18")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("summary", "resnet19"), "resnet19 is no variant; known are mlp,"),
        (("summary", "resnet18", "--set", "width=33"), "width must be one of 16, 32"),
        (("summary", "resnet18", "--set", "breadth=32"), "breadth is no hyperparameter"),
        (("summary", "resnet18", "--set", "width"), "--set must be name=value"),
        (("summary", "resnet18", "--resolution", "0"), "resolution must be at least 1 px"),
        (("summary", "resnet18", "--resolution", "x"), "invalid int value"),
        (("summary", "vgg16", "--resolution", "16"), "The image is too small: head.pool"),
        (("summary",), "required: VARIANT"),
        (("explode",), "invalid choice"),
        ((), "required: COMMAND"),
        (("predict", "a.jpg"), "required: --model"),
        (("predict", "a.jpg", "--model", "resnet19"), "resnet19 is no variant"),
        (("fetch", "resnet19"), "resnet19 is no variant"),
        (("cam", "no-such-photo.jpg", "--model", "squeezenet1_1"), "no-such-photo.jpg"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(run, arguments, words):
    code, out, err = run(*arguments)
    assert code == 2
    assert words in err
    assert one_sentence(err), err
    assert not out


def test_without_weights_it_says_what_to_do(run, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    code, _, err = run("predict", ROOT / "sample_images" / "cat.jpg", "--model", "squeezenet1_1")
    assert code == 2
    assert "python -m cnnviz fetch squeezenet1_1" in err
    assert one_sentence(err)


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
    cat = ROOT / "sample_images" / "cat.jpg"
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
    photo = ROOT / "sample_images" / "cat.jpg"
    code, out, _ = run(
        *("cam", photo, "--model", "squeezenet1_1", "--class", 281, "--output", output),
        *("--array", array, "--json"),
    )
    assert code == 0
    result = json.loads(out)
    assert list(result) == ["class_index", "label", "probability", "layer", "seconds"]
    assert (result["class_index"], result["label"]) == (281, "tabby")
    assert result["layer"] == "stages.2"
    values = np.load(array)
    assert (values.dtype, values.shape) == (np.float32, (224, 224))
    assert (values.min(), values.max()) == (0, 1)
    assert Image.open(output).size == (224, 224)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--class", 1000), "class_index must be from 0 to 999"),
        (("--layer", "stages.9"), "stages.9 is no layer"),
        (("--layer", "head.flatten"), "feature maps"),
        (("--weights", "missing.pth"), "missing.pth"),
        (("--output", "no/such/folder/overlay.png"), "no/such/folder"),
    ],
)
def test_cam_refuses_with_one_sentence(run, weights, arguments, words):
    photo = ROOT / "sample_images" / "cat.jpg"
    code, _, err = run("cam", photo, "--model", "squeezenet1_1", *arguments)
    assert code == 2
    assert words in err
    assert one_sentence(err), err


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "cnnviz", "summary", "resnet20_cifar"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "269,722 parameters" in done.stdout
