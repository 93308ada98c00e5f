"""Top activations on screen: the photo, collections, and their captions."""

import re
import time

import pytest

from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work import work as slow_work
from tests.apps import open_function


def page(channel, layer="stages.1.0.relu1", shut=False, count=0, most=1000):
    import numpy as np
    from PIL import Image

    from cnnviz.architectures import specify
    from cnnviz.images import Collection, Picture, even_sample, sample_collection
    from cnnviz.images.opening import ImageError
    from cnnviz.ui.feature_maps.exciting import Search, show_exciting, show_on_photo
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import LayerOfSubject, Subject
    from cnnviz.weights.sources import sources

    spec = specify("resnet20_cifar")

    class ShutLayer(LayerOfSubject):
        def activation(self, subject=None):
            return np.zeros_like(super().activation(subject))

    def noise(seed):
        if seed == 1:
            raise ImageError("The image is damaged.")
        pixels = np.random.default_rng(seed).integers(0, 255, (40, 40, 3), np.uint8)
        return Image.fromarray(pixels)

    subject = Subject(spec, sources(spec.variant)[-1], Photo("noise", "Noise", noise(0)))
    of_subject = (ShutLayer if shut else LayerOfSubject)(subject, layer)
    names = tuple(Picture(f"noise {number}") for number in range(count))
    noises = Collection(("noise", count), "noises", names, noise)
    collection = noises if count else sample_collection()
    show_on_photo(of_subject, channel)
    show_exciting(Search(of_subject, collection, even_sample(collection, most)), channel)


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    results.clear()
    yield
    results.clear()


def opened(*args):
    return open_function(page, *args)


def searched(app):
    """The page after its search is done."""
    app.button(key="start_exciting").click().run()
    deadline = time.monotonic() + 30
    while any(not work.is_finished for work in list(slow_work._works.values())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    app.run()
    assert not app.exception
    return app


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def captions(app):
    return " ".join(caption.value for caption in app.caption)


def test_the_photo_shows_the_field_of_the_strongest_unit():
    app = opened(4)
    assert len(app.get("image")) == 2
    assert "Map 4 is largest, " in captions(app)
    assert "of 16 x 16; that unit sees 17 x 17 px of the photo." in captions(app)


def test_a_map_that_is_the_same_everywhere_has_no_patch():
    app = opened(4, "stages.1.0.relu1", True)
    assert app.info[0].value == "Nothing in this photo activates channel 4: it is 0 everywhere."
    assert not app.get("image")


def test_the_sample_photos_are_searched_on_demand():
    app = opened(4)
    assert app.button(key="start_exciting").label == "Search all 11 images of “sample photos”"
    assert not html(app)
    searched(app)
    assert html(app).count("<img") == 9
    assert "Searched: all 11 images of “sample photos”." in captions(app)
    assert "Chelsea the cat" in html(app) or "Dahlia" in html(app)


def test_another_map_needs_no_new_search():
    searched(opened(4))
    app = opened(5)
    assert html(app).count("<img") == 9
    assert not app.button


def test_damaged_pictures_are_told():
    app = searched(opened(5, "stages.1.0.conv1", False, 12))
    assert html(app).count("<img") == 9
    assert "Searched: all 12 images of “noises”." in captions(app)
    assert "1 could not be opened." in captions(app)
    assert "noise 1 was skipped: The image is damaged." in captions(app)
    values = [float(v) for v in re.findall(r"alt=\"Top activation of channel 5: (\S+)", html(app))]
    assert values == sorted(values, reverse=True)


def test_of_a_large_collection_a_sample_is_searched():
    app = opened(4, "stages.1.0.relu1", False, 40, 10)
    assert app.button(key="start_exciting").label == "Search 10 of 40 images of “noises”"
    searched(app)
    assert "Searched: 10 (drawn at random) of the 40 images of “noises”." in captions(app)


def test_an_operation_is_read_where_its_reader_reads_it():
    app = searched(opened(4, "stages.1.0.addition"))
    assert html(app).count("<img") > 0
    assert "21 x 21 px" in captions(app)
