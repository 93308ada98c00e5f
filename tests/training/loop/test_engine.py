import itertools
import math
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch

from cnnviz.training.checkpoints import trained_network
from cnnviz.training.loop.engine import train
from cnnviz.training.loop.memory import largest_batch
from cnnviz.training.loop.step import Step
from cnnviz.training.measurement import Measurement, Steering, TrainingError
from cnnviz.training.options import TrainingOptions
from tests.edge_cases import edge_cases

ROOT = Path(__file__).parents[3]
SHORT = TrainingOptions(epochs=2, batch_size=16)
# What depends on how fast the machine is.
TIMES = {"seconds": 0.0, "images_per_second": None, "memory": None}


def curve(measurements):
    return [replace(each, **TIMES) for each in measurements]


@pytest.fixture
def curve_of(small_data, network_for):
    """The whole curve of a run, without what depends on speed."""

    def make(options, name="lenet5_full", folder=None, data=None, **settings):
        data = data or small_data()
        return curve(train(network_for(name, data, **settings), data, options, folder=folder))

    return make


def test_a_network_learns(curve_of):
    points = curve_of(TrainingOptions(epochs=8, batch_size=16))
    tests = [each for each in points if each.test_accuracy is not None]
    assert [each.epoch for each in tests] == list(range(1, 9))
    assert tests[-1].test_accuracy == 1
    assert tests[-1].test_loss < tests[0].test_loss
    losses = [each.train_loss for each in points if each.train_loss is not None]
    assert losses[-1] < losses[0] / 2


def test_tests_are_made_as_often_as_asked_and_at_the_end(curve_of):
    points = curve_of(TrainingOptions(epochs=5, batch_size=16, test_every=2))
    assert [each.epoch for each in points if each.test_accuracy is not None] == [2, 4, 5]


def test_the_first_loss_is_that_of_the_network_as_it_was_drawn(small_data, network_for):
    data = small_data()
    network = network_for("lenet5_full", data)
    rng = torch.Generator().manual_seed(0)
    first = torch.randperm(len(data.train), generator=rng)[:16]
    pixels = data.train.images[first].permute(0, 3, 1, 2) / 255
    expected = torch.nn.functional.cross_entropy(
        network.train()((pixels - 0.3) / 0.25), data.train.labels[first]
    )
    first = next(iter(train(network, data, replace(SHORT, precision="float32"))))
    assert first.step == 1
    assert first.train_loss == pytest.approx(expected.item(), rel=1e-4)


