"""A run's curves for other programs: read again, they are what was measured."""

import csv
import io
import zipfile

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnnviz.runs.export import NUMBERS, curves_csv, tensorboard_zip
from cnnviz.training.measurement import Measurement

MEASURED = (
    Measurement(0, 0.0, 0.0, test_loss=2.5, test_accuracy=0.125),
    Measurement(8, 0.5, 1.25, train_loss=2.0, train_accuracy=0.25, learning_rate=0.001),
    Measurement(
        *(16, 1.0, 2.5, 1.5, 0.5, 1.75, 0.375, 0.0005, 640.0, 123_456_789),
        gradient_norm={"stem": 0.5, "stage 1": 0.25},
        layer_gradients={"stem.conv": 0.375, "head.linear": 0.125},
        update_ratio={"stem": 0.001},
        dead_relus={"stage 1": 0.0},
        gates={"first block": -1.5},
    ),
)
PARTS = [
    *("gradient_norm stem", "gradient_norm stage 1"),
    *("layer_gradients stem.conv", "layer_gradients head.linear", "update_ratio stem"),
    *("dead_relus stage 1", "gates first block"),
]


def rows(measurements):
    return list(csv.DictReader(io.StringIO(curves_csv(measurements))))


def test_a_csv_has_a_line_for_each_measurement_and_a_column_for_each_number():
    lines = rows(MEASURED)
    assert list(lines[0]) == [*NUMBERS, *PARTS]
    assert [int(line["step"]) for line in lines] == [0, 8, 16]
    assert [float(line["seconds"]) for line in lines] == [0.0, 1.25, 2.5]
    last = {name: float(value) for name, value in lines[-1].items()}
    assert last["memory"] == 123_456_789
    assert [last[name] for name in PARTS] == [0.5, 0.25, 0.375, 0.125, 0.001, 0.0, -1.5]


def test_what_was_not_measured_is_empty_and_a_zero_is_not():
    first, second, last = rows(MEASURED)
    measured = {name for name, value in first.items() if value}
    assert measured == {"step", "epoch", "seconds", "test_loss", "test_accuracy"}
    assert second["test_loss"] == second["gradient_norm stem"] == ""
    assert last["dead_relus stage 1"] == "0.0"


def test_numbers_are_written_in_full():
    third = 1 / 3
    (line,) = rows([Measurement(1, third, 1.0, train_loss=third)])
    assert float(line["epoch"]) == float(line["train_loss"]) == third


def test_no_measurements_make_a_csv_of_its_columns():
    assert curves_csv([]) == ",".join(NUMBERS) + "\n"


@pytest.fixture
def log(tmp_path):
    """Reads what is in a zip with TensorBoard's own reader."""

    def read(content):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert [name.split("/")[0] for name in archive.namelist()] == ["run-abc"]
            archive.extractall(tmp_path)
        events = EventAccumulator(str(tmp_path / "run-abc"), {"scalars": 0})
        events.Reload()
        return events

    return read


def test_tensorboard_reads_each_number_at_its_step(log):
    events = log(tensorboard_zip(MEASURED, "run-abc", 1_000_000.0))
    assert set(events.Tags()["scalars"]) == {
        *("epoch", "loss/train", "accuracy/train", "loss/test", "accuracy/test"),
        *("learning_rate", "images_per_second", "memory", "update_ratio/stem"),
        *("gradient_norm/stem", "gradient_norm/stage_1", "dead_relus/stage_1"),
        *("layer_gradients/stem.conv", "layer_gradients/head.linear", "gates/first_block"),
    }
    points = {
        tag: [(p.step, p.value) for p in events.Scalars(tag)] for tag in events.Tags()["scalars"]
    }
    assert points["loss/test"] == [(0, 2.5), (16, 1.75)]
    assert points["loss/train"] == [(8, 2.0), (16, 1.5)]
    assert points["accuracy/train"] == [(8, 0.25), (16, 0.5)]
    assert points["epoch"] == [(0, 0.0), (8, 0.5), (16, 1.0)]
    assert points["learning_rate"] == [(8, pytest.approx(0.001)), (16, pytest.approx(0.0005))]
    assert points["memory"] == [(16, pytest.approx(123_456_789))]
    assert points["gates/first_block"] == [(16, -1.5)]
    assert points["layer_gradients/head.linear"] == [(16, 0.125)]


def test_tensorboards_clock_is_that_of_the_training(log):
    events = log(tensorboard_zip(MEASURED, "run-abc", 1_000_000.0))
    times = [point.wall_time for point in events.Scalars("epoch")]
    assert times == [1_000_000.0, 1_000_001.25, 1_000_002.5]


def test_a_run_without_measurements_makes_a_log_without_scalars(log):
    assert log(tensorboard_zip([], "run-abc")).Tags()["scalars"] == []
