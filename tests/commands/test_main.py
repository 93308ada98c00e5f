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


def loaded_by(code: str) -> set[str]:
    """The packages that are loaded by what runs."""
    names = "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; {names}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def test_nothing_heavy_is_loaded_before_a_command_runs():
    assert not loaded_by("import cnnviz.__main__") & {"torch", "numpy", "streamlit"}


def test_list_loads_torch_alone_and_builds_no_network():
    code = "from cnnviz.__main__ import main; main(['list'])"
    assert not loaded_by(code) & {"streamlit", "torchvision", "pandas", "plotly", "sympy"}
    forbid = "import cnnviz.analysis.costs as costs; costs.build = None"
    loaded_by(f"{forbid}; {code}")


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "cnnviz", "summary", "resnet20_cifar"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "269,722 parameters" in done.stdout
