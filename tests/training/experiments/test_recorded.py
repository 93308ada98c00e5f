"""Recorded experiments: what is written is read again, thinned; a damaged file is told."""

import json

import pytest

from cnnviz.training.experiments import recorded as module
from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment
from cnnviz.training.experiments.recorded import (
    Recorded,
    RecordedRun,
    recorded,
    thinned,
    write_recorded,
)
from cnnviz.training.experiments.verdict import verdict
from cnnviz.training.measurement import Measurement


def told(last, **facts):
    curve = [
        Measurement(step, step / 10, step / 100, train_loss=1 / step) for step in range(1, last)
    ]
    return (
        *curve,
        Measurement(last, last / 10, last / 100, test_accuracy=0.5, test_loss=1, **facts),
    )


def example(*runs):
    facts = {"machine": "a machine", "torch": "2.14", "trained": "2026-11-26", "note": ""}
    return Recorded(
        experiment="survival", data="digits", command="", arms={"p = 0.5": runs}, **facts
    )


def test_what_is_written_is_read_again(tmp_path):
    results = example(
        RecordedRun(0, "lenet5", "", 0.5, told(9, gates={"stages.0": 0.123456})),
        RecordedRun(1, "lenet5", "It diverged.", None, ()),
    )
    write_recorded(results, tmp_path)
    again = recorded("survival", tmp_path)
    assert again.values == {"p = 0.5": [0.5, None]}
    assert (again.steps, again.epochs, again.seeds) == (9, 0.9, 2)
    assert [m.step for m in again.arms["p = 0.5"][0].curve] == list(range(1, 10))
    assert again.arms["p = 0.5"][0].curve[2].train_loss == 0.33333
    assert again.arms["p = 0.5"][0].curve[-1].gates == {"stages.0": 0.12346}
    assert write_recorded(again, tmp_path).read_text().count("\n") == 1
    assert recorded("survival", tmp_path) == again
    assert recorded("degradation", tmp_path) is None


def test_a_long_curve_is_thinned_and_keeps_its_tests(tmp_path):
    curve = told(1000)
    assert len(thinned(curve, 10)) < 25
    assert thinned(curve, 10)[-1].test_accuracy == 0.5
    write_recorded(example(RecordedRun(0, "lenet5", "", 0.5, curve)), tmp_path)
    assert len(recorded("survival", tmp_path).arms["p = 0.5"][0].curve) <= 2 * module.POINTS


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"arms": 1}'])
def test_a_damaged_file_is_one_sentence(tmp_path, text):
    (tmp_path / "width.json").write_text(text)
    with pytest.raises(ValueError, match=r"width\.json is damaged .*install the package again\.$"):
        recorded("width", tmp_path)


def test_recorded_files_belong_to_declared_experiments():
    shipped = {path.stem for path in module.FOLDER.glob("*.json")}
    assert shipped, "no experiment was recorded"
    assert shipped <= {each.name for each in EXPERIMENTS}


@pytest.mark.parametrize("name", [each.name for each in EXPERIMENTS])
def test_a_recorded_experiment_has_every_arm_and_tells_its_budget(name):
    results = recorded(name)
    if results is None:
        assert not (module.FOLDER / f"{name}.json").exists()
        return
    assert list(results.arms) == [arm.title for arm in experiment(name).arms]
    assert f"experiment {name} " in results.command
    assert results.machine and results.torch and results.trained
    assert "JPEG" in results.note or "cifar" not in results.data
    assert verdict(experiment(name), results.values, results.epochs)
    assert "/" not in json.dumps(results.data)
