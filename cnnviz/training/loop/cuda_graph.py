"""Captures a training step as a CUDA graph, which launches all kernels at the cost of one.

A graph replays the kernels of one captured step on the same memory. Decisions by random numbers on
the CPU would be frozen in it, so networks that make them train step by step.
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
    """A function that makes a step (a graph's replay if possible) and a sentence on the choice.

    The network, its optimiser and the random generators are unchanged.

    Args:
        step: A step on a CUDA device, with valid ``positions``.
    """
    before = _Snapshot(step)
    rng = (torch.get_rng_state(), random.getstate())
    _warm_up(step)
    if not (torch.equal(rng[0], torch.get_rng_state()) and rng[1] == random.getstate()):
        random.setstate(rng[1])
        torch.set_rng_state(rng[0])
        before.restore()
        return step.run, "Step by step: random numbers on the CPU control this network."
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
    replayed = _outcome(step, graph.replay, before)
    if not torch.allclose(replayed, expected, rtol=TOLERANCE):
        return step.run, "Step by step: a replay of the captured step gave different results."
    return graph.replay, "The whole step is captured as a CUDA graph."


def _warm_up(step: Step) -> None:
    """Make a few steps on a separate stream, which a capture requires."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP_STEPS):
            step.run()
    torch.cuda.current_stream().wait_stream(stream)


def _outcome(step: Step, run: Callable[[], None], before: _Snapshot) -> torch.Tensor:
    """The totals and the norm of the weights after one step from a snapshot."""
    before.restore()
    run()
    sizes = torch.stack([p.detach().float().norm() for p in step.network.parameters()])
    outcome = torch.cat([step.totals, sizes.norm().view(1)]).clone()
    before.restore()
    return outcome


class _Snapshot:
    """A copy of everything that a step changes."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._values = {name: tensor.clone() for name, tensor in _changing(step).items()}
        self._rng_state = torch.cuda.get_rng_state(step.device)

    def restore(self) -> None:
        """Copy the values back in place; tensors created since are set to 0."""
        for name, tensor in _changing(self._step).items():
            if name in self._values:
                tensor.copy_(self._values[name])
            else:
                tensor.zero_()
        torch.cuda.set_rng_state(self._rng_state, self._step.device)


def _changing(step: Step) -> dict[str, torch.Tensor]:
    weights = {f"network.{k}": v for k, v in step.network.state_dict().items()}
    memory = {f"optimiser.{k}": v for k, v in state_tensors(step.optimiser).items()}
    return {**weights, **memory, "totals": step.totals}
