"""tools and time: what they print, how they end."""

import json

import pytest


def test_tools(run):
    code, out, err = run("tools", "resnet20_cifar")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert len(lines) == 3
    assert all(line.endswith(".") for line in lines)
    assert "269,722 parameters" in lines[0]
    code, out, _ = run("tools", "resnet20_cifar,num_classes=100", "--json")
    counts = json.loads(out)
    assert code == 0
    assert {"tool", "params", "operations", "counts", "why"} <= counts[0].keys()
    assert counts[0]["params"] == 275_572


def test_time(run):
    code, out, _ = run("time", "lenet5", "--batch", 2, "--seconds", 0.01)
    assert code == 0
    assert "for a batch of 2 images" in out
    assert "random weights" in out
    code, out, _ = run("time", "lenet5", "--seconds", 0.01, "--json")
    result = json.loads(out)
    assert code == 0
    assert result["batch"] == 1
    assert 0 < result["low"] <= result["median"] <= result["high"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tools", "resnet19"), "resnet19 is no variant"),
        (("tools", "vgg16,resolution=16"), "The image is too small"),
        (("time", "lenet5", "--batch", "0"), "batch must be"),
        (("time", "lenet5", "--seconds", "0"), "seconds must be positive"),
        (("time", "lenet5", "--seconds", "soon"), "invalid float value"),
        (("time",), "required: NETWORK"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(refused, arguments, words):
    assert words in refused(*arguments)
