"""The arms of an experiment, run: kept in folders, made once, recorded."""

import io
import itertools
import tarfile

import pytest
from PIL import Image

from cnnviz.architectures.written import read
from cnnviz.runs.arms import Budget, trained_arms
from cnnviz.runs.folder import read_record
from cnnviz.training.experiments.declaration import Arm, Experiment

EXAMPLE = Experiment(
    "example",
    "Example",
    "One learns.",
    "Nobody",
    "Everything.",
    "1 epoch",
    (
        Arm("calm", "lenet5_full", {"learning_rate": "0.001"}),
        Arm("wild", "lenet5_full", {"learning_rate": "2.0", "optimiser": "momentum"}),
    ),
    "test error",
    (("calm", "wild"),),
    1,
    "short",
)
BUDGET = Budget("digits", {"epochs": "1", "train_images": "500"}, 2)


def test_every_arm_has_a_run_for_each_seed_and_is_trained_once(tmp_path):
    said = []
    trained = trained_arms(EXAMPLE, BUDGET, tmp_path, "cpu", lambda *told: said.append(told[1:]))
    assert said == [(seed, tmp_path / f"{arm}-{seed}") for seed in (0, 1) for arm in (0, 1)]
    assert [run.seed for run in trained.arms["calm"]] == [0, 1]
    assert trained.values["calm"][0] != trained.values["calm"][1]
    last = trained.arms["calm"][0].curve[-1]
    assert trained.values["calm"][0] == 1 - last.test_accuracy
    assert (trained.data, trained.seeds, trained.epochs) == ("digits", 2, 1)
    assert trained.command == (
        "python -m cnnviz experiment example --data digits --option epochs=1 "
        "--option train_images=500 --seeds 2"
    )
    before = (tmp_path / "0-0" / "measurements.jsonl").read_text()
    again = trained_arms(EXAMPLE, BUDGET, tmp_path, "cpu")
    assert again.arms == trained.arms
    assert (tmp_path / "0-0" / "measurements.jsonl").read_text() == before


def test_the_record_names_the_network_with_the_classes_of_the_data(tmp_path):
    """How many there are in a tar, only loading tells: the plan has another number."""
    with tarfile.open(tmp_path / "three.tar", "w") as archive:
        for name, colour in itertools.product(("red", "green", "blue"), range(0, 200, 20)):
            file = io.BytesIO()
            Image.new("L", (28, 28), colour).save(file, "PNG")
            member = tarfile.TarInfo(f"{name}/{colour}.png")
            member.size = file.tell()
            file.seek(0)
            archive.addfile(member, file)
    budget = Budget(str(tmp_path / "three.tar"), {"epochs": "1"})
    trained = trained_arms(EXAMPLE, budget, tmp_path / "runs", "cpu")
    network = read(trained.arms["calm"][0].network).spec
    assert (network.variant, network.num_classes) == ("lenet5_full", 3)


def test_a_run_that_diverges_is_kept_with_its_message(tmp_path):
    trained = trained_arms(EXAMPLE, BUDGET._replace(seeds=1), tmp_path, "cpu")
    (wild,) = trained.arms["wild"]
    if not wild.message:
        pytest.fail("a learning rate of 2 with momentum must diverge")
    assert wild.value is None and "learning rate" in wild.message
    assert read_record(tmp_path / "1-0")["state"] == "failed"
