"""The command runs: what it prints, how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cnnviz.__main__ import main
from cnnviz.architectures.written import read
from cnnviz.runs.recording import recorded
from cnnviz.runs.store import Store
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan

ROOT = Path(__file__).parents[2]
PLAN = Plan(
    read("lenet5_full,num_classes=10,in_channels=1"),
    "digits",
    TrainingOptions(epochs=1, train_images=500),
)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.delenv("CNNVIZ_DATABASE", raising=False)
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    return Store()


def run(capsys, *arguments):
    code = main(["runs", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_no_runs_yet(capsys):
    assert run(capsys) == (0, "There are no runs yet.\n", "")
    assert run(capsys, "--json") == (0, "[]\n", "")


def test_runs_are_listed(capsys, store):
    ids = {store.create(PLAN, "secret name").id for _ in range(2)}
    code, table, _ = run(capsys)
    heading, *lines = table.splitlines()
    assert code == 0 and heading.split()[:3] == ["run", "state", "network"]
    assert {line.split()[0] for line in lines} == ids
    assert all(line.split()[1:4] == ["queued", "lenet5_full", "digits"] for line in lines)
    _, text, _ = run(capsys, "--json")
    assert {each["id"] for each in json.loads(text)} == ids
    assert "secret name" not in text + table
    assert len(json.loads(run(capsys, "--json", "--limit", "1")[1])) == 1


def test_a_folder_is_imported_once(capsys, tmp_path, store):
    for _ in recorded(PLAN, tmp_path / "made", device="cpu"):
        pass
    code, text, _ = run(capsys, "import", str(tmp_path / "made"), "--json")
    told = json.loads(text)
    assert code == 0 and told["is_new"] and told["state"] == "finished" and told["added"] > 0
    code, text, _ = run(capsys, "import", str(tmp_path / "made"))
    assert code == 0 and "was there already" in text and "0 measurements" in text
    assert [each.id for each in store.runs()] == [told["id"]]


def test_a_run_is_stopped_and_deleted_by_its_machine(capsys, store):
    run_id = store.create(PLAN, "a visitor").id
    assert run(capsys, "stop", run_id)[0] == 0
    assert store.run(run_id).state == "stopped"
    assert run(capsys, "delete", run_id)[0] == 0
    assert store.runs() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "no/such/folder"),
        ("stop", "nothing"),
        ("delete", "nothing"),
        ("explode",),
        ("--limit", "0"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence(capsys, arguments):
    try:
        code = main(["runs", *arguments])
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr().err
    assert code == 2 and said.endswith(".\n") and said.count("\n") == 1


def test_without_sqlalchemy_the_command_says_what_to_install_and_training_works():
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "import cnnviz.runs.recording, cnnviz.runs.run, cnnviz.runs.folder\n"
        "from cnnviz.__main__ import main\n"
        "sys.exit(main(['runs']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == (
        "runs must have sqlalchemy; install it with pip install -r requirements.txt.\n"
    )
