"""The curves of a run, kept on the device until somebody wants to see them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch

from cnnviz.training.loop.diagnostics import LayerNorms, Norms
from cnnviz.training.loop.state import Training
from cnnviz.training.measurement import Measurement

EARLY = 64  # Up to here every step is told; then windows grow,
PER_EPOCH = 20  # but so many of them are in an epoch.
NORMS_PER_EPOCH = 10


@dataclass(frozen=True, eq=False)
class _Window:
    """Some steps in a row, as the device knows them."""

    step: int
    epoch: float
    rate: float
    totals: torch.Tensor
    norms: torch.Tensor | None
    layers: torch.Tensor | None


class Curves:
    """Loss and accuracy of windows of steps, which depend on the steps' numbers alone.

    So the same run gives the same points, however fast the device is and whenever they are fetched.
    """

    def __init__(self, training: Training) -> None:
        self._training = training
        self._norms = Norms(training.work.network)
        self._layers = LayerNorms(training.work.network)
        self._windows: list[_Window] = []
        self._before = self._weights_before()
        self.rest()

    @property
    def pending(self) -> int:
        """Windows that nobody has fetched."""
        return len(self._windows)

    def see(self) -> None:
        """Take in the step that was just made."""
        training = self._training
        norms = None if self._before is None else self._norms.after(self._before)
        if norms is not None or self._ends_window(training.step):
            totals = training.work.totals.clone()
            training.work.clear()
            layers = self._layers.measured() if self._measures_layers() else None
            self._windows.append(
                _Window(training.step, training.epoch, training.rate, totals, norms, layers)
            )
        self._before = self._weights_before()

    def _weights_before(self) -> list[torch.Tensor] | None:
        """The weights, if the next step is one whose norms are measured."""
        return self._norms.before() if self._measures_norms(self._training.step + 1) else None

    def _ends_window(self, step: int) -> bool:
        per_epoch = self._training.steps_per_epoch
        length = min(max(1, per_epoch // PER_EPOCH), max(1, step // EARLY))
        return step % length == 0 or step % per_epoch == 0

    def _measures_norms(self, step: int) -> bool:
        """At 1, 2, 4, ..., then so often an epoch."""
        is_power = step & (step - 1) == 0
        every = max(1, self._training.steps_per_epoch // NORMS_PER_EPOCH)
        return (step <= EARLY and is_power) or step % every == 0

    def _measures_layers(self) -> bool:
        """After the first step and at an epoch's end; both end a window."""
        return self._training.step == 1 or self._training.at_epoch_end

    def measurements(self) -> list[Measurement]:
        """What has not been fetched yet, in order; this waits for the device."""
        if not self._windows:
            return []
        rows = torch.stack([window.totals for window in self._windows]).tolist()
        speed = self._speed()
        found = [self._measurement(w, row) for w, row in zip(self._windows, rows, strict=True)]
        self._windows = []
        last = found.pop()
        return [*found, _with_speed(last, speed)]

    def _measurement(self, window: _Window, totals: list[float]) -> Measurement:
        loss, right, images = totals
        norms = [] if window.norms is None else [self._norms.by_part(row) for row in window.norms]
        gradient, update = norms or ({}, {})
        return Measurement(
            step=window.step,
            epoch=window.epoch,
            seconds=self._training.seconds,
            train_loss=loss / images,
            train_accuracy=right / images,
            learning_rate=window.rate,
            gradient_norm=gradient,
            layer_gradients={} if window.layers is None else self._layers.by_layer(window.layers),
            update_ratio=update,
        )

    def rest(self) -> None:
        """Let the time until now not count in the images per second."""
        self._fetched = (time.perf_counter(), self._training.step)

    def _speed(self) -> float:
        """Images a second since the last call, or rest."""
        (then, before), now = self._fetched, time.perf_counter()
        self.rest()
        images = (self._training.step - before) * len(self._training.work.positions)
        return images / max(now - then, 1e-9)


def _with_speed(measurement: Measurement, speed: float) -> Measurement:
    return Measurement(**{**vars(measurement), "images_per_second": speed})
