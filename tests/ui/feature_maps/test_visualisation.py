"""Feature visualisation on screen: what it offers, shows and says."""

import time

import pytest

from cnnviz.ui.feature_maps import visualisation as visualisation_view
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work import work as slow_work
from tests.apps import open_function


def page(layer, channel=3, input_index=None):
    from PIL import Image

    from cnnviz.architectures import specify
    from cnnviz.ui.feature_maps.visualisation import show_visualisation
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.vision.capture import Place
    from cnnviz.weights.sources import sources

    spec = specify("resnet20_cifar")
    weights = sources(spec.variant)[-1]
    photo = Photo("black", "Black", Image.new("RGB", (32, 32)))
    show_visualisation(Subject(spec, weights, photo), Place(layer, input_index), channel)


@pytest.fixture(autouse=True)
def few_steps(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    monkeypatch.setattr(visualisation_view, "STEPS", (4, 128))
    results.clear()
    yield
    results.clear()


def opened(*args, **query):
    return open_function(page, *args, **{"steps": "4", **query})


def finished(app):
    deadline = time.monotonic() + 30
    while any(not work.is_finished for work in list(slow_work._works.values())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    app.run()
    assert not app.exception
    return app


def picture(app):
    (image,) = app.get("image")
    return image.proto.imgs[0].url


def test_it_is_made_on_demand_and_says_how():
    app = opened("stages.1.0.relu1")
    assert app.button(key="start_visualisation").label == "Make an image for map 3"
    assert not app.get("image")
    app.button(key="start_visualisation").click().run()
    finished(app)
    assert picture(app)
    said = app.caption[-1].value
    assert "map 3 of stages.1.0.relu1 is large" in said
    assert "in 4 steps" in said
    assert "Olah et al. 2017" in said
    assert "RANDOM weights: this network is untrained" in said


def test_an_operation_is_named_by_what_reads_it():
    app = opened("stages.1.0.relu2", 3, 0)
    app.button(key="start_visualisation").click().run()
    assert "map 3 of what stages.1.0.relu2 reads is large" in finished(app).caption[-1].value


def test_steps_and_seed_are_in_the_address_and_bad_ones_fall_back():
    app = opened("stem.conv", steps="128", seed="7")
    assert app.segmented_control(key="steps").value == 128
    assert app.number_input(key="seed").value == 7
    app = opened("stem.conv", steps="77", seed="-4")
    assert app.segmented_control(key="steps").value == 128
    assert app.number_input(key="seed").value == 0


def test_draw_again_takes_the_next_seed_and_the_first_picture_comes_back():
    app = opened("stages.1.0.relu1")
    assert "draw_again" not in {button.key for button in app.button}
    app.button(key="start_visualisation").click().run()
    first = picture(finished(app))
    app.button(key="draw_again").click().run()
    second = picture(finished(app))
    assert app.number_input(key="seed").value == 1
    assert first != second
    app.number_input(key="seed").set_value(0).run()
    assert picture(app) == first


def test_it_can_be_stopped_while_previews_are_shown(monkeypatch):
    began = []

    def slow(network, place, channel, steps, seed, progress, show):
        import numpy as np

        show(np.zeros((32, 32, 3), np.uint8))
        began.append(True)
        for step in range(2000):
            time.sleep(0.01)
            progress(step / 2000)

    monkeypatch.setattr(visualisation_view, "visualisation", slow)
    app = opened("stages.1.0.relu1")
    app.button(key="start_visualisation").click().run()
    while not began:
        time.sleep(0.02)
    app.run()
    assert picture(app)
    app.button(key="stop_visualisation").click().run()
    finished(app)
    assert not app.get("image")
    assert app.button(key="start_visualisation").label == "Make an image for map 3"
    assert not app.error


def test_a_failure_is_one_sentence():
    app = opened("stem.conv", 16)
    app.button(key="start_visualisation").click().run()
    assert "channel must be a map of stem.conv" in finished(app).error[0].value
