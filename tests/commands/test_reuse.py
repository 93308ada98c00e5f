import json

import numpy as np
import pytest

from cnnviz.analysis.reuse.matrices import block_readers, feature_reuse
from cnnviz.analysis.reuse.observations import observations
from cnnviz.training.bundled import FOLDER, bundled_for

VARIANT = "densenet40_k12_cifar"


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))


@pytest.mark.parametrize("of", [VARIANT, FOLDER / f"{VARIANT}.safetensors"])
@pytest.mark.parametrize("definition", ["mean", "max"])
def test_the_matrices_as_json(run, of, definition):
    code, out, err = run("reuse", of, "--definition", definition, "--json")
    assert code == 0, err
    result = json.loads(out)
    assert list(result)[:2] == ["definition", "blocks"]
    assert result["definition"] == definition
    expected = feature_reuse(bundled_for(VARIANT)[0].network(), definition)
    for block, panel in zip(result["blocks"], expected, strict=True):
        assert list(block) == ["sources", "targets", "matrix"]
        assert block["sources"] == list(panel.sources)
        assert block["targets"] == list(panel.targets)
        rows = np.array(block["matrix"], dtype=float)
        np.testing.assert_array_equal(rows, panel.matrix)
        assert block["matrix"][1][0] is None


def test_the_picture(run, tmp_path):
    code, _, err = run("reuse", VARIANT, "--output", tmp_path / "reuse.svg")
    assert code == 0, err
    drawn = (tmp_path / "reuse.svg").read_text()
    assert drawn.count("<title>") == 3 * 13 * 14 / 2  # a cell for every source that is read
    assert "classifier reads layer 12: " in drawn


def test_a_table(run):
    code, out, _ = run("reuse", VARIANT)
    assert code == 0
    assert out.count("Dense block") == 3
    tables, *said = out.split("\n\n")[2:]
    assert len(tables.splitlines()) == 14
    assert len(said) == 4


def test_the_observations(run):
    code, out, _ = run("reuse", VARIANT, "--json")
    assert code == 0
    result = json.loads(out)["observations"]
    expected = observations(list(block_readers(bundled_for(VARIANT)[0].network())))
    assert [each["verdict"] for each in result] == [each.verdict for each in expected]
    assert [each["number"] for each in result] == [each.number for each in expected]
    code, out, _ = run("reuse", VARIANT)
    assert code == 0
    for each in expected:
        assert f"{each.verdict.upper()}: {each.claim}" in out
        assert f"{each.number:.3g}: {each.says}" in out
        assert each.rule in out


def test_random_weights_are_labelled_and_decide_nothing(run):
    code, out, err = run("reuse", "simple_densenet", "--random")
    assert code == 0
    assert "untrained" in err
    assert out.count("UNDECIDED: ") == 4
    code, out, _ = run("reuse", "simple_densenet", "--random", "--json")
    assert code == 0
    result = json.loads(out)
    assert result["is_random"]
    assert len(result["blocks"]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("resnet20_cifar",), "network must have dense blocks; received resnet20_cifar"),
        (("densenet121",), "There are no weights of densenet121"),
        (("nobody",), "received nobody."),
        (("nothing.safetensors",), "There is no checkpoint"),
        ((VARIANT, "--definition", "median"), "median is no definition; known are mean"),
        (("nobody", "--random"), "nobody"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(run, arguments, said):
    code, out, err = run("reuse", *arguments)
    assert code == 2
    assert said in err
    assert not out
