import json

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment

NAMES = [each.name for each in EXPERIMENTS]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of two classes of noise, 12 pictures each."""
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for label in ("dark", "light"):
        (folder / label).mkdir()
        for number in range(12):
            pixels = rng.integers(0, 120, (32, 32, 3)) + 120 * (label == "light")
            Image.fromarray(pixels.astype(np.uint8)).save(folder / label / f"{number}.png")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_runs_end_to_end(name, run, pictures, tmp_path):
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    budget = ("--epochs", "1", "--option", "batch_size=8", "--folder", tmp_path)
    code, out, err = run("experiment", name, "--data", pictures, *budget, "--json")
    torch.set_num_threads(before)
    assert code == 0, err
    result = json.loads(out)
    assert [arm["title"] for arm in result["arms"]] == [a.title for a in experiment(name).arms]
    steps = {arm["runs"][0]["steps"] for arm in result["arms"] if not arm["runs"][0]["message"]}
    assert len(steps) == 1
    assert result["verdict"][0].startswith("Too short to support the claim")


def test_without_a_name_experiments_are_listed(run):
    code, out, _ = run("experiment", "--json")
    assert code == 0
    assert [each["name"] for each in json.loads(out)] == NAMES


def test_bad_input_is_one_sentence(refused):
    assert "known are degradation" in refused("experiment", "nothing")
    assert refused("experiment", "degradation", "--seeds", "9").startswith("seeds must be")
