"""The command evaluate: what it prints of a run's folder, how it ends."""

import json

import pytest
from sklearn.metrics import accuracy_score

from cnnviz.runs.recording import recorded
from cnnviz.runs.results import stored_evaluation
from cnnviz.training.plan import Plan


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A short run on the digits."""
    made = tmp_path_factory.mktemp("run")
    options = {"epochs": "1", "train_images": "500"}
    plan = Plan.from_json({"network": "lenet5_full", "data": "digits", "options": options})
    for _ in recorded(plan, made, device="cpu"):
        pass
    return made


def test_json_has_all_numbers(run, folder):
    code, out, err = run("evaluate", folder, "--json", "--device", "cpu")
    assert (code, err) == (0, "")
    scores = json.loads(out)
    stored = stored_evaluation(folder).predictions
    assert scores["accuracy"] == pytest.approx(accuracy_score(stored.labels, stored.predicted))
    assert sum(map(sum, scores["confusion"])) == scores["pictures"] == 359
    assert [each["name"] for each in scores["classes"]] == list("0123456789")
    assert scores["mistakes"][0]["class"] != scores["mistakes"][0]["predicted"]


def test_the_accuracy_is_that_of_the_runs_best_test(run, folder):
    scores = json.loads(run("evaluate", folder, "--json", "--device", "cpu")[1])
    lines = (folder / "measurements.jsonl").read_text().splitlines()
    best = max(json.loads(line).get("test_accuracy", 0) for line in lines)
    assert scores["accuracy"] == pytest.approx(best, abs=1e-6)


def test_text_has_a_line_per_class(run, folder):
    code, out, _ = run("evaluate", folder, "--device", "cpu")
    assert code == 0
    assert "calibration error" in out
    assert len(out.splitlines()) == 5 + 2 + 10 + 1


def test_bad_input_is_a_sentence(refused, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    assert refused("evaluate", "unknown").startswith("run must be a run's folder or the id of")
    assert "another checkpoint" in refused("evaluate", folder, "--checkpoint", "x")
