"""run: what it refuses, and what it starts; tests/test_packaging.py starts it for real."""

import os
import sys

import pytest

from cnnviz.commands import app


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--port", 0), "--port must be between 1 and 65535; received 0."),
        (("--data", "no/such"), "--data must be a folder; received no/such."),
    ],
    ids=["port", "data"],
)
def test_bad_input_is_refused(refused, arguments, sentence):
    assert refused("run", *arguments) == f"{sentence}\n"


def test_it_starts_the_app_of_the_clone_with_its_folders(run, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(sys, "argv", ["cnnviz"])
    monkeypatch.setattr(app.runpy, "run_module", lambda name, run_name: started.append(sys.argv))
    monkeypatch.setenv("CNNVIZ_WEIGHTS", "elsewhere")
    monkeypatch.setenv("CNNVIZ_DATA", "elsewhere")
    assert run("run", "--port", 8600, "--weights", "weights", "--data", tmp_path)[0] == 0
    assert started == [
        ["streamlit", "run", str(app.PACKAGE.parent / "app.py"), "--server.port=8600"]
    ]
    assert (os.environ["CNNVIZ_WEIGHTS"], os.environ["CNNVIZ_DATA"]) == ("weights", str(tmp_path))


def test_without_streamlit_it_says_what_to_install(refused, monkeypatch):
    monkeypatch.setattr(app, "find_spec", lambda name: None)
    assert refused("run") == "run must have streamlit; install it with pip install streamlit.\n"
