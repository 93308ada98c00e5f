"""How many images something was trained on, and which chose its weights, is said beside it."""

import json

import pytest

from cnnviz.runs.arms import Budget, trained_arms
from cnnviz.training.bundled import bundled
from cnnviz.training.checkpoints import BEST, checkpoint_facts, train_images
from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment
from cnnviz.training.experiments.recorded import recorded
from cnnviz.ui.experiments.results import recorded_results
from cnnviz.ui.experiments.view import recorded_sentence
from cnnviz.ui.photo.trained import bundled_text, bundled_title

RECORDED = [each.name for each in EXPERIMENTS if recorded(each.name)]


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_experiments_tell_their_images(name):
    """A student reads a recorded curve: it says that 10,000 of 50,000 images were used."""
    results = recorded(name)
    command = results.command.split()
    given = [each for each in command if each.startswith("train_images=")]
    whole = 60_000 if "fashion_mnist" in command else 50_000
    assert results.train_images == (int(given[0].partition("=")[2]) if given else whole)
    images = f"{results.train_images:,} images"
    assert images in recorded_sentence(results, "test error")
    assert images in recorded_results(experiment(name), results).here


@pytest.mark.parametrize("chosen", bundled(), ids=lambda each: each.name)
def test_menus_of_bundled_networks_tell_their_images(chosen):
    """A student chooses weights from a menu: it says how many images they have seen."""
    steps = chosen.record["curves"][-1]["step"] / chosen.record["curves"][-1]["epoch"]
    images = chosen.record["train_images"]
    assert any(steps == pytest.approx(images // batch, rel=0.01) for batch in (16, 64, 128))
    assert f"{images:,} images, " in bundled_title(chosen)
    assert f"{images:,} images, " in bundled_text(chosen)


def test_bundled_networks_say_what_chose_their_weights():
    """A student quotes a bundled network's test error: the text says what chose its weights."""
    text = bundled_text(bundled()[0])
    assert "10,000 test images, on which its best weights were chosen too." in text


def test_a_new_run_and_a_new_record_keep_their_number_of_images(tmp_path):
    """A teacher records an experiment anew on 500 images: run and record know it."""
    budget = Budget("digits", {"epochs": "1", "seconds": "0", "train_images": "500"})
    results = trained_arms(experiment("survival"), budget, tmp_path, "cpu")
    assert results.train_images == 500
    assert train_images(checkpoint_facts(tmp_path / "0-0", BEST)) == 500
    assert json.loads(json.dumps(results.to_json()))["train_images"] == 500