def test_every_step_of_a_short_run_is_a_point_of_its_curve(curve_of):
    points = curve_of(SHORT)
    steps = [each.step for each in points if each.train_loss is not None]
    assert steps == list(range(1, 2 * 64 // 16 + 1))
    assert all(each.learning_rate > 0 for each in points if each.train_loss is not None)


@pytest.mark.parametrize("name", ["lenet5_full", "resnet20_cifar", "dsn_cifar"])
def test_the_same_seed_gives_the_same_curve(curve_of, small_data, name):
    data = small_data(channels=3, count=32)
    options = TrainingOptions(epochs=1, batch_size=16, crop=2, flip=True, noise=0.05)
    small = {"width": 0.25} if name == "dsn_cifar" else {}
    first = curve_of(options, name, data=data, **small)
    assert curve_of(options, name, data=data, **small) == first
    assert curve_of(replace(options, seed=1), name, data=data, **small) != first


RESUMED = {
    "nesterov": {"optimiser": "nesterov", "learning_rate": 0.02},
    "adamw": {},
    "rmsprop": {"optimiser": "rmsprop", "learning_rate": 0.0005},
    "averaged": {"averaging": 0.9, "schedule": "step"},
    "augmented": {"crop": 4, "flip": True, "noise": 0.05, "erasing": 0.5, "jitter": 0.2},
    "plateau": {"schedule": "plateau", "epochs": 3},
}


@pytest.mark.parametrize("case", RESUMED)
@pytest.mark.parametrize("told", [1, 3, 5, 6])
def test_a_run_that_was_closed_goes_on_as_if_nothing_had_happened(
    small_data, network_for, tmp_path, case, told
):
    options = replace(TrainingOptions(epochs=2, batch_size=16), **RESUMED[case])
    data = small_data()
    network = network_for("lenet5_full", data)
    whole = curve(train(network, data, options))
    begun = train(network_for("lenet5_full", data), data, options, folder=tmp_path)
    first = list(islice(begun, told))
    begun.close()
    rest = train(network_for("lenet5_full", data, seed=5), data, options, folder=tmp_path)
    assert curve(first) + curve(rest) == whole


def test_a_stopped_run_goes_on_with_dropout_where_it_was(
    small_data, network_for, tmp_path, monkeypatch
):
    monkeypatch.setattr("cnnviz.training.loop.engine.FLUSH", -1)  # every step is told at once
    data = small_data(channels=3)
    options = TrainingOptions(epochs=2, batch_size=16)
    whole = curve(train(network_for("nin_cifar", data, width=0.25), data, options))
    steering, first, network = Steering(), [], network_for("nin_cifar", data, width=0.25)
    for measurement in train(network, data, options, folder=tmp_path, steering=steering):
        first.append(measurement)
        steering.stop = measurement.step >= 3
    assert first[-1].step < 8
    rest = train(network_for("nin_cifar", data, width=0.25), data, options, folder=tmp_path)
    assert curve(first) + curve(rest) == whole


def test_a_finished_run_has_nothing_left_to_do(small_data, network_for, tmp_path):
    data = small_data()
    list(train(network_for("lenet5_full", data), data, SHORT, folder=tmp_path))
    again = train(network_for("lenet5_full", data), data, SHORT, folder=tmp_path)
    assert list(again) == []


def test_the_best_weights_are_saved_and_predict_as_they_did(small_data, network_for, tmp_path):
    data = small_data()
    options = TrainingOptions(epochs=6, batch_size=16)
    points = list(train(network_for("lenet5_full", data), data, options, folder=tmp_path))
    best = max(each.test_accuracy for each in points if each.test_accuracy is not None)
    network = trained_network(tmp_path)
    seen = network.spec.trained_on
    assert seen.classes == data.classes
    assert seen.resolution == 32
    pixels = data.test.images.permute(0, 3, 1, 2) / 255
    answers = network((pixels - seen.mean[0]) / seen.std[0]).argmax(dim=1)
    assert float((answers == data.test.labels).float().mean()) == pytest.approx(best)


def test_the_learning_rate_can_be_changed_while_it_runs(small_data, network_for, monkeypatch):
    monkeypatch.setattr("cnnviz.training.loop.engine.FLUSH", -1)
    data, steering = small_data(), Steering()
    options = TrainingOptions(epochs=2, batch_size=16, schedule="constant", warm_up=0.0)
    rates = []
    for each in train(network_for("lenet5_full", data), data, options, steering=steering):
        rates.append(each.learning_rate)
        steering.learning_rate_scale = 0.5
    rates = [rate for rate in rates if rate is not None]
    assert rates[0] == pytest.approx(0.002)
    assert rates[-1] == pytest.approx(0.001)


def test_a_run_by_time_ends_after_it(small_data, network_for, monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr("time.perf_counter", lambda: next(clock) / 100)
    data = small_data()
    options = TrainingOptions(epochs=0, seconds=1, batch_size=16)
    points = list(train(network_for("lenet5_full", data), data, options))
    seconds = [each.seconds for each in points]
    assert seconds == sorted(seconds)
    assert 0.9 <= seconds[-1] < 2
    assert points[-1].test_accuracy is not None
    assert points[-1].step > 4


def test_a_diverging_run_says_what_to_change(small_data, network_for, tmp_path):
    data = small_data()
    options = TrainingOptions(optimiser="sgd", learning_rate=2.0, warm_up=0.0, batch_size=16)
    run = train(network_for("lenet5_full", data), data, options, folder=tmp_path)
    with pytest.raises(TrainingError, match=r"diverged at step \d+.*smaller learning rate than 2"):
        list(run)


def test_the_error_for_too_large_a_batch_names_the_largest_that_fits(
    small_data, network_for, monkeypatch
):
    whole = Step.run

    def limited(step):
        if len(step.positions) > 16:
            raise torch.OutOfMemoryError("CUDA out of memory")
        whole(step)

    monkeypatch.setattr(Step, "run", limited)
    data = small_data()
    run = train(network_for("lenet5_full", data), data, TrainingOptions(batch_size=64))
    with pytest.raises(TrainingError, match=r"batch of 64 images .* choose a batch size of 16\."):
        list(run)


def test_the_largest_batch_size_that_fits_or_none():
    assert largest_batch(64, lambda size: size <= 8) == 8
    assert largest_batch(64, lambda size: False) is None


def test_a_network_that_does_not_fit_its_data_is_refused(small_data, network_for):
    data = small_data()
    network = network_for("lenet5_full", small_data(classes=2))
    with pytest.raises(ValueError, match="must have 4 classes and 1 channels"):
        next(iter(train(network, data, SHORT)))


def _edge_case(options):
    """One case; a compiler is slow by nature (test_step compiles a network once)."""
    name = "-".join(options.to_text().values())
    return pytest.param(options, id=name, marks=[pytest.mark.slow] if options.compiled else [])


@pytest.mark.parametrize("options", map(_edge_case, edge_cases(TrainingOptions)))
def test_every_option_trains_at_both_ends(small_data, network_for, options):
    data = small_data(channels=3, count=16)
    is_convolutional = options.dropout != "network" or options.progressive_resizing
    name = "nin_cifar" if is_convolutional else "lenet5_full"
    run = train(network_for(name, data), data, options)
    try:
        first = next(iter(run))
    except TrainingError as error:
        assert "diverged" in str(error)
        return
    finally:
        run.close()
    assert isinstance(first, Measurement)
    assert math.isfinite(first.train_loss)


def test_a_network_without_dropout_layers_says_that_it_has_none(small_data, network_for):
    data = small_data()
    run = train(network_for("lenet5_full", data), data, TrainingOptions(dropout="0.5"))
    with pytest.raises(ValueError, match="dropout must be 'network' or '0'"):
        next(iter(run))


def test_auxiliary_heads_are_trained(small_data, network_for):
    data = small_data(channels=3, count=16)
    network = network_for("dsn_cifar", data)
    before = {k: v.clone() for k, v in network.auxiliary.state_dict().items()}
    next(iter(train(network, data, TrainingOptions(batch_size=16, warm_up=0.0))))
    after = network.auxiliary.state_dict()
    assert any(not torch.equal(before[name], after[name]) for name in before)


def test_what_happens_inside_is_measured_by_part(curve_of, small_data):
    points = curve_of(SHORT, "resnet20_cifar", data=small_data(channels=3))
    inside = next(each for each in points if each.gradient_norm)
    parts = ["stem", "stage 1", "stage 2", "stage 3", "head"]
    assert list(inside.gradient_norm) == list(inside.update_ratio) == parts
    assert all(value > 0 for value in inside.gradient_norm.values())
    tested = next(each for each in points if each.test_loss is not None)
    assert all(0 <= share <= 1 for share in tested.dead_relus.values())
    assert list(tested.dead_relus) == parts[:-1]
    assert not tested.gates


def test_each_layers_gradient_is_measured_at_the_first_step_and_every_epoch(curve_of, small_data):
    data = small_data(channels=3)
    points = curve_of(SHORT, "resnet20_cifar", data=data)
    layers = [each for each in points if each.layer_gradients]
    ends = sorted({each.step for each in points if each.test_loss is not None})
    assert [each.step for each in layers] == sorted({1, *ends})
    for each in layers:
        assert len(each.layer_gradients) == 20
        assert all(value == float(f"{value:.4g}") > 0 for value in each.layer_gradients.values())
        assert Measurement.from_json(each.to_json()) == each
    # The parts' norms hold the same gradients and those of biases and batch normalisation.
    first = layers[0]
    assert first.layer_gradients["stem.conv"] <= first.gradient_norm["stem"] * 1.001


def test_gates_are_measured_where_there_are_any(curve_of, small_data):
    points = curve_of(SHORT, "highway19_cifar", data=small_data(channels=3, count=16))
    gates = next(each.gates for each in points if each.gates)
    assert all(0 < value < 1 for value in gates.values())


def test_the_engine_needs_torch_and_torchvision_alone():
    blocked = (
        "import sys\n"
        "for name in ('streamlit', 'pandas', 'sklearn', 'sqlalchemy', 'plotly', 'pillow_heif', "
        "'scipy', 'matplotlib'): sys.modules[name] = None\n"
        "import cnnviz.training.loop.engine"
    )
    subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, check=True)
