"""Estimates the cost of a run from three batches before it starts."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from cnnviz.architectures import Network
from cnnviz.training.datasets.base import Data
from cnnviz.training.loop.engine import default_device
from cnnviz.training.loop.memory import memory_in_use, memory_sentence
from cnnviz.training.loop.state import Training
from cnnviz.training.measurement import TrainingError
from cnnviz.training.options import TrainingOptions

BATCHES = 3


@dataclass(frozen=True)
class Cost:
    """The cost of training on this machine.

    Attributes:
        params: Number of trainable weights.
        seconds_per_epoch: Time per epoch, including a test on all test images.
        images_per_second: Training speed, without tests.
        memory_bytes: Peak memory of the device, or of the process on a CPU.
        device: "cpu" or the name of the GPU.
        note: How steps are executed, in a sentence.
    """

    params: int
    seconds_per_epoch: float
    images_per_second: float
    memory_bytes: int | None
    device: str
    note: str


def cost(network: Network, data: Data, options: TrainingOptions, device: str | None = None) -> Cost:
    """Measure three training batches (after a warm-up batch) and a test.

    The network is trained by it. With progressive resizing the cost is that of full-size images.

    Raises:
        TrainingError: The device's memory is too small; the message says which batch size fits.
        ValueError: Network, data and options are incompatible.
    """
    place = torch.device(device or default_device())
    whole = replace(options, progressive_resizing=False)
    training = Training(network, data, whole, place)
    try:
        training.advance()
        step = statistics.median(_seconds(training.advance, place) for _ in range(BATCHES))
        test = _seconds(training.test, place)
    except torch.OutOfMemoryError as error:
        raise TrainingError(memory_sentence(training.work)) from error
    return Cost(
        params=sum(parameter.numel() for parameter in network.parameters()),
        seconds_per_epoch=step * training.steps_per_epoch + test,
        images_per_second=len(training.work.positions) / step,
        memory_bytes=memory_in_use(place),
        device="cpu" if place.type == "cpu" else torch.cuda.get_device_name(place),
        note=training.note,
    )


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    """Seconds until the device has finished the work."""
    started = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - started
