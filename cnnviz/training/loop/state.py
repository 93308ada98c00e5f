"""The state of a training run: steps, tests and checkpoints."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from cnnviz.analysis.reuse.record import reuse_record
from cnnviz.architectures import Network
from cnnviz.architectures.given import described, require_unchanged
from cnnviz.architectures.initialisation import reinitialise
from cnnviz.images.collection import even_positions
from cnnviz.training.checkpoints import (
    BEST,
    LAST,
    NETWORK,
    facts_of,
    with_prefix,
    without_prefix,
    write_checkpoint,
)
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.loop.averaging import Average
from cnnviz.training.loop.cuda_graph import captured
from cnnviz.training.loop.memory import memory_in_use
from cnnviz.training.loop.optimisers import load_state_tensors, set_learning_rate, state_tensors
from cnnviz.training.loop.resizing import require_small_images, training_side
from cnnviz.training.loop.schedules import Plateau, learning_rate
from cnnviz.training.loop.step import Step, set_dropout
from cnnviz.training.loop.testing import tested
from cnnviz.training.measurement import Measurement, TrainingError
from cnnviz.training.options import NETWORK as AS_THE_NETWORK_SAYS
from cnnviz.training.options import TrainingOptions

# A loss this many times the initial one counts as diverged.
EXPLODED = 20.0
AVERAGE, OPTIMISER = "average.", "optimiser."
# Keeps the seeds of different runs' epochs apart.
SEED_STRIDE = 1_000_003
AUGMENTATION = 100  # added to the seed (below 100) for augmentation


class Training:
    """Trains a network on data, one step at a time.

    Attributes:
        options: Training options.
        data: The data, on the device.
        step: Completed steps.
        rate: Learning rate of the last step.
        tested_at: Step of the last test.
        note: How steps are executed on the device, in a sentence.
    """

    def __init__(
        self, network: Network, data: Data, options: TrainingOptions, device: torch.device
    ) -> None:
        self._spec, self._changed = described(network)
        data.require_fit(self._spec)
        torch.manual_seed(options.seed)
        torch.backends.cudnn.deterministic = True
        if options.initialisation != AS_THE_NETWORK_SAYS:
            reinitialise(network, options.initialisation)
        set_dropout(network, options.dropout)
        if options.progressive_resizing:
            require_small_images(self._spec, data.side)
        if options.train_images:
            data = data.with_train(even_positions(data.train.labels, options.train_images))
        self.options, self.data, self.device = options, data, device
        self.work = Step(network.requires_grad_(True).train(), data, options, device)
        self.average = Average(network, options.averaging) if options.averaging else None
        self._test_split = Split(data.test.images.to(device), data.test.labels.to(device))
        self.step, self.rate, self.tested_at = 0, 0.0, 0
        self._seconds = 0.0
        self._since: float | None = None
        self.note = "Step by step on the CPU."
        self._plateau, self._best = Plateau(), -1.0
        self._last_test: Measurement | None = None
        self._first_loss: float | None = None
        self._order: torch.Tensor | None = None
        self._make_step: Callable[[], None] | None = None

    @property
    def tested_network(self) -> Network:
        """The network that is tested and saved: the trained one or its average."""
        network: Network = self.work.network if self.average is None else self.average.network
        return network

    @property
    def seconds(self) -> float:
        """Training time so far."""
        now = 0.0 if self._since is None else time.perf_counter() - self._since
        return self._seconds + now

    @property
    def steps_per_epoch(self) -> int:
        """Number of whole batches of training images; the rest is skipped in an epoch."""
        return len(self.data.train) // len(self.work.positions)

    @property
    def epoch(self) -> float:
        """Completed epochs, as a fraction."""
        return self.step / self.steps_per_epoch

    @property
    def at_epoch_end(self) -> bool:
        """Whether the last step was the last of an epoch."""
        return self.step % self.steps_per_epoch == 0

    @property
    def is_test_due(self) -> bool:
        """Whether the last step ended an epoch that is followed by a test."""
        return self.step % (self.steps_per_epoch * self.options.test_every) == 0

    @property
    def share(self) -> float:
        """Completed share of the budget, in [0, 1]."""
        if self.options.seconds:
            return min(1.0, self.seconds / self.options.seconds)
        return self.step / (self.options.epochs * self.steps_per_epoch)

    @property
    def is_done(self) -> bool:
        """Whether the budget is used up."""
        return self.share >= 1

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Count the time of this context as training."""
        self._since = time.perf_counter()
        try:
            yield
        finally:
            self._seconds, self._since = self.seconds, None

    def advance(self, learning_rate_scale: float = 1.0) -> None:
        """Make one step."""
        done = self.step // self.steps_per_epoch
        rate = learning_rate(self.options, self.share, done, self._plateau.drops)
        self.rate = rate * learning_rate_scale
        set_learning_rate(self.work.optimiser, self.rate)
        self._resize()
        self.work.positions.copy_(self._batch())
        if self.device.type == "cpu":
            # Depends only on seed and step, so that dropout does not change the images.
            number = (self.options.seed + AUGMENTATION) * SEED_STRIDE + self.step
            self.work.rng = torch.Generator().manual_seed(number)
        if self._make_step is None:
            self._make_step = self._prepared_step()
        self._make_step()
        self.step += 1
        if self.average is not None:
            self.average.update(self.step)

    def _resize(self) -> None:
        """Set the image side of progressive resizing; a new side needs a new captured step."""
        if not self.options.progressive_resizing:
            return
        side = training_side(self.data.side, self.share)
        if side != self.work.side:
            self.work.side, self._make_step = side, None

    def _prepared_step(self) -> Callable[[], None]:
        if self.device.type != "cuda":
            return self.work.run
        step, self.note = captured(self.work)
        return step

    def _batch(self) -> torch.Tensor:
        """Positions of the next images, in an order that depends on seed and epoch."""
        epoch, number = divmod(self.step, self.steps_per_epoch)
        if self._order is None or number == 0:
            rng = torch.Generator().manual_seed(self.options.seed * SEED_STRIDE + epoch)
            order = torch.randperm(len(self.data.train), generator=rng)
            self._order = order.to(self.device)
        size = len(self.work.positions)
        return self._order[number * size : (number + 1) * size]

    def start(self) -> list[Measurement]:
        """Measure the initial weights before the first step."""
        reuse = reuse_record(self.tested_network)
        return [Measurement(0, 0.0, 0.0, reuse=reuse)] if reuse else []

    def test(self) -> tuple[Measurement, bool]:
        """Test the network (or its average); returns the measurement and whether it is the best."""
        result = tested(self.work, self.tested_network, self._test_split)
        self._plateau.update(result.loss)
        self.tested_at = self.step
        is_best = result.accuracy > self._best
        self._best = max(self._best, result.accuracy)
        measurement = Measurement(
            step=self.step,
            epoch=self.epoch,
            seconds=self.seconds,
            test_loss=result.loss,
            test_accuracy=result.accuracy,
            memory=memory_in_use(self.device),
            repeated=self.data.repeated or None,
            dead_relus=result.inside.dead_shares(),
            gates=result.inside.gate_means(),
            reuse=reuse_record(self.tested_network),
        )
        self._last_test = measurement
        return measurement, is_best

    def require_convergence(self, measurement: Measurement) -> None:
        """Check that the training loss is finite and has not exploded.

        Raises:
            TrainingError: The training diverged; the message says what to change.
        """
        loss = measurement.train_loss
        if loss is None:
            return
        if self._first_loss is None:
            self._first_loss = max(loss, math.log(len(self.data.classes)))
        if math.isfinite(loss) and loss <= EXPLODED * self._first_loss:
            return
        raise TrainingError(
            f"The training diverged at step {measurement.step}: the loss is {loss:.3g}. Choose a "
            f"smaller learning rate than {self.options.learning_rate:g}, or a warm-up."
        )

    def write_best(self, folder: Path) -> None:
        """Save the weights of the last test as the best.

        Raises:
            OSError: The file cannot be written.
        """
        facts = self._facts()
        if self._last_test is not None:
            facts["test_accuracy"] = self._last_test.test_accuracy
            facts["test_loss"] = self._last_test.test_loss
        write_checkpoint(folder, BEST, self.tested_network.state_dict(), facts)

    def write_last(self, folder: Path, unreported: list[dict[str, Any]]) -> None:
        """Save everything that ``load_state`` needs.

        Args:
            folder: Folder of the run.
            unreported: Measurements that have not been yielded yet.

        Raises:
            OSError: The file cannot be written.
        """
        facts = {
            **self._facts(),
            "seconds": self.seconds,
            "tested_at": self.tested_at,
            "plateau": vars(self._plateau),
            "best": self._best,
            "first_loss": self._first_loss,
            "untold": unreported,
        }
        write_checkpoint(folder, LAST, self._state(), facts)

    def _facts(self) -> dict[str, Any]:
        require_unchanged(self._spec, self._changed)
        return {**facts_of(self._spec, self.data), "step": self.step, "epoch": self.epoch}

    def _state(self) -> dict[str, torch.Tensor]:
        tensors = with_prefix(NETWORK, self.work.network.state_dict())
        tensors |= with_prefix(OPTIMISER, state_tensors(self.work.optimiser))
        if self.average is not None:
            tensors |= with_prefix(AVERAGE, self.average.network.state_dict())
        tensors |= {"totals": self.work.totals, "chance.cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            tensors["chance.cuda"] = torch.cuda.get_rng_state(self.device)
        return tensors

    def load_state(self, tensors: Mapping[str, torch.Tensor], facts: Mapping[str, Any]) -> None:
        """Restore the state of a checkpoint, before the first step.

        Args:
            tensors: Tensors of the checkpoint "last" of the same plan.
            facts: Facts of the same checkpoint.
        """
        self.work.network.load_state_dict(without_prefix(NETWORK, tensors))
        load_state_tensors(self.work.optimiser, without_prefix(OPTIMISER, tensors))
        if self.average is not None:
            self.average.network.load_state_dict(without_prefix(AVERAGE, tensors))
        self.work.totals.copy_(tensors["totals"])
        torch.set_rng_state(tensors["chance.cpu"])
        if "chance.cuda" in tensors and self.device.type == "cuda":
            torch.cuda.set_rng_state(tensors["chance.cuda"], self.device)
        self.step, self._seconds = facts["step"], facts["seconds"]
        self.tested_at = facts["tested_at"]
        self._best, self._first_loss = facts["best"], facts["first_loss"]
        vars(self._plateau).update(facts["plateau"])
