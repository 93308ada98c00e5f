import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEYS = ["step", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"]
KEYS += ["learning_rate", "images_per_second"]
SMALL = ("lenet5_full", "--data", "digits", "--option", "train_images=500")


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_json_lines_hold_what_was_measured(run, tmp_path):
    code, out, err = run(
        "train", *SMALL, "--epochs", "2", "--json-lines", "--folder", str(tmp_path / "run")
    )
    assert code == 0, err
    told = lines(out)
    for line in told:
        assert list(line) == [key for key in KEYS if key in line]
        assert all(0 <= line[key] <= 1 for key in line if key.endswith("accuracy"))
    steps = [line["step"] for line in told if "train_loss" in line]
    assert steps == list(range(1, 15))
    tests = [line for line in told if "test_loss" in line]
    assert [line["epoch"] for line in tests] == [1, 2]
    assert "train_loss" not in tests[0]
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["state"] == "finished"
    assert record["plan"]["data"] == "digits"
    kept = lines((tmp_path / "run" / "measurements.jsonl").read_text())
    assert [line["step"] for line in kept] == [line["step"] for line in told]


def test_the_network_fits_its_data(run, tmp_path):
    folder = tmp_path / "run"
    options = ("--data", "shapes", "--set", "width=0.25", "--seconds", "1", "--folder", str(folder))
    code, _, err = run("train", "nin_cifar", *options)
    assert code == 0, err
    facts = json.loads((folder / "best.json").read_text())
    assert facts["network"] == "nin_cifar,width=0.25,num_classes=4"
    assert facts["trained_on"]["resolution"] == 32
    assert len(facts["trained_on"]["classes"]) == 4


def test_a_run_that_was_interrupted_goes_on_as_if_nothing_had_happened(run, tmp_path):
    plan = ("train", *SMALL, "--epochs", "20", "--json-lines", "--folder")
    code, whole, _ = run(*plan, str(tmp_path / "whole"))
    assert code == 0
    command = [sys.executable, "-m", "cnnviz", *plan, str(tmp_path / "cut")]
    # As many threads as in this process: sums in another order differ in the last digit.
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    with (tmp_path / "errors").open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=one_thread, text=True, stdout=subprocess.PIPE, stderr=errors
        )
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    # Not communicate(): it would lose what readline() has read ahead.
    rest = process.stdout.read()
    code, err = process.wait(timeout=60), (tmp_path / "errors").read_text()
    assert code == 0, err
    assert "Stopped; python -m cnnviz train --resume" in err
    assert "Traceback" not in err
    assert json.loads((tmp_path / "cut" / "run.json").read_text())["state"] == "stopped"
    before = lines(first + rest)
    code, after, err = run("train", "--resume", str(tmp_path / "cut"), "--json-lines")
    assert code == 0, err

    def curve(told):
        return [{k: v for k, v in line.items() if k != "images_per_second"} for line in told]

    assert 0 < len(before) < len(lines(whole))
    assert curve(before + lines(after)) == curve(lines(whole))
    kept = lines((tmp_path / "cut" / "measurements.jsonl").read_text())
    assert len(kept) == len(lines(whole))


def test_a_killed_run_loses_nothing_that_was_measured(run, tmp_path):
    folder = tmp_path / "run"
    plan = ("train", *SMALL, "--epochs", "60", "--json-lines", "--folder", str(folder))
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnviz", *plan], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    told = [process.stdout.readline() for _ in range(30)]
    process.kill()
    process.wait()
    kept = lines((folder / "measurements.jsonl").read_text().rpartition("\n")[0])
    assert [line["step"] for line in kept[:30]] == [json.loads(line)["step"] for line in told]


def test_the_cost_is_measured_before_a_run(run, runs):
    code, out, err = run("train", *SMALL, "--estimate", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["params"] == 61_706
    assert told["seconds_per_epoch"] > 0
    assert told["memory_bytes"] > 0
    assert not runs.exists()


def test_a_recipe_sets_the_options_and_the_command_line_changes_them(run, tmp_path):
    options = ("--recipe", "resnet", "--option", "learning_rate=0.01", "--seconds", "1")
    code, _, err = run("train", *SMALL, *options, "--folder", str(tmp_path / "run"))
    assert code == 0, err
    told = json.loads((tmp_path / "run" / "run.json").read_text())["plan"]["options"]
    assert told["optimiser"] == "momentum"
    assert (told["learning_rate"], told["seconds"], told["epochs"]) == ("0.01", "1", "0")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "train must be given a VARIANT and --data NAME, or --resume RUN."),
        (("lenet6", "--data", "digits"), "lenet6 is no variant; known are"),
        (("lenet5", "--data", "didgits"), "didgits is no data set; known are"),
        (("lenet5", "--data", "digits", "--epochs", "x"), "epochs must be one of"),
        (("lenet5", "--data", "digits", "--option", "speed=9"), "speed is no hyperparameter"),
        (("lenet5", "--data", "digits", "--option", "seed"), "--option must be name=value"),
        (("lenet5", "--data", "digits", "--recipe", "x"), "x is no recipe; known are"),
        (("--resume", "nothing"), "run must be a run's folder or the id of a run in"),
        (("lenet5", "--resume", "nothing"), "resume must stand alone"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_answered_by_one_sentence(run, words, sentence):
    code, _, err = run("train", *words)
    assert code == 2
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


def test_a_machine_with_torch_alone_trains(tmp_path):
    """As a GPU machine: torch, torchvision, numpy, scikit-learn (with SciPy) and safetensors."""
    blocked = (
        "import sys\n"
        "for name in ('streamlit', 'pandas', 'sqlalchemy', 'psycopg', 'plotly', 'pillow_heif', "
        "'matplotlib', 'cachetools', 'tensorboard', 'fvcore', 'torchinfo', "
        "'pytorch_grad_cam'): sys.modules[name] = None\n"
        "from cnnviz.__main__ import main\n"
        f"sys.exit(main({['train', *SMALL, '--epochs', '1', '--folder', str(tmp_path / 'run')]!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", blocked], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "best.safetensors").exists()
