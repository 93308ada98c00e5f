"""A folder of images in folders of classes, and the test data that is hard to open."""

import os
from pathlib import Path

import pytest

from tests.images.files import png


@pytest.fixture
def folder(tmp_path):
    for name, shade in (("cats/2.png", 2), ("cats/1.png", 1), ("dogs/old/1.png", 3)):
        path = tmp_path / "pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(shade))
    (tmp_path / "pets" / "notes.txt").write_text("words")
    (tmp_path / "pets" / ".trash").mkdir()
    (tmp_path / "pets" / ".trash" / "1.png").write_bytes(png())
    return tmp_path / "pets"


@pytest.fixture(scope="module")
def nasty() -> Path:
    folder = os.environ.get("CNNVIZ_TEST_DATA")
    if not folder:
        pytest.skip("CNNVIZ_TEST_DATA does not name the folder of test data")
    return Path(folder) / "nasty"
