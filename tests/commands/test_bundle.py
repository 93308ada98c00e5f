import json

import pytest

from cnnviz.training.bundled import bundled


def test_bundled_networks_are_listed(run):
    code, out, _ = run("bundle")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [each.name for each in bundled()]


def test_the_records_as_json(run):
    listed = json.loads(run("bundle", "--json")[1])
    assert listed == {each.name: each.record for each in bundled()}


def test_a_run_that_is_not_there(run):
    code, _, err = run("bundle", "nobody")
    assert code == 2
    assert "received nobody." in err


@pytest.mark.parametrize("weights", [(), ("--weights", "lenet5_mnist")])
def test_a_bundled_network_predicts_without_any_file(run, weights, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    code, out, err = run("predict", "--model", "lenet5", *weights, "cnnviz/sample_images/cat.jpg")
    assert code == 0, err
    assert ("(bundled)" in err) == (not weights)
    assert out
