"""A look at the data: samples, balance, augmentation, and what could not be used."""

import io
import zipfile

import pytest
from PIL import Image

import cnnviz.ui.runs.data as controls
from tests.apps import open_function

pytestmark = pytest.mark.usefixtures("data_folders")


def zipped(kinds=("cat", "dog"), count=4, extra=()):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count * len(kinds)):
            picture = io.BytesIO()
            Image.new("RGB", (32, 32), (number, 9, 9)).save(picture, "PNG")
            archive.writestr(f"{kinds[number % len(kinds)]}/{number}.png", picture.getvalue())
        for name in extra:
            archive.writestr(name, b"no picture")
    return file.getvalue()


def page():
    import streamlit as st

    from cnnviz.training.options import TrainingOptions
    from cnnviz.ui.runs.data import cached_data, choose_dataset
    from cnnviz.ui.train.data import show_data

    crop = int(st.query_params.get("crop", 0))
    chosen = choose_dataset()
    data = cached_data(chosen) if chosen else None
    if data:
        show_data(data, TrainingOptions(crop=crop, flip=crop > 0))


def opened(**query):
    return open_function(page, **query)


def pictures(app):
    return [image.proto.imgs[0].url for image in app.get("imgs") + app.get("image")]


def words(app):
    return " ".join(each.value for each in [*app.markdown, *app.caption])


def test_digits_are_shown_class_by_class_with_their_numbers():
    app = opened()
    said = words(app)
    assert "1,438 training and 359 test images" in said
    assert "mean 0.306; standard deviation 0.376" in said
    # A mosaic a class, the row as it is, and a row for each augmentation alone.
    assert len(pictures(app)) == 10 + 1 + 7
    assert "142 + 36" in app.get("html")[0].proto.body
    assert "all augmentations are off" in said


def test_another_draw_shows_other_samples_and_is_in_the_address():
    app = opened(data_draw="3")
    assert app.number_input(key="data_draw").value == 3
    assert set(pictures(app)).isdisjoint(pictures(opened()))


def test_the_chosen_options_have_a_row_of_their_own():
    app = opened(crop="2")
    assert "Crop 2 px, Flip; 3 draws" in words(app)
    assert len(pictures(app)) == 10 + 2
    app.toggle(key="each_augmentation").set_value(True).run()
    assert len(pictures(app)) == 10 + 2 + 7


def test_an_augmentation_alone_has_its_own_strength():
    app = opened()
    before = pictures(app)
    app.select_slider(key="alone_noise").set_value(0.1).run()
    after = pictures(app)
    assert [a == b for a, b in zip(before, after, strict=True)].count(False) == 1
    app.select_slider(key="alone_noise").set_value(0.0).run()
    assert pictures(app)[14] == pictures(app)[10]  # noise of 0: as they are


def test_a_data_set_is_in_the_address(tmp_path):
    (tmp_path / "data" / "pets.zip").write_bytes(zipped(extra=["cat/broken.png"]))
    app = opened(data="pets.zip")
    assert app.selectbox(key="data").value == "pets.zip"
    assert "6 training and 2 test images" in words(app)
    assert "1 image could not be used" in [each.label for each in app.expander]
    assert "not a JPEG" in app.dataframe[0].value["Reason"][0]


def test_a_failed_download_is_one_sentence(monkeypatch):
    from torchvision import datasets

    monkeypatch.setattr(datasets.CIFAR10, "url", "http://127.0.0.1:9/cifar.tar.gz")
    app = opened(data="cifar10")
    assert len(app.error) == 1
    assert "CIFAR-10 could not be downloaded" in app.error[0].value.replace("\\", "")
    assert "put cifar-10-python.tar.gz into" in app.error[0].value.replace("\\", "")


def test_many_classes_are_shown_a_part_at_a_time(tmp_path):
    kinds = [f"kind {number:02}" for number in range(30)]
    (tmp_path / "data" / "many.zip").write_bytes(zipped(kinds, 2))
    app = opened(data="many.zip")
    assert len(pictures(app)) == 20 + 1 + 7
    app.selectbox(key="data_classes").select(1).run()
    assert len(pictures(app)) == 10 + 1 + 7
    assert "**kind 29**" in words(app)


def test_ones_own_zip_is_kept_for_the_process_that_trains(tmp_path):
    app, sent = opened(data=controls.OWN), zipped()
    assert not pictures(app)
    app.file_uploader(key="data_zip").upload("my pets.zip", sent, "application/zip").run()
    assert not app.exception
    assert "6 training and" in words(app)
    kept = list((tmp_path / "runs" / "uploads").rglob("*.zip"))
    assert [path.name for path in kept] == ["my pets.zip"]
    assert kept[0].read_bytes() == sent


def test_visitors_share_the_data():
    opened()
    used = controls._data.used
    assert used > 1797 * 64
    opened()
    assert controls._data.used == used
