import pytest
import torch

from cnnviz.analysis import timing
from cnnviz.analysis.timing import ForwardTime, forward_time, seconds_text
from cnnviz.architectures import specify


def test_a_network_is_measured_with_its_spread():
    measured = forward_time(specify("lenet5"), 32, batch=4, seconds=0.05)
    assert measured.runs >= 3
    assert 0 < measured.low <= measured.median <= measured.high
    assert measured.images_per_second == pytest.approx(4 / measured.median)
    assert (measured.batch, measured.torch_version) == (4, torch.__version__)
    assert measured.device
    assert "for a batch of 4 images" in str(measured)


def test_warm_up_runs_are_left_out_and_few_slow_runs_are_enough(monkeypatch):
    clock, runs = iter(range(1000)), []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: float(next(clock)))
    # By this clock every run takes one second.
    assert timing._measured(lambda: runs.append(1), seconds=1) == [1, 1, 1]
    assert len(runs) == 1 + 3
    runs.clear()
    assert len(timing._measured(lambda: runs.append(1), seconds=10)) == 10
    assert len(runs) == 3 + 10


def test_it_reads_as_a_sentence():
    measured = ForwardTime("A card", "2.14", 1, 1, 7, 0.0123, 0.012, 0.0131)
    assert str(measured) == (
        "12.3 ms for one image (12.0 ms to 13.1 ms in the middle half of 7 runs), 81.3 images a "
        "second, on A card with PyTorch 2.14, random weights."
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.5, "2.50 s"), (0.25, "250 ms"), (0.0123, "12.3 ms"), (0.000042, "42.0 µs")],
)
def test_durations(seconds, text):
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch": 0}, "batch must be at least 1 image; received 0"),
        ({"seconds": 0}, "seconds must be positive; received 0"),
        ({"batch": 100_000}, r"needs \d+\.\d GB for 100000 images of 32 px"),
    ],
)
def test_impossible_measurements_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        forward_time(specify("resnet20_cifar"), 32, **arguments)
