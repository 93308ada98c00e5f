"""The weights folder, as a test has it for itself."""

import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The weights folder, which is not made yet."""
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"
