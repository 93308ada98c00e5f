"""A plan becomes a run: its data is loaded, its network drawn, and it trains."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from cnnviz.architectures import Network, NetworkSpec, build, variant
from cnnviz.architectures.written import SizedNetwork
from cnnviz.progress import Progress, unheard
from cnnviz.training.bundled import bundled_network
from cnnviz.training.datasets import load
from cnnviz.training.datasets.base import Data
from cnnviz.training.loop.engine import train
from cnnviz.training.measurement import Measurement, Steering, TrainingError
from cnnviz.training.plan import Plan

# Sides of images in pixels that training offers; up to SMALL a network is one for small images.
SIDES = (32, 48, 64, 96, 128, 160, 192, 224, 256, 299, 320, 384, 448, 512)
SMALL = 32


def run_plan(
    plan: Plan,
    folder: Path,
    steering: Steering | None = None,
    device: str | None = None,
    progress: Progress = unheard,
) -> Generator[Measurement]:
    """Train as planned; a folder with a checkpoint of the same plan goes on from it.

    Args:
        plan: What to do.
        folder: For checkpoints (cnnviz.training.checkpoints).
        steering: What may change on the way.
        device: Default the first CUDA device, else the CPU.
        progress: Of loading the data.

    Raises:
        TrainingError: It diverges, or the device's memory is too small.
        DataError: The data cannot be had.
        ValueError: Network, data and options do not go together.
        OSError: A checkpoint cannot be written.
    """
    data = planned_data(plan, progress)
    network = planned_network(plan, data)
    yield from train(network, data, plan.options, device, folder, steering)


def planned_data(plan: Plan, progress: Progress = unheard) -> Data:
    """The data of a plan, of its network's size and channels.

    Raises:
        DataError: It cannot be had.
    """
    network = plan.network
    return load(
        plan.data, network.resolution, network.spec.in_channels, plan.options.seed, progress
    )


def planned_network(plan: Plan, data: Data) -> Network:
    """The network of a plan with the weights that its seed draws, and an output for each class.

    Raises:
        TrainingError: The images are too small or too large for it.
    """
    spec = replace(plan.network.spec, num_classes=len(data.classes))
    if not _opens(spec, data.side):
        raise TrainingError(
            f"{spec.variant} does not take images of {data.side} px; choose another resolution."
        )
    network = _drawn(spec, plan.options.seed)
    if plan.twin is not None:
        classes = len(data.classes)
        twin = _drawn(replace(plan.twin.spec, num_classes=classes), plan.options.seed)
        copy_agreeing(twin, network)
    if plan.start is not None:
        copy_agreeing(bundled_network(plan.start.network).network(), network, plan.start.layers)
    return network


def _drawn(spec: NetworkSpec, seed: int) -> Network:
    torch.manual_seed(seed)
    return build(spec)


def copy_agreeing(source: Network, target: Network, layers: Sequence[str] = ()) -> None:
    """Give a network the tensors of another wherever name and shape agree.

    Args:
        source: Whose tensors.
        target: It gets them.
        layers: Module paths; where there are any, no other tensors are given.
    """
    given = source.state_dict()
    with torch.no_grad():
        for name, tensor in target.state_dict().items():
            is_asked = not layers or name.rpartition(".")[0] in layers
            if is_asked and name in given and given[name].shape == tensor.shape:
                tensor.copy_(given[name])


def fitted(spec: NetworkSpec, side: int, channels: int, num_classes: int) -> SizedNetwork:
    """A network made for data: with its classes and channels, at a side that suits both.

    Args:
        spec: The settings that matter: variant and hyperparameters.
        side: Of the data's images in pixels.
        channels: Of the data's images.
        num_classes: Of the data.
    """
    made = replace(spec, in_channels=channels, num_classes=num_classes, trained_on=None)
    return SizedNetwork(made, fitting_side(made, side, _opens))


def fitting_side(spec: NetworkSpec, side: int, opens: Callable[[NetworkSpec, int], bool]) -> int:
    """The side at which a network is trained on images of a side, in pixels.

    A network that is published for small images keeps its own. Of a larger one it is the smallest
    that the network takes and that loses nothing of the data: 224 px cost 49 times as much as 32.

    Args:
        spec: The network.
        side: Of the data's images.
        opens: Whether a network takes images of a side.
    """
    own = spec.fixed_resolution or variant(spec.variant).resolution
    if spec.fixed_resolution or own <= SMALL:
        return own
    enough = (candidate for candidate in SIDES if candidate >= max(side, SMALL))
    return next((candidate for candidate in enough if opens(spec, candidate)), own)


def _opens(spec: NetworkSpec, side: int) -> bool:
    try:
        with torch.device("meta"), torch.inference_mode():
            build(spec)(torch.zeros(1, spec.in_channels, side, side))
    except RuntimeError:
        return False
    return True


def share_done(plan: Plan, measurement: Measurement) -> float:
    """How much of a plan's budget is done at a measurement, in [0, 1]."""
    if plan.options.seconds:
        return min(1.0, measurement.seconds / plan.options.seconds)
    return min(1.0, measurement.epoch / plan.options.epochs)
