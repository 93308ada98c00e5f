"""The menu of weights on a page: links to runs, runs that are gone, downloads."""

import shutil
import threading
import time

import pytest
from safetensors.torch import save_file

from cnnviz.architectures import build
from cnnviz.runs.store import Store
from cnnviz.training.bundled import bundled, bundled_network
from cnnviz.ui.photo import trained as run_weights
from cnnviz.ui.photo.trained import offered
from cnnviz.weights.state_dict import WeightsError
from tests.apps import SECONDS, checked, open_function

pytestmark = pytest.mark.usefixtures("weights")
LENET = "lenet5_full,num_classes=3"
RESNET = "resnet32_cifar,width=32,num_classes=3,in_channels=1"


def page():
    import streamlit as st

    from cnnviz.ui.parts.page import open_page
    from cnnviz.ui.photo.weights import choose_trained

    open_page("Test")
    chosen = choose_trained()
    if chosen:
        st.markdown(chosen.name)


@pytest.fixture
def opened(monkeypatch):
    def open_with(owner="nobody", **query):
        monkeypatch.setattr("cnnviz.ui.photo.weights.visitor", lambda: owner)
        return open_function(page, **query)

    return open_with


def menu(app):
    (select,) = [each for each in app.selectbox if each.label == "Weights"]
    return select


def test_a_bundled_network_says_its_error_and_its_data(opened):
    choice = offered("resnet20_cifar", [])[0]
    shipped = bundled_network("resnet20_cifar")
    error = f"{100 * (1 - shipped.test_accuracy):.1f} % test error"
    assert choice.weights.title == f"bundled: ResNet-20 on CIFAR-10, 50,000 images, {error}"
    assert f"**{error}** on 10,000 test images" in choice.about
    assert "The paper's full training: 8.75 %" in choice.about
    assert "compressed as JPEG" in choice.about
    assert not choice.is_run


def test_without_files_and_runs_it_opens_on_a_bundled_network(opened):
    assert opened().markdown[0].value == bundled()[0].name


def test_a_link_opens_the_run_and_its_variant(opened, keep_run):
    run, _ = keep_run(RESNET), keep_run(LENET)
    app = opened(run=run.id)
    assert app.selectbox(key="variant").value == "resnet32_cifar"
    assert app.selectbox(key="architecture").value == "resnet"
    assert app.markdown[0].value == run.id
    assert app.query_params["run"] == run.id


def test_a_choice_is_in_the_address_until_another_is_made(opened, weights, keep_run):
    save_file(build("lenet5_full").state_dict(), weights / "lenet5_full.safetensors")
    run = keep_run(LENET)
    app = opened(architecture="lenet", variant="lenet5_full")
    assert app.markdown[0].value == "lenet5_full.safetensors"
    assert "run" not in app.query_params
    menu(app).select(run.id).run()
    assert app.markdown[0].value == run.id
    assert app.query_params["run"] == run.id
    menu(app).select("random").run()
    assert app.markdown[0].value == "random"
    assert "run" not in app.query_params


def test_other_weights_than_the_first_are_in_the_address(opened):
    app = opened(architecture="lenet", variant="lenet5")
    assert app.markdown[0].value == "lenet5_mnist"
    assert "weights" not in app.query_params
    for name in ("lenet5_fashion_mnist", "random"):
        menu(app).select(name).run()
        assert app.query_params["weights"] == name
    menu(app).select("lenet5_mnist").run()
    assert "weights" not in app.query_params


def test_a_link_opens_other_weights_than_the_first(opened):
    app = opened(architecture="lenet", variant="lenet5", weights="lenet5_fashion_mnist")
    assert app.markdown[0].value == "lenet5_fashion_mnist"
    assert app.query_params["weights"] == "lenet5_fashion_mnist"


def test_back_returns_to_the_weights_before(opened):
    app = opened(architecture="lenet", variant="lenet5")
    menu(app).select("random").run()
    del app.query_params["weights"]
    app.run()
    assert app.markdown[0].value == "lenet5_mnist"
    app.query_params["weights"] = "random"
    app.run()
    assert app.markdown[0].value == "random"


def test_another_variant_opens_on_its_first_weights(opened):
    app = opened(architecture="lenet", variant="lenet5", weights="random")
    app.selectbox(key="variant").select("lenet5_full").run()
    assert app.markdown[0].value == "random"  # the first: there are no others
    assert "weights" not in app.query_params
    app.selectbox(key="variant").select("lenet5").run()
    assert app.markdown[0].value == "lenet5_mnist"
    assert "weights" not in app.query_params


