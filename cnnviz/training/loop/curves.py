"""The curves of a run, stored on the device until they are fetched."""

import time
from dataclasses import dataclass, replace

import torch

from cnnviz.training.loop.diagnostics import LayerNorms, Norms
from cnnviz.training.loop.state import Training
from cnnviz.training.measurement import Measurement

EARLY = 64  # steps that are reported individually, before windows grow
PER_EPOCH = 20  # windows per epoch at least
NORMS_PER_EPOCH = 10


@dataclass(frozen=True, eq=False)
class _Window:
    """Consecutive steps, with sums on the device."""

    step: int
    epoch: float
    rate: float
    totals: torch.Tensor
    norms: torch.Tensor | None
    layers: torch.Tensor | None


class Curves:
    """Loss and accuracy over windows of steps, which depend only on step numbers.

    The same run therefore gives the same points, at any speed and with any timing of fetches.
    """

    def __init__(self, training: Training) -> None:
        self._training = training
        self._norms = Norms(training.work.network)
        self._layers = LayerNorms(training.work.network)
        self._windows: list[_Window] = []
        self._before = self._weights_before()
        self.skip_time()

    @property
    def pending(self) -> int:
        """Number of windows that have not been fetched."""
        return len(self._windows)

    def record_step(self) -> None:
        """Record the last step."""
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
        """The weights, if the norms of the next step are measured."""
        return self._norms.before() if self._measures_norms(self._training.step + 1) else None

    def _ends_window(self, step: int) -> bool:
        per_epoch = self._training.steps_per_epoch
        length = min(max(1, per_epoch // PER_EPOCH), max(1, step // EARLY))
        return step % length == 0 or step % per_epoch == 0

    def _measures_norms(self, step: int) -> bool:
        """Whether norms are measured: at steps 1, 2, 4, ..., then several times per epoch."""
        is_power = step & (step - 1) == 0
        every = max(1, self._training.steps_per_epoch // NORMS_PER_EPOCH)
        return (step <= EARLY and is_power) or step % every == 0

    def _measures_layers(self) -> bool:
        """Whether layers are measured: after the first step and each epoch; both end a window."""
        return self._training.step == 1 or self._training.at_epoch_end

    def measurements(self) -> list[Measurement]:
        """Fetch new measurements in order; waits for the device."""
        if not self._windows:
            return []
        rows = torch.stack([window.totals for window in self._windows]).tolist()
        speed = self._speed()
        fetched = [self._measurement(w, row) for w, row in zip(self._windows, rows, strict=True)]
        self._windows = []
        return [*fetched[:-1], replace(fetched[-1], images_per_second=speed)]

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

    def skip_time(self) -> None:
        """Exclude the time until now from the images per second."""
        self._fetched = (time.perf_counter(), self._training.step)

    def _speed(self) -> float:
        """Images per second since the last call."""
        (then, before), now = self._fetched, time.perf_counter()
        self.skip_time()
        images = (self._training.step - before) * len(self._training.work.positions)
        return images / max(now - then, 1e-9)
