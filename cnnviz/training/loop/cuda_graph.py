"""A training step as one CUDA graph: the launch of a thousand kernels at the cost of one.

NVIDIA's graphs replay the kernels of one recorded step on the same memory. What a step decides
with numbers on the CPU would be frozen in it, so such networks train step by step.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import torch

from cnnviz.training.loop.optimisers import state_tensors
from cnnviz.training.loop.step import Step

WARM_UP_STEPS = 3  # torch's notes on CUDA graphs: libraries choose and allocate in the first steps
TOLERANCE = 1e-2  # of bfloat16 sums in another order


def captured(step: Step) -> tuple[Callable[[], None], str]:
    """What makes a step, and a sentence on why: a graph's replay, or the step itself.

    The network, its optimiser and the random numbers are as before.

    Args:
        step: On a CUDA device, with ``positions`` of real images.
    """
    before = _Moment(step)
    rng = (torch.get_rng_state(), random.getstate())
    _warm_up(step)
    if not (torch.equal(rng[0], torch.get_rng_state()) and rng[1] == random.getstate()):
        random.setstate(rng[1])
        torch.set_rng_state(rng[0])
        before.restore()
        return step.run, "Step by step: chance on the CPU decides what this network does."
    expected = _outcome(step, step.run, before)
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph):
            step.run()
    except RuntimeError as error:
        before.restore()
        return (
            step.run,
            f"Step by step: the step cannot be captured ({str(error).splitlines()[0]}).",
        )
    found = _outcome(step, graph.replay, before)
    if not torch.allclose(found, expected, rtol=TOLERANCE):
        return step.run, "Step by step: a replay of the captured step gave other numbers."
    return graph.replay, "The whole step is captured as a CUDA graph."


def _warm_up(step: Step) -> None:
    """A few steps on a stream of their own, as a capture wants."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP_STEPS):
            step.run()
    torch.cuda.current_stream().wait_stream(stream)


def _outcome(step: Step, run: Callable[[], None], before: _Moment) -> torch.Tensor:
    """What one step from that moment gives: its totals and the size of the new weights."""
    before.restore()
    run()
    sizes = torch.stack([p.detach().float().norm() for p in step.network.parameters()])
    outcome = torch.cat([step.totals, sizes.norm().view(1)]).clone()
    before.restore()
    return outcome


class _Moment:
    """The numbers that a step changes, as they are now."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._values = {name: tensor.clone() for name, tensor in _changing(step).items()}
        self._chance = torch.cuda.get_rng_state(step.device)

    def restore(self) -> None:
        """Write them back into the same memory; what has been made since begins at 0."""
        for name, tensor in _changing(self._step).items():
            if name in self._values:
                tensor.copy_(self._values[name])
            else:
                tensor.zero_()
        torch.cuda.set_rng_state(self._chance, self._step.device)


def _changing(step: Step) -> dict[str, torch.Tensor]:
    weights = {f"network.{k}": v for k, v in step.network.state_dict().items()}
    memory = {f"optimiser.{k}": v for k, v in state_tensors(step.optimiser).items()}
    return {**weights, **memory, "totals": step.totals}
