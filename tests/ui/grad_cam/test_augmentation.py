"""The grid of augmentations: strength and draw in the address, changes in points."""

import pytest

from cnnviz.ui.grad_cam.augmentation import change_text
from cnnviz.vision.augmentations import AUGMENTATIONS
from tests.apps import open_function


def page():
    from cnnviz.architectures import specify
    from cnnviz.images.opening import open_image
    from cnnviz.images.samples import sample_images
    from cnnviz.ui.grad_cam.augmentation import show_augmentations
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.weights.sources import sources

    sample = sample_images()[0]
    photo = Photo(sample.file, sample.title, open_image(sample.path))
    show_augmentations(Subject(specify("nin_cifar"), sources("nin_cifar")[-1], photo, 3))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))


def opened(**query):
    return open_function(page, **query)


def cells(app):
    return [markdown.value for markdown in app.markdown][: 1 + len(AUGMENTATIONS)]


def pictures(app):
    return [image.proto.imgs[0].url for image in app.get("imgs") + app.get("image")]


def test_every_augmentation_has_its_picture_and_its_answer():
    app = opened()
    assert len(pictures(app)) == 11
    titles = [cell.partition("**,")[0].strip("*") for cell in cells(app)]
    assert titles == ["Original", *(each.title for each in AUGMENTATIONS.values())]
    assert all("%" in cell for cell in cells(app))
    assert "points" not in cells(app)[0]
    assert all("points" in cell or "no change" in cell for cell in cells(app)[1:])


def test_the_strength_is_a_link():
    app = opened(strength="strong")
    assert "at most 90°" in cells(app)[3]
    app.segmented_control(key="strength").set_value("medium").run()
    assert "at most 30°" in cells(app)[3]


def test_a_draw_can_be_repeated_and_drawn_again():
    first, same = opened(draw="5"), opened(draw="5")
    assert pictures(first) == pictures(same)
    assert cells(first) == cells(same)
    first.button[0].click().run()
    assert first.number_input(key="draw").value == 6
    assert pictures(first) != pictures(same)
    assert pictures(first)[0] == pictures(same)[0]
    assert pictures(first) == pictures(opened(draw="6"))


@pytest.mark.parametrize("query", [{"strength": "cruel"}, {"draw": "-3"}, {"draw": "soon"}])
def test_a_bad_url_falls_back(query):
    assert "at most 10°" in cells(opened(**query))[3]


def test_the_last_draw_is_followed_by_the_first():
    app = opened(draw="9999")
    app.button[0].click().run()
    assert app.number_input(key="draw").value == 0


def test_a_change_has_its_direction():
    assert change_text(0.0731) == "▲ 7.3 points"
    assert change_text(-0.5) == "▼ 50.0 points"
    assert change_text(0.0001) == "no change"
