"""Training as a generator of measurements; closing it stops the run."""

from __future__ import annotations

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

FLUSH = 0.25  # seconds between measurements at least,
WINDOWS = 8  # or so many windows: the device must not fall far behind what it is told to do
CHECKPOINT = 20.0  # seconds between checkpoints at least,
WRITING = 0.05  # and at most this share of the time is spent on them
PAUSE = 0.05  # seconds between looks at whether a pause is over


def train(
    network: Network,
    data: Data,
    options: TrainingOptions,
    device: str | torch.device | None = None,
    folder: Path | None = None,
    steering: Steering | None = None,
) -> Generator[Measurement]:
    """Train a network and tell what is measured.

    The same seed on the same device (on a CPU: with as many threads) gives the same curve, but for
    seconds, speed and memory. With a folder, checkpoints are kept there ("last", "best"), and a run
    that was stopped, closed or killed goes on from its last one with the curve that it would have
    had.

    It sets the seed of torch's own random generators, which dropout and augmentation draw from, so
    it wants a process of its own, and it takes the network over: in training mode, on the device.

    Args:
        network: With the data's channels and as many outputs as it has classes.
        data: Of the network's resolution.
        options: How.
        device: Default the first CUDA device, else the CPU.
        folder: For checkpoints; without one there are none.
        steering: What may change on the way.

    Raises:
        TrainingError: The loss diverges or the device's memory is too small; says what to change.
        ValueError: An option does not fit the network.
        OSError: A checkpoint cannot be written.
    """
    training = Training(network, data, options, torch.device(device or default_device()))
    run = _Run(training, folder, steering or Steering())
    try:
        yield from run.measurements()
    except GeneratorExit:
        run.keep()
        raise
    except torch.OutOfMemoryError as error:
        raise TrainingError(memory_sentence(training.work)) from error


def default_device() -> str:
    """The first CUDA device, else the CPU."""
    return "cuda" if torch.cuda.is_available() else "cpu"


class _Run:
    """A training with what surrounds it: pauses, measurements, tests, checkpoints."""

    def __init__(self, training: Training, folder: Path | None, steering: Steering) -> None:
        self._training, self._folder, self._steering = training, folder, steering
        self._untold: deque[Measurement] = deque()
        if folder is not None and has_checkpoint(folder, LAST):
            tensors, facts = read_checkpoint(folder, LAST)
            training.load_state(tensors, facts)
            self._untold.extend(map(Measurement.from_json, facts["untold"]))
        else:
            self._untold.extend(training.start())
        self._curves = Curves(training)
        self._flushed = self._kept = time.monotonic()
        self._writing = 0.0  # seconds that the last checkpoint took

    def measurements(self) -> Iterator[Measurement]:
        """Everything until the run is done or stopped."""
        training, steering = self._training, self._steering
        yield from self._told()
        while not training.is_done and not steering.stop:
            if steering.pause:
                time.sleep(PAUSE)
                self._curves.rest()
                continue
            with training.clock():
                training.advance(steering.learning_rate_scale)
                self._curves.see()
                self._measure()
            yield from self._told()
            # Only now: whoever listens has all that was measured before the checkpoint.
            if training.at_epoch_end or self._is_time_to_keep():
                self.keep()
        with training.clock():
            self._flush()
            if training.is_done and training.tested_at != training.step:
                self._test()
        yield from self._told()
        self.keep()

    def _told(self) -> Iterator[Measurement]:
        while self._untold:
            yield self._untold.popleft()

    def _measure(self) -> None:
        """Fetch what is due after this step."""
        if self._training.at_epoch_end:
            self._flush()
            if self._training.is_test_due:
                self._test()
            return
        pending, waited = self._curves.pending, time.monotonic() - self._flushed
        if pending and (pending >= WINDOWS or waited > FLUSH):
            self._flush()

    def _flush(self) -> None:
        """Fetch the measurements that wait on the device.

        Raises:
            TrainingError: The loss is no number any more, or has exploded.
        """
        found = self._curves.measurements()
        self._flushed = time.monotonic()
        for each in found:
            self._untold.append(each)
            self._training.require_convergence(each)

    def _test(self) -> None:
        """A test; the weights of the best so far are kept."""
        found, is_best = self._training.test()
        self._untold.append(found)
        self._curves.rest()
        if is_best and self._folder is not None:
            self._training.write_best(self._folder)

    def _is_time_to_keep(self) -> bool:
        waited = time.monotonic() - self._kept
        return not self._curves.pending and waited > max(CHECKPOINT, self._writing / WRITING)

    def keep(self) -> None:
        """Write the last checkpoint, with what nobody has been told yet."""
        started = time.monotonic()
        if self._folder is not None:
            self._untold.extend(self._curves.measurements())
            untold = [each.to_json() for each in self._untold]
            self._training.write_last(self._folder, untold)
        self._kept = time.monotonic()
        self._writing = self._kept - started
        self._curves.rest()