@pytest.mark.parametrize("name", ["nothing", "../../etc", "resnet20_cifar"])
def test_weights_that_are_not_of_the_variant_are_not_followed(opened, name):
    app = opened(architecture="lenet", variant="lenet5", weights=name)
    assert app.markdown[0].value == "lenet5_mnist"
    assert "weights" not in app.query_params


def test_another_variant_takes_the_run_out_of_the_address(opened, keep_run):
    run = keep_run(RESNET)
    app = opened(run=run.id)
    app.selectbox(key="variant").select("resnet44_cifar").run()
    assert app.markdown[0].value == "random"
    assert "run" not in app.query_params
    app.selectbox(key="variant").select("resnet32_cifar").run()
    assert app.markdown[0].value == run.id


def test_without_files_it_opens_on_the_visitors_run(opened, keep_run):
    mine, _ = keep_run(LENET, owner="me"), keep_run(RESNET)
    assert opened("me").markdown[0].value == mine.id


def test_a_choice_stays_while_others_train(opened, keep_run):
    run = keep_run(LENET)
    app = opened(run=run.id)
    run_weights._latest.clear()
    newer = keep_run(LENET)
    app.run()
    assert app.markdown[0].value == run.id
    assert len(menu(app).options) == 3
    menu(app).select(newer.id).run()
    assert app.query_params["run"] == newer.id


def test_a_run_that_is_gone_is_one_sentence(opened, keep_run):
    app = opened(run="nobody")
    (warning,) = app.warning
    assert warning.value.startswith("The run “nobody” is not here: it was deleted")
    assert "run" not in app.query_params
    assert app.selectbox(key="variant").value == bundled()[0].spec.variant
    run = keep_run(LENET, owner="me")
    app = opened(run=run.id)
    Store().delete(run.id, "me")
    shutil.rmtree(run.folder, ignore_errors=True)
    app.run()
    assert [each.value for each in app.warning] == [
        f"The run “{run.id}” is not here: it was deleted, or its address is mistyped; choose other "
        "weights."
    ]
    assert app.markdown[0].value == "random"
    assert not app.run().warning


def test_an_address_is_no_path(opened, write_run, runs_folder):
    write_run(runs_folder / "not_in_the_store")
    app = opened(run="../runs/not_in_the_store")
    assert "is not here" in app.warning[0].value


def test_an_address_that_names_two_networks_says_so(opened, keep_run):
    run = keep_run(RESNET)
    app = opened(run=run.id, architecture="lenet", variant="lenet5_full")
    assert "The address names two networks" in app.warning[0].value
    assert app.selectbox(key="variant").value == "lenet5_full"


def test_without_a_store_files_are_still_offered(opened, weights, monkeypatch):
    save_file(build("lenet5_full").state_dict(), weights / "lenet5_full.safetensors")
    monkeypatch.setenv("CNNVIZ_DATABASE", "sqlite:////proc/no/such/runs.sqlite")
    app = opened()
    assert app.warning[0].value.startswith("Runs cannot be offered.")
    assert app.markdown[0].value == "lenet5_full.safetensors"


def awaited(app):
    """The page once nothing is being downloaded any more."""
    deadline = time.monotonic() + SECONDS
    while app.get("progress"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        checked(app)
    return app


def test_a_download_shows_its_progress_and_then_the_weights(opened, weights, monkeypatch):
    received, go_on = threading.Event(), threading.Event()

    def fetch(variant, progress):
        progress(1, 4)
        received.set()
        assert go_on.wait(SECONDS)
        progress(4, 4)
        save_file(build(variant).state_dict(), weights / f"{variant}.safetensors")

    monkeypatch.setattr("cnnviz.ui.photo.weights.fetch", fetch)
    app = opened(architecture="squeezenet", variant="squeezenet1_1", weights="download")
    (button,) = [each for each in app.button if each.label.startswith("Download ")]
    assert button.label == "Download 5.0 MB"
    button.click()
    checked(app)
    assert received.wait(SECONDS)
    assert checked(app).get("progress")[0].proto.value == 25
    go_on.set()
    assert awaited(app).markdown[0].value == "squeezenet1_1.safetensors"


def test_a_failed_download_is_one_sentence_and_may_be_tried_again(opened, monkeypatch):
    def fetch(variant, progress):
        raise WeightsError("The file could not be fetched because nobody answers.")

    monkeypatch.setattr("cnnviz.ui.photo.weights.fetch", fetch)
    app = opened(architecture="squeezenet", variant="squeezenet1_1", weights="download")
    app.button(key="start_download").click().run()
    (error,) = awaited(app).error
    assert error.value == "The file could not be fetched because nobody answers."
    assert app.button(key="start_download").label == "Download 5.0 MB"
