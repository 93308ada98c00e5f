"""Trains a network as a generator of measurements; closing it stops the run."""

import time
from collections import deque
from collections.abc import Generator, Iterator
from pathlib import Path

import torch

from cnnviz.architectures import Network
from cnnviz.training.checkpoints import LAST, has_checkpoint, read_checkpoint
from cnnviz.training.datasets.base import Data
from cnnviz.training.loop.curves import Curves
from cnnviz.training.loop.memory import memory_sentence
from cnnviz.training.loop.state import Training
from cnnviz.training.measurement import Measurement, Steering, TrainingError
from cnnviz.training.options import TrainingOptions

FLUSH = 0.25  # shortest time between measurements in seconds
WINDOWS = 8  # largest number of pending windows, which bounds the work queued on the device
CHECKPOINT = 20.0  # shortest time between checkpoints in seconds
WRITING = 0.05  # largest share of the time for writing them
PAUSE = 0.05  # seconds between checks whether a pause is over


def train(
    network: Network,
    data: Data,
    options: TrainingOptions,
    device: str | torch.device | None = None,
    folder: Path | None = None,
    steering: Steering | None = None,
) -> Generator[Measurement]:
    """Train a network; yields measurements.

    The same seed on the same device (on a CPU: with as many threads) gives the same curve, except
    for seconds, speed and memory. With a folder, checkpoints ("last", "best") are stored there, and
    a run that was stopped, closed or killed resumes from the last one with an unchanged curve.

    It sets the seed of torch's global random generators, so it needs a process of its own. The
    network is moved to the device and changed.

    Args:
        network: Network with the data's channels and an output per class.
        data: Data with the network's resolution.
        options: Training options.
        device: Default the first CUDA device, else the CPU.
        folder: Folder of the checkpoints; None: no checkpoints.
        steering: Changes the run while it trains.

    Raises:
        TrainingError: The loss diverges or the device's memory is too small.
        ValueError: An option is incompatible with the network.
        OSError: A checkpoint cannot be written.
    """
    training = Training(network, data, options, torch.device(device or default_device()))
    run = _Run(training, folder, steering or Steering())
    try:
        yield from run.measurements()
    except GeneratorExit:
        run.save()
        raise
    except torch.OutOfMemoryError as error:
        raise TrainingError(memory_sentence(training.work)) from error


def default_device() -> str:
    """The first CUDA device, else the CPU."""
    return "cuda" if torch.cuda.is_available() else "cpu"


class _Run:
    """A training run with pauses, measurements, tests and checkpoints."""

    def __init__(self, training: Training, folder: Path | None, steering: Steering) -> None:
        self._training, self._folder, self._steering = training, folder, steering
        self._unreported: deque[Measurement] = deque()
        if folder is not None and has_checkpoint(folder, LAST):
            tensors, facts = read_checkpoint(folder, LAST)
            kept = facts.get("data") or {"classes": list(facts["trained_on"]["classes"])}
            if change := training.data.change_since(kept):
                raise TrainingError(f"{change} Bring the images back, or start a new run.")
            training.load_state(tensors, facts)
            self._unreported.extend(map(Measurement.from_json, facts["untold"]))
        else:
            self._unreported.extend(training.start())
        self._curves = Curves(training)
        self._flushed = self._saved = time.monotonic()
        self._writing = 0.0  # seconds for writing the last checkpoint

    def measurements(self) -> Iterator[Measurement]:
        """All measurements until the run is done or stopped."""
        training, steering = self._training, self._steering
        yield from self._reported()
        while not training.is_done and not steering.stop:
            if steering.pause:
                time.sleep(PAUSE)
                self._curves.skip_time()
                continue
            with training.clock():
                training.advance(steering.learning_rate_scale)
                self._curves.record_step()
                self._measure()
            yield from self._reported()
            # Only now has the caller received everything that was measured before the checkpoint.
            if training.at_epoch_end or self._is_save_due():
                self.save()
        with training.clock():
            self._flush()
            if training.is_done and training.tested_at != training.step:
                self._test()
        yield from self._reported()
        self.save()

    def _reported(self) -> Iterator[Measurement]:
        while self._unreported:
            yield self._unreported.popleft()

    def _measure(self) -> None:
        """Fetch or test if it is due after this step."""
        if self._training.at_epoch_end:
            self._flush()
            if self._training.is_test_due:
                self._test()
            return
        pending, waited = self._curves.pending, time.monotonic() - self._flushed
        if pending and (pending >= WINDOWS or waited > FLUSH):
            self._flush()

    def _flush(self) -> None:
        """Fetch pending measurements from the device.

        Raises:
            TrainingError: The loss is not finite, or has exploded.
        """
        fetched = self._curves.measurements()
        self._flushed = time.monotonic()
        for each in fetched:
            self._unreported.append(each)
            self._training.require_convergence(each)

    def _test(self) -> None:
        """Test the network; saves its weights if they are the best so far."""
        measurement, is_best = self._training.test()
        self._unreported.append(measurement)
        self._curves.skip_time()
        if is_best and self._folder is not None:
            self._training.write_best(self._folder)

    def _is_save_due(self) -> bool:
        waited = time.monotonic() - self._saved
        return not self._curves.pending and waited > max(CHECKPOINT, self._writing / WRITING)

    def save(self) -> None:
        """Write the checkpoint "last", with measurements that have not been yielded yet."""
        started = time.monotonic()
        if self._folder is not None:
            self._unreported.extend(self._curves.measurements())
            unreported = [each.to_json() for each in self._unreported]
            self._training.write_last(self._folder, unreported)
        self._saved = time.monotonic()
        self._writing = self._saved - started
        self._curves.skip_time()
