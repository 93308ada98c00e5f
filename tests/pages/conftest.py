"""What the page tests share: a page opened by its address, weights in a folder, odd photos."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.images.opening import ImageError, open_image
from cnnviz.ui.runs import readings as shared
from tests import apps


@pytest.fixture
def open_page():
    """Opens a page by its name and query parameters."""
    return apps.open_page


@pytest.fixture
def no_weights(tmp_path, monkeypatch):
    """An empty weights folder."""
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def squeezenet(test_data, no_weights):
    """A weights folder with SqueezeNet's file."""
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", no_weights)
    return no_weights


@pytest.fixture
def nasty(test_data):
    """Of the odd picture files one of each kind, and how many of them open.

    What a page gets is an image of some size or a sentence, so one of each says what all do; that
    each of the 74 files becomes one of the two is tested where pictures are opened.
    """
    kinds = {}
    for path in sorted((test_data / "nasty").iterdir()):
        try:
            image = open_image(path)
            kinds.setdefault((image.size, len(image.getcolors(2) or ()) == 1), path)
        except ImageError as error:
            kinds.setdefault(str(error), path)
    refused = sum(isinstance(kind, str) for kind in kinds)
    assert len(kinds) > 30 and refused == 3
    return list(kinds.values()), len(kinds) - refused


@pytest.fixture
def upload_each():
    """Uploads files one after another: each gives an answer or one sentence, never a traceback."""

    def upload(app: AppTest, files, shows_answer) -> int:
        answered = 0
        for path in files:
            file = (path.name, path.read_bytes(), "application/octet-stream")
            app.file_uploader(key="upload").set_value(file).run()
            assert not app.exception, path.name
            if app.error:
                assert len(app.error) == 1, path.name
                assert app.error[0].value.endswith("."), path.name
                assert not shows_answer(app), path.name
            else:
                assert shows_answer(app), path.name
                answered += 1
        return answered

    return upload


@pytest.fixture
def waiting(monkeypatch):
    """Nothing that waits is started."""
    monkeypatch.setattr(shared, "dispatch", lambda store, launcher: [])
