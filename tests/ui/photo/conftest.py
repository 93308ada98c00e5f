"""What the tests of weights share: a folder of them."""

import pytest


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """An empty weights folder."""
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"
