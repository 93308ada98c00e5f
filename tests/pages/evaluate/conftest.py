"""What the tests of Evaluate share: two real runs of a moment, and what the page says."""

import shutil
from functools import partial

import pytest
import torch

from cnnviz.architectures.written import read
from cnnviz.runs.importing import import_folder
from cnnviz.runs.recording import recorded
from cnnviz.runs.results import evaluation_of
from cnnviz.runs.store import Store
from cnnviz.training.checkpoints import trained_network
from cnnviz.training.datasets import load
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from tests.apps import open_in_app

NETWORK = "lenet5_full,num_classes=10,in_channels=1"


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folders of two runs on the digits: one of four epochs, one of two, both evaluated."""
    folders = []
    for epochs in (4, 2):
        folder = tmp_path_factory.mktemp("trained") / f"epochs{epochs}"
        plan = Plan(read(NETWORK), "digits", TrainingOptions(epochs=epochs, train_images=500))
        for _ in recorded(plan, folder, device="cpu"):
            pass
        evaluation_of(folder, "cpu")
        folders.append(folder)
    return folders


def kept(folder):
    """A run of a folder in the store of this test, with its evaluation beside its checkpoint."""
    run = import_folder(Store(), folder).run
    shutil.copy(folder / "predictions.npz", run.folder)
    return run


@pytest.fixture
def run(trained):
    """The longer run, alone in the store."""
    return kept(trained[0])


@pytest.fixture
def pair(trained):
    """Both runs."""
    return [kept(folder) for folder in trained]


@pytest.fixture(scope="session")
def expected(trained):
    """Labels and logits of each run's test pictures, computed without the code under test."""
    test = load("digits", 32, 1, 0).test
    pixels = test.images.permute(0, 3, 1, 2).float() / 255
    outputs = []
    for folder in trained:
        network = trained_network(folder)
        seen = network.spec.trained_on
        with torch.inference_mode():
            logits = network((pixels - seen.mean[0]) / seen.std[0])
        outputs.append((test.labels.numpy(), logits.double()))
    return outputs


@pytest.fixture
def open_evaluate():
    """Opens the page inside the program, where links to other pages can be followed."""
    return partial(open_in_app, "evaluate")


@pytest.fixture
def said():
    """Gives all that a page says."""

    def words(app):
        written = (*app.title, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success)
        return " ".join(each.value for each in written)

    return words


@pytest.fixture
def metrics():
    """Gives a page's tiles by their labels."""
    return lambda app: {metric.label: metric.value for metric in app.metric}


@pytest.fixture
def drawn():
    """Gives the tiles of images on a page."""
    return lambda app: [e.proto.body for e in app.get("html") if 'class="tiles"' in e.proto.body]
