"""Carries out a plan: loads the data, builds the network and trains it."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from cnnviz.architectures import Network, NetworkSpec, accepts, build
from cnnviz.architectures.given import made_for
from cnnviz.architectures.initialisation import reinitialise
from cnnviz.architectures.written import SizedNetwork
from cnnviz.progress import Progress, ignore_progress
from cnnviz.training.bundled import bundled_network
from cnnviz.training.datasets import load
from cnnviz.training.datasets.base import Data
from cnnviz.training.loop.engine import train
from cnnviz.training.measurement import Measurement, Steering, TrainingError
from cnnviz.training.options import NETWORK as AS_THE_NETWORK_SAYS
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan

# Image sides in pixels for training; networks for sides up to SMALL are made for small images.
SIDES = (32, 48, 64, 96, 128, 160, 192, 224, 256, 299, 320, 384, 448, 512)
SMALL = 32


def run_plan(
    plan: Plan,
    folder: Path,
    steering: Steering | None = None,
    device: str | None = None,
    progress: Progress = ignore_progress,
) -> Generator[Measurement]:
    """Train a plan; resumes from a checkpoint of the same plan in the folder.

    Args:
        plan: Network, data and options.
        folder: Folder of the checkpoints (cnnviz.training.checkpoints).
        steering: Changes the run while it trains.
        device: Default the first CUDA device, else the CPU.
        progress: Of loading the data.

    Raises:
        TrainingError: Training diverges, or the device's memory is too small.
        DataError: The data is not available.
        ValueError: Network, data and options are incompatible.
        OSError: A checkpoint cannot be written.
    """
    data = planned_data(plan, progress)
    network = planned_network(plan, data)
    drawn = replace(plan.options, initialisation=AS_THE_NETWORK_SAYS)
    yield from train(network, data, drawn, device, folder, steering)


def planned_data(plan: Plan, progress: Progress = ignore_progress) -> Data:
    """Load the data of a plan with its network's image side and channels.

    Raises:
        DataError: The data is not available.
    """
    network = plan.network
    return load(
        plan.data, network.resolution, network.spec.in_channels, plan.options.seed, progress
    )


def planned_network(plan: Plan, data: Data) -> Network:
    """Build the network of a plan, initialised with its seed, with an output per class.

    It is drawn as the plan's options say; then it takes the tensors of its twin, and the trained
    layers that it starts from.

    Raises:
        TrainingError: The network does not accept the size of the images.
    """
    classes = len(data.classes)
    spec = replace(plan.network.spec, num_classes=classes)
    if not accepts(spec, data.side):
        raise TrainingError(
            f"{spec.variant} does not accept images of {data.side} px; choose another resolution."
        )
    network = _drawn(spec, plan.options)
    if plan.twin is not None:
        twin = _drawn(replace(plan.twin.spec, num_classes=classes), plan.options)
        copy_agreeing(twin, network)
    if plan.start is not None:
        copy_agreeing(bundled_network(plan.start.network).network(), network, plan.start.layers)
    return network


def _drawn(spec: NetworkSpec, options: TrainingOptions) -> Network:
    torch.manual_seed(options.seed)
    network = build(spec)
    if options.initialisation != AS_THE_NETWORK_SAYS:
        reinitialise(network, options.initialisation)
    return network


def copy_agreeing(source: Network, target: Network, layers: Sequence[str] = ()) -> None:
    """Copy tensors from one network to another where name and shape agree.

    Args:
        source: Network to copy from.
        target: Network to copy to.
        layers: Module paths to restrict the copy to; default all.
    """
    given = source.state_dict()
    with torch.no_grad():
        for name, tensor in target.state_dict().items():
            is_included = not layers or name.rpartition(".")[0] in layers
            if is_included and name in given and given[name].shape == tensor.shape:
                tensor.copy_(given[name])


def fitted(spec: NetworkSpec, side: int, channels: int, num_classes: int) -> SizedNetwork:
    """Adapt a network to data: classes, channels and image side.

    Args:
        spec: Variant and hyperparameters.
        side: Side of the data's images in pixels.
        channels: Channels of the data's images.
        num_classes: Number of classes of the data.
    """
    made = replace(spec, in_channels=channels, num_classes=num_classes, trained_on=None)
    return SizedNetwork(made, fitting_side(made, side, accepts))


def fitting_side(spec: NetworkSpec, side: int, opens: Callable[[NetworkSpec, int], bool]) -> int:
    """The image side in pixels at which to train a network on given images.

    Networks published for small images keep their own side. For others it is the smallest side
    that they accept and that loses no detail: 224 px cost 49 times as much as 32 px.

    Args:
        spec: The network.
        side: Side of the data's images.
        opens: Whether a network accepts images of a side.
    """
    own = made_for(spec)
    if spec.fixed_resolution or own <= SMALL:
        return own
    enough = (candidate for candidate in SIDES if candidate >= max(side, SMALL))
    return next((candidate for candidate in enough if opens(spec, candidate)), own)


def share_done(plan: Plan, measurement: Measurement) -> float:
    """The completed share of a plan's budget at a measurement, in [0, 1]."""
    if plan.options.seconds:
        return min(1.0, measurement.seconds / plan.options.seconds)
    return min(1.0, measurement.epoch / plan.options.epochs)
