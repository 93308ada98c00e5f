"""The state of a run: what one step changes, what a checkpoint holds, when it is done."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from cnnviz.analysis.reuse.record import reuse_record
from cnnviz.architectures import Network
from cnnviz.architectures.blocks import reinitialise
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
from cnnviz.training.loop.schedules import Plateau, learning_rate
from cnnviz.training.loop.step import Step, set_dropout
from cnnviz.training.loop.testing import tested
from cnnviz.training.measurement import Measurement, TrainingError
from cnnviz.training.options import NETWORK as AS_THE_NETWORK_SAYS
from cnnviz.training.options import TrainingOptions
from cnnviz.training.resizing import require_small_images, training_side

# A loss so many times that of the start does not come back.
EXPLODED = 20.0
AVERAGE, OPTIMISER = "average.", "optimiser."
# Seeds of the orders of a run's epochs must differ from those of other runs' epochs.
SEED_STRIDE = 1_000_003
AUGMENTATION = 100  # added to a seed, which is below it, for what is not the order


class Training:
    """A network that trains on data, one step at a time.

    Attributes:
        options: How.
        data: On what; moved to the device.
        step: Steps done so far.
        rate: Learning rate of the last step.
        tested_at: The step of the last test.
        note: How steps are made on the device, in a sentence.
    """

    def __init__(
        self, network: Network, data: Data, options: TrainingOptions, device: torch.device
    ) -> None:
        require_fit(network, data)
        torch.manual_seed(options.seed)
        torch.backends.cudnn.deterministic = True
        if options.initialisation != AS_THE_NETWORK_SAYS:
            reinitialise(network, options.initialisation)
        set_dropout(network, options.dropout)
        if options.progressive_resizing:
            require_small_images(network, data.side)
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
    def answering(self) -> Network:
        """The network that is tested and kept: the one that trains, or its average."""
        network: Network = self.work.network if self.average is None else self.average.network
        return network

    @property
    def seconds(self) -> float:
        """Of training so far."""
        now = 0.0 if self._since is None else time.perf_counter() - self._since
        return self._seconds + now

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches of the training images; what is left over sits an epoch out."""
        return len(self.data.train) // len(self.work.positions)

    @property
    def epoch(self) -> float:
        """Epochs done so far, with their part."""
        return self.step / self.steps_per_epoch

    @property
    def at_epoch_end(self) -> bool:
        """Whether the last step was the last of an epoch."""
        return self.step % self.steps_per_epoch == 0

    @property
    def is_test_due(self) -> bool:
        """Whether the last step was the last of an epoch after which the network is tested."""
        return self.step % (self.steps_per_epoch * self.options.test_every) == 0

    @property
    def share(self) -> float:
        """How much of the budget is done, in [0, 1]."""
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
            # By seed and step alone: a network with dropout sees the pictures of one without.
            number = (self.options.seed + AUGMENTATION) * SEED_STRIDE + self.step
            self.work.rng = torch.Generator().manual_seed(number)
        if self._make_step is None:
            self._make_step = self._prepared_step()
        self._make_step()
        self.step += 1
        if self.average is not None:
            self.average.update(self.step)

    def _resize(self) -> None:
        """Let the step train on images of the side that is due; a captured step is of one side."""
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
        """Positions of the next images, in the order that the seed and the epoch decide."""
        epoch, number = divmod(self.step, self.steps_per_epoch)
        if self._order is None or number == 0:
            rng = torch.Generator().manual_seed(self.options.seed * SEED_STRIDE + epoch)
            order = torch.randperm(len(self.data.train), generator=rng)
            self._order = order.to(self.device)
        size = len(self.work.positions)
        return self._order[number * size : (number + 1) * size]

    def start(self) -> list[Measurement]:
        """What is measured before the first step, of the weights as they were drawn."""
        reuse = reuse_record(self.answering)
        return [Measurement(0, 0.0, 0.0, reuse=reuse)] if reuse else []

    def test(self) -> tuple[Measurement, bool]:
        """What a test of the network (or of its average) finds, and whether it is the best."""
        found = tested(self.work, self.answering, self._test_split)
        self._plateau.see(found.loss)
        self.tested_at = self.step
        is_best = found.accuracy > self._best
        self._best = max(self._best, found.accuracy)
        measurement = Measurement(
            step=self.step,
            epoch=self.epoch,
            seconds=self.seconds,
            test_loss=found.loss,
            test_accuracy=found.accuracy,
            memory=memory_in_use(self.device),
            dead_relus=found.inside.dead_shares(),
            gates=found.inside.gate_means(),
            reuse=reuse_record(self.answering),
        )
        self._last_test = measurement
        return measurement, is_best

    def require_convergence(self, measurement: Measurement) -> None:
        """Accept a training loss that is a number and has not exploded.

        Raises:
            TrainingError: It is not; says what to change.
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
        """Write the weights as the best; they have just been tested.

        Raises:
            OSError: They cannot be written.
        """
        facts = self._facts()
        if self._last_test is not None:
            facts["test_accuracy"] = self._last_test.test_accuracy
            facts["test_loss"] = self._last_test.test_loss
        write_checkpoint(folder, BEST, self.answering.state_dict(), facts)

    def write_last(self, folder: Path, untold: list[dict[str, Any]]) -> None:
        """Write everything that ``load_state`` needs.

        Args:
            folder: Of the run.
            untold: Measurements that the run's listener has not had yet.

        Raises:
            OSError: It cannot be written.
        """
        facts = {
            **self._facts(),
            "seconds": self.seconds,
            "tested_at": self.tested_at,
            "plateau": vars(self._plateau),
            "best": self._best,
            "first_loss": self._first_loss,
            "untold": untold,
        }
        write_checkpoint(folder, LAST, self._state(), facts)

    def _facts(self) -> dict[str, Any]:
        spec = self.work.network.spec
        return {**facts_of(spec, self.data), "step": self.step, "epoch": self.epoch}

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
        """Go on where a checkpoint was written; before the first step.

        Args:
            tensors: Of the checkpoint "last" of a run with the same network, data and options.
            facts: The same.
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


def require_fit(network: Network, data: Data) -> None:
    """Accept a network that takes the data's images and has an output for each class.

    Raises:
        ValueError: It does not.
    """
    spec = network.spec
    if spec.num_classes != len(data.classes) or spec.in_channels != data.channels:
        raise ValueError(
            f"network must have {len(data.classes)} classes and {data.channels} channels for "
            f"{data.title}; received {spec.num_classes} and {spec.in_channels}."
        )
