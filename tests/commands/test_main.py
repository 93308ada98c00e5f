"""The command line as a whole: its commands, bad input, how it starts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("summary",), "required: VARIANT"),
        (("explode",), "invalid choice"),
        ((), "required: COMMAND"),
        (("predict", "a.jpg"), "--model --run is required"),
        (("predict", "a.jpg", "--model", "resnet19"), "resnet19 is no variant"),
        (("fetch", "resnet19"), "resnet19 is no variant"),
        (("cam", "no-such-photo.jpg", "--model", "squeezenet1_1"), "no-such-photo.jpg"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(refused, arguments, words):
    assert words in refused(*arguments)


def test_help_names_every_command(run):
    code, out, _ = run("--help")
    assert code == 0
    inspecting = ("list", "summary", "compare", "formula", "export", "tools", "time")
    for command in (*inspecting, "predict", "cam", "features", "neighbours", "fetch"):
        assert re.search(rf"\n    {command}\s", out), command


def test_torch_is_not_loaded_before_a_command_runs():
    code = "import sys, cnnviz.__main__; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "cnnviz", "summary", "resnet20_cifar"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "269,722 parameters" in done.stdout
