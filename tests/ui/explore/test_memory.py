import pytest

from cnnviz.analysis.memory import Footprint
from cnnviz.ui.explore.memory import _verdict
from tests.apps import open_function


def page():
    from cnnviz.analysis.graph import network_graph
    from cnnviz.architectures import specify
    from cnnviz.ui.explore.memory import show_memory

    spec = specify("vgg16")
    show_memory(network_graph(spec, 224), spec)


def shown(**query):
    return open_function(page, **query)


def test_it_says_what_fits_and_that_it_is_computed():
    app = shown()
    html = app.get("html")[0].proto.body
    assert html.count("✓ fits") == 3
    assert "Training with Adam" in html
    assert "parameters: 553 MB" in html
    assert "Computed, not measured" in app.caption[0].value
    assert "90% of the card's memory (14.4 GB)" in app.caption[0].value


def test_the_url_chooses_batch_and_card():
    app = shown(memory_batch="256", gpu="Laptop 6 GB")
    assert (app.select_slider[0].value, app.selectbox[0].value) == (256, "Laptop 6 GB")
    html = app.get("html")[0].proto.body
    assert "✗ does not fit; the largest batch has" in html
    assert "(5.4 GB)" in app.caption[0].value


@pytest.mark.parametrize("query", [{"memory_batch": "3"}, {"gpu": "Abacus"}])
def test_a_wrong_link_falls_back(query):
    app = shown(**query)
    assert (app.select_slider[0].value, app.selectbox[0].value) == (32, "T4 16 GB")


@pytest.mark.parametrize(
    ("batch", "optimiser", "verdict"),
    [
        (8, None, "✓ fits; the largest batch has 2,600 images"),
        (1, "SGD", "✓ fits; the largest batch has 1 image"),
        (2, "SGD", "✗ does not fit; the largest batch has 1 image"),
        (1, "Adam", "✗ does not fit, not even one image"),
    ],
)
def test_verdicts(batch, optimiser, verdict):
    """3.6 GB of the laptop's 4 GB can be had."""
    needs = Footprint(1_000_000_000, 0, living=1_000_000, kept=900_000_000, kept_once=0)
    memory = needs.memory(batch, optimiser)
    assert _verdict(memory, needs, "Laptop 4 GB", optimiser) == verdict
