"""The logic around a captured step, with a stand-in for CUDA: no test machine has a card."""

import contextlib

import pytest
import torch

from cnnviz.training.loop import cuda_graph
from cnnviz.training.loop.cuda_graph import captured
from cnnviz.training.loop.step import Step
from cnnviz.training.options import TrainingOptions


class Graph:
    """A graph that makes the step itself when it is replayed."""

    replayed = staticmethod(lambda: None)

    def replay(self):
        self.replayed()


@pytest.fixture
def cuda(monkeypatch):
    """torch.cuda whose capture records nothing; the steps inside of it are undone."""

    class Stream:
        def wait_stream(self, other):
            pass

    state = {"capturing": False, "error": None}

    @contextlib.contextmanager
    def graph(made):
        state["capturing"] = True
        yield
        state["capturing"] = False
        if state["error"]:
            raise RuntimeError(state["error"])

    fake = cuda_graph.torch.cuda
    monkeypatch.setattr(fake, "Stream", Stream)
    monkeypatch.setattr(fake, "current_stream", Stream)
    monkeypatch.setattr(fake, "stream", lambda stream: contextlib.nullcontext())
    monkeypatch.setattr(fake, "CUDAGraph", Graph)
    monkeypatch.setattr(fake, "graph", graph)
    monkeypatch.setattr(fake, "get_rng_state", lambda device: torch.get_rng_state())
    monkeypatch.setattr(fake, "set_rng_state", lambda value, device: torch.set_rng_state(value))
    whole = Step.run
    monkeypatch.setattr(Step, "run", lambda step: None if state["capturing"] else whole(step))
    return state


@pytest.fixture
def step_of(small_data, network_for):
    def make(name, **settings):
        data = small_data(channels=3, count=16)
        options = TrainingOptions(batch_size=16, learning_rate=0.01)
        network = network_for(name, data, **settings).train()
        step = Step(network, data, options, torch.device("cpu"))
        step.positions.copy_(torch.arange(16))
        Graph.replayed = staticmethod(lambda: step.run())
        return step

    return make


def weights(step):
    return {name: value.clone() for name, value in step.network.state_dict().items()}


def unchanged(step, before):
    return all(torch.equal(before[name], value) for name, value in weights(step).items())


def test_a_captured_step_replays_and_leaves_the_state_unchanged(cuda, step_of):
    step = step_of("resnet20_cifar")
    before = weights(step)
    run, note = captured(step)
    assert note == "The whole step is captured as a CUDA graph."
    assert unchanged(step, before)
    assert not step.totals.any()
    run()
    assert not unchanged(step, before)
    assert step.totals[2] == 16


def test_a_network_with_random_numbers_on_the_cpu_trains_step_by_step(cuda, step_of):
    step = step_of("stochastic_depth110_cifar", blocks=1)
    before, rng = weights(step), torch.get_rng_state()
    run, note = captured(step)
    assert note.startswith("Step by step: random numbers on the CPU")
    assert unchanged(step, before)
    assert torch.equal(rng, torch.get_rng_state())
    run()
    assert step.totals[2] == 16


def test_a_step_that_cannot_be_captured_is_made_step_by_step(cuda, step_of):
    step = step_of("resnet20_cifar")
    before = weights(step)
    cuda["error"] = "operation not permitted when stream is capturing\nmore"
    run, note = captured(step)
    assert note == (
        "Step by step: the step cannot be captured (operation not permitted when stream is "
        "capturing)."
    )
    assert unchanged(step, before)
    run()
    assert step.totals[2] == 16


def test_a_replay_with_other_numbers_is_not_used(cuda, step_of):
    step = step_of("resnet20_cifar")
    Graph.replayed = staticmethod(lambda: step.totals.add_(1))
    run, note = captured(step)
    assert note == "Step by step: a replay of the captured step gave different results."
    assert run == step.run
    assert not step.totals.any()
