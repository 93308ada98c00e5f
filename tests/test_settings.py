"""Settings: their defaults, what a wrong value is told, and the table in README."""

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from cnnviz.settings import PREFIX, Settings, markdown, settings, variable

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    """An environment without settings."""
    for each in fields(Settings):
        monkeypatch.delenv(variable(each.name), raising=False)


def test_defaults():
    defaults = settings()
    assert defaults.weights is defaults.data is defaults.database is defaults.slots is None
    assert defaults.teacher_token is None
    assert defaults.runs == Path.home() / ".cnnviz" / "runs"
    assert defaults.data_cache == Path.home() / ".cnnviz" / "data"
    limits = (defaults.max_running, defaults.max_runs, defaults.max_seconds, defaults.max_epochs)
    assert (*limits, defaults.keep_days) == (1, 20, 3600, 400, 30)
    assert (defaults.cache_mb, defaults.networks_mb, defaults.data_mb) == (256, 2000, 2500)


def test_a_variable_counts_at_once_and_a_blank_one_is_unset(monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", "~/weights")
    monkeypatch.setenv("CNNVIZ_CACHE_MB", "0.5")
    monkeypatch.setenv("CNNVIZ_SLOTS", "cuda:0=2, cpu=1")
    monkeypatch.setenv("CNNVIZ_MAX_RUNS", "  ")
    assert settings().weights == Path.home() / "weights"
    assert settings().cache_mb == 0.5
    assert settings().slots == {"cuda:0": 2, "cpu": 1}
    assert settings().max_runs == 20
    monkeypatch.setenv("CNNVIZ_MAX_RUNS", "30")
    assert settings().max_runs == 30


WRONG = [
    *(("max_epochs", text, "a whole number of at least 1") for text in ("many", "0", "-1", "1.5")),
    *(("cache_mb", text, "a number of megabytes above 0") for text in ("0", "inf", "nan", "2 GB")),
    *(("slots", text, "written like cpu=1 or cuda:0=2,cuda:1=1") for text in ("gpu=1", "cpu=1,")),
    *(("database", text, "an address such as sqlite:////") for text in ("runs", "mysql://h/n")),
    ("weights", "~nobody-of-this-name/weights", "a folder's path"),
]


@pytest.mark.parametrize(("name", "text", "rule"), WRONG, ids=lambda value: str(value)[:20])
def test_a_wrong_value_is_told_in_one_sentence(monkeypatch, name, text, rule):
    monkeypatch.setenv(variable(name), text)
    with pytest.raises(ValueError, match=f"^{variable(name)} must be {rule}") as caught:
        settings()
    assert str(caught.value).endswith(f"; received {text}.")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("cnnviz", "list"), 2),
        (("streamlit", "run", "app.py", "--server.headless=true", "--server.port=0"), 1),
    ],
    ids=["command line", "app"],
)
def test_a_wrong_value_ends_a_start_without_a_traceback(command, code):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "CNNVIZ_KEEP_DAYS": "some"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    sentence = "CNNVIZ_KEEP_DAYS must be a whole number of at least 1; received some."
    assert done.returncode == code
    assert done.stderr.strip().splitlines()[-1] == sentence
    assert "Traceback" not in done.stderr + done.stdout


def test_readme_has_the_table():
    assert markdown() in (ROOT / "README.md").read_text(), (
        "put what python -m cnnviz.settings prints into README.md"
    )


def test_only_the_settings_read_variables_of_ours():
    for folder in ("cnnviz", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "settings.py":
                text = path.read_text()
                assert f'environ.get("{PREFIX}' not in text, path
                assert f'environ["{PREFIX}' not in text, path
