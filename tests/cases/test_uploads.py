"""Zips that a class uploads, and what a teacher adds while the server runs."""

import gc

import pytest

from cnnviz.architectures import specify
from cnnviz.runs import uploads
from cnnviz.runs.store import Store
from cnnviz.runs.uploads import stored_upload
from cnnviz.training.datasets.base import DataError
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.training.running import fitted
from cnnviz.ui.runs import data as controls
from tests.apps import open_function
from tests.images.files import png, zipped

pytestmark = pytest.mark.usefixtures("data_folders")


def plan_on(path):
    return Plan(fitted(specify("lenet5_full"), 32, 3, 2), str(path), TrainingOptions())


def test_no_upload_takes_away_what_a_run_names():
    """Sixty students upload and train: the first one's zip is still there, whoever comes."""
    path = stored_upload(b"first", "first.zip", "0").path
    Store().create(plan_on(f"{path}::file-names"), "0")
    for number in range(1, 60):
        stored_upload(b"%d" % number, "a.zip", str(number))
    gc.collect()
    assert path.read_bytes() == b"first"


def test_an_upload_stays_as_long_as_its_session():
    """A student who has not trained yet keeps the zip; when the session ends, it goes."""
    first = stored_upload(b"first", "first.zip", "0")
    path = first.path
    stored_upload(b"second", "second.zip", "1")
    assert path.exists()
    del first
    gc.collect()
    stored_upload(b"third", "third.zip", "2")
    assert not path.exists()


def test_the_limit_of_a_visitor_is_said_and_nothing_is_deleted(monkeypatch):
    """A visitor's zips reach the limit: the next is refused in words, and all others stay."""
    monkeypatch.setenv("CNNVIZ_UPLOAD_MB", "0.001")
    kept = stored_upload(bytes(800), "cats.zip", "me")
    with pytest.raises(DataError, match=r"Your zips take 0 MB .*cats.zip.*delete the runs"):
        stored_upload(bytes(801), "dogs.zip", "me")
    other = stored_upload(bytes(802), "dogs.zip", "you")
    assert kept.path.exists()
    assert other.path.exists()
    assert stored_upload(bytes(800), "cats.zip", "me").path == kept.path  # takes nothing


@pytest.mark.parametrize("limit", ["all", "disk"])
def test_a_full_server_is_said_and_nothing_is_deleted(limit, monkeypatch):
    """The server's limit, or its disk: refused in words, and all zips stay."""
    kept = stored_upload(bytes(800), "cats.zip", "me")
    if limit == "all":
        monkeypatch.setenv("CNNVIZ_UPLOADS_MB", "0.001")
    else:
        monkeypatch.setattr(uploads, "_free", lambda folder: uploads.FREE)
    with pytest.raises(DataError, match="no room for a zip"):
        stored_upload(bytes(801), "dogs.zip", "you")
    assert kept.path.exists()


def test_an_upload_is_named_by_its_content(tmp_path):
    """A name from anybody only names: the zip lies in the runs' folder, the same one once."""
    kept = [stored_upload(bytes([n]), "../../etc/pas$wd.zip", "me") for n in range(3)]
    assert {upload.path.name for upload in kept} == {"_.._etc_pas_wd.zip"}
    assert all(upload.path.is_relative_to(tmp_path / "runs" / "uploads") for upload in kept)
    assert stored_upload(bytes([2]), "../../etc/pas$wd.zip", "me").path == kept[2].path


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    """The disk refuses: one sentence, and no traceback."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(uploads, "Store", lambda: pytest.fail("nothing is there to remove"))
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "file"))
    with pytest.raises(DataError, match="cannot be kept on this server"):
        stored_upload(b"zip", "pets.zip", "me")


def page():
    import streamlit as st

    from cnnviz.ui.parts.page import open_page
    from cnnviz.ui.runs.data import cached_data, choose_dataset, show_understood

    open_page("Train")
    chosen = choose_dataset()
    if chosen:
        show_understood(chosen)
    data = cached_data(chosen) if chosen else None
    st.write(f"{len(data.train) + len(data.test)} images" if data else "none")


def filled(folder, kinds=("cat", "dog"), start=0):
    for kind in kinds:
        for number in range(start, start + 4):
            path = folder / kind / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png(number))
    return folder


def test_images_that_a_teacher_adds_deep_are_seen_at_the_next_visit(tmp_path):
    """The server runs, a teacher adds images two folders deep: the next visitor trains on them."""
    filled(tmp_path / "data" / "pets" / "train")
    assert open_function(page, data="pets").markdown[-1].value == "8 images"
    filled(tmp_path / "data" / "pets" / "train", ["frog"])
    assert open_function(page, data="pets").markdown[-1].value == "12 images"
    filled(tmp_path / "data" / "pets" / "train", ["frog"], start=4)
    assert open_function(page, data="pets").markdown[-1].value == "16 images"
    filled(tmp_path / "data" / "more")
    assert "more" in open_function(page, data="pets").selectbox(key="data").options


def test_the_reading_of_a_folder_is_shown_and_corrected(tmp_path):
    """A visitor looks how a folder was understood, and chooses another way."""
    for kind in ("pets", "cars"):
        filled(tmp_path / "data" / "things" / kind, [f"{kind} a", f"{kind} b"])
    app = open_function(page, data="things")
    assert "├─ cars: 8 images" in app.code[0].value
    assert any("This is how the folder was understood" in each.label for each in app.expander)
    app.selectbox(key="chosen_reading").select("inner-folders").run()
    assert not app.exception
    assert "├─ cars a: 4 images (cars/cars a/)" in app.code[0].value


def test_an_upload_that_is_not_understood_can_be_chosen_to_be(tmp_path):
    """Years are the only folders: refused with what was seen, and understood as one says."""
    app = open_function(page, data=controls.OWN)
    files = {f"{year}/{i}.png": png(i) for year in (2023, 2024) for i in range(4)}
    app.file_uploader(key="data_zip").upload("years.zip", zipped(files), "application/zip").run()
    assert "No image lies in a class folder" in app.error[0].value
    app.selectbox(key="chosen_reading").select("inner-folders").run()
    assert not app.error
    assert app.markdown[-1].value == "8 images"
