"""Run folders from elsewhere: brought in once, refused when damaged."""

import json
import shutil

import pytest

from cnnviz.runs.folder import RunError
from cnnviz.runs.importing import import_folder
from cnnviz.runs.recording import recorded
from cnnviz.runs.run import COMMAND_LINE
from cnnviz.runs.store import Store


@pytest.fixture(scope="module")
def trained(plan, tmp_path_factory):
    """A run folder as the command train leaves it."""
    folder = tmp_path_factory.mktemp("elsewhere") / "run"
    for _ in recorded(plan, folder, device="cpu"):
        pass
    return folder


@pytest.fixture
def elsewhere(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "elsewhere")


def test_a_folder_is_imported_once(store, plan, elsewhere):
    imported = import_folder(store, elsewhere)
    run = imported.run
    assert imported.is_new and imported.added == len(store.measurements(run.id)) > 0
    assert (run.state, run.plan, run.owner, run.share) == ("finished", plan, COMMAND_LINE, 1.0)
    assert 0 < run.test_accuracy <= 1 and run.device
    assert (run.folder / "best.safetensors").read_bytes() == (
        elsewhere / "best.safetensors"
    ).read_bytes()
    again = import_folder(store, elsewhere)
    assert (again.run, again.is_new, again.added) == (run, False, 0)
    assert import_folder(store, run.folder).run.id == run.id
    assert [each.id for each in store.runs() if each.state == "finished"] == [run.id]


def test_importing_again_adds_new_measurements(store, elsewhere):
    path, record = elsewhere / "measurements.jsonl", elsewhere / "run.json"
    whole, told = path.read_text(), json.loads(record.read_text())
    lines = whole.splitlines(keepends=True)
    path.write_text("".join(lines[:-2]) + lines[-2][:9])
    record.write_text(json.dumps({**told, "state": "running", "ended": None}))
    first = import_folder(store, elsewhere)
    assert first.run.state == "interrupted" and "can be resumed" in first.run.message
    path.write_text(whole)
    record.write_text(json.dumps(told))
    again = import_folder(store, elsewhere)
    assert again.run.state == "finished" and again.added > 0
    assert len(store.measurements(again.run.id)) == len(lines)


def damage_record(folder):
    (folder / "run.json").write_text('{"plan": {"network": "nonet"')


def forget_record(folder):
    (folder / "run.json").unlink()


def strange_options(folder):
    record = json.loads((folder / "run.json").read_text())
    record["plan"]["options"] = ["epochs"]
    (folder / "run.json").write_text(json.dumps(record))


def strange_state(folder):
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**record, "state": "won"}))


def damage_line(folder):
    path = folder / "measurements.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0][:10], *lines[1:]]))


def exchange_lines(folder):
    path = folder / "measurements.jsonl"
    path.write_text("\n".join(path.read_text().splitlines()[::-1]))


def forget_measurements(folder):
    (folder / "measurements.jsonl").unlink()


def cut_checkpoint(folder):
    path = folder / "best.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def cut_last_checkpoint(folder):
    path = folder / "last.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def forget_checkpoints(folder):
    for name in ("best", "last"):
        (folder / f"{name}.safetensors").unlink()


def other_network(folder):
    path = folder / "run.json"
    text = path.read_text().replace("lenet5_full", "lenet5")
    path.write_text(text)


DAMAGES = {
    damage_record: "damaged",
    forget_record: "There is no run",
    strange_options: "damaged",
    strange_state: "damaged",
    damage_line: "damaged in line 1",
    exchange_lines: "damaged in line",
    forget_measurements: "missing or damaged",
    cut_checkpoint: "damaged",
    cut_last_checkpoint: "damaged",
    forget_checkpoints: "has no checkpoint",
    other_network: "holds a checkpoint of",
}


@pytest.mark.parametrize(
    ("damage", "sentence"), DAMAGES.items(), ids=[damage.__name__ for damage in DAMAGES]
)
def test_a_damaged_folder_is_refused_whole(elsewhere, folder, damage, sentence):
    store = Store()
    damage(elsewhere)
    with pytest.raises(ValueError, match=sentence):
        import_folder(store, elsewhere)
    assert store.runs() == [] and [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_an_open_run_is_not_overwritten(store, elsewhere, change):
    run_id = import_folder(store, elsewhere).run.id
    change(run_id, state="running")
    with pytest.raises(RunError, match="stop it first"):
        import_folder(store, elsewhere)
