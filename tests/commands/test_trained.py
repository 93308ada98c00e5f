"""``--run`` in the commands that take a trained network: a run's folder or its id."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
CAT = ROOT / "cnnviz" / "sample_images" / "cat.jpg"


@pytest.fixture
def a_run(runs_folder, write_run):
    """The folder of a run of three classes of greys."""
    return write_run(runs_folder / "abc123")


def test_predict_answers_with_the_classes_of_the_run(run, a_run):
    code, out, _ = run("predict", CAT, "--run", a_run, "--json")
    assert code == 0
    (answer,) = json.loads(out)
    assert {a["label"] for a in answer["top"]} == {"cloud 0", "cloud 1", "cloud 2"}


def test_a_run_is_known_by_its_id_too(run, a_run):
    by_folder, by_id = (run("predict", CAT, "--run", which)[1] for which in (a_run, "abc123"))
    assert by_id == by_folder
    assert "cloud" in by_id


def test_the_network_and_its_preparation_are_the_runs(run, runs_folder, write_run, tmp_path):
    folder = write_run(runs_folder / "wide", "resnet20_cifar,width=32,num_classes=3,in_channels=1")
    array, overlay = tmp_path / "map.npy", tmp_path / "overlay.png"
    code, out, _ = run("cam", CAT, "--run", folder, "--array", array, "--output", overlay, "--json")
    assert code == 0
    assert json.loads(out)["label"].startswith("cloud")
    assert np.load(array).shape == (32, 32)
    assert Image.open(overlay).size == (32, 32)
    picture = tmp_path / "maps.png"
    code, out, _ = run(
        "features", CAT, "--run", folder, "--layer", "stages.2", "--output", picture, "--json"
    )
    assert code == 0
    assert json.loads(out)["shape"] == [128, 8, 8]


def test_neighbours_in_the_eyes_of_a_run(run, a_run):
    code, out, _ = run("neighbours", CAT, "--among", CAT.parent, "--run", a_run, "--json")
    assert code == 0
    result = json.loads(out)
    assert result["run"] == str(a_run)
    assert "model" not in result
    assert len(result["neighbours"]) == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "One of the arguments --model --run is required"),
        (("--run", "abc123", "--model", "lenet5_full"), "not allowed with argument"),
        (("--run", "abc123", "--weights", "some.pth"), "a run has weights of its own"),
        (("--run", "abc123", "--classes", "some.txt"), "a run has classes of its own"),
        (
            ("--model", "resnet20_cifar", "--weights", "resnet20_cifar", "--classes", "some.txt"),
            "weights that do not know them; these do",
        ),
        (("--run", "nobody"), "run must be a run's folder or the id of a run in"),
        (("--run", "../runs/nobody"), "run must be a run's folder"),
    ],
)
@pytest.mark.parametrize("command", ["predict", "cam"])
def test_anything_but_one_network_is_one_sentence(refused, a_run, command, arguments, words):
    assert words in refused(command, CAT, *arguments)


def test_a_folder_without_or_with_a_damaged_checkpoint_is_one_sentence(refused, runs_folder, a_run):
    (runs_folder / "empty").mkdir(parents=True)
    assert "There is no checkpoint in" in refused("predict", CAT, "--run", "empty")
    (a_run / "best.safetensors").write_bytes(b"nothing")
    assert "is damaged" in refused("predict", CAT, "--run", a_run)


def test_a_checkpoint_that_was_copied_knows_its_data(run, a_run, tmp_path):
    (a_run / "best.safetensors").rename(tmp_path / "copied.bin")
    asked = ("predict", CAT, "--model", "lenet5_full", "--weights", tmp_path / "copied.bin")
    code, out, _ = run(*asked)
    assert code == 0
    assert "cloud" in out
    (tmp_path / "copied.bin").rename(a_run / "best.safetensors")
    assert out == run("predict", CAT, "--run", a_run)[1]


def test_a_run_folder_needs_no_database(a_run):
    code = (
        "import sys; sys.modules['sqlalchemy'] = None; sys.modules['pandas'] = None\n"
        "from cnnviz.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "predict", str(CAT), "--run", str(a_run)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cloud" in done.stdout
