"""What the page of gradient flow computes: one network at a time, on a batch of digits, kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
import torch
from torch.nn import functional

from cnnviz.architectures import NetworkSpec
from cnnviz.progress import Progress, part
from cnnviz.training.datasets.base import Data
from cnnviz.training.datasets.standard import DIGITS
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import cached_layer_table, inference_turn
from cnnviz.ui.work.task_view import TaskOffer
from cnnviz.ui.work.tasks import Task
from cnnviz.vision.gradients.flow import activation_statistics, layer_gradients
from cnnviz.vision.gradients.identity_path import (
    IdentityShare,
    IdentitySum,
    forward_shares,
    identity_shares,
    identity_sum,
)
from cnnviz.vision.prediction import normalised, preprocessing
from cnnviz.weights.loading import load_network
from cnnviz.weights.sources import WeightsSource

# Multiply-accumulates that need no button: about 2 s on one core.
AT_ONCE = 20e9
# Of drawing one random weight, in the time that multiply-accumulates take.
DRAWING = 150.0

Images = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Paths:
    """The way past F of each residual block.

    Attributes:
        forward: Of the activations.
        backward: Of the gradient.
        sum: Whether equation 4 holds over the first blocks; None where there are no such blocks.
    """

    forward: tuple[IdentityShare, ...]
    backward: tuple[IdentityShare, ...]
    sum: IdentitySum | None


def _paths(network: torch.nn.Module, images: Images, progress: Progress) -> Paths:
    pixels, labels = images
    return Paths(
        tuple(forward_shares(network, pixels, part(progress, 0.0, 0.2))),
        tuple(identity_shares(network, pixels, labels, part(progress, 0.2, 0.8))),
        identity_sum(network, pixels, part(progress, 0.8, 1.0)),
    )


@dataclass(frozen=True)
class Measure:
    """Something that is measured of a network on a batch.

    Attributes:
        passes: What it costs, in forward passes.
        found: Measures it.
    """

    passes: float
    found: Callable[[torch.nn.Module, Images, Progress], Any]


MEASURES = {
    "gradients": Measure(3.0, lambda n, images, told: tuple(layer_gradients(n, *images, told))),
    "paths": Measure(5.0, _paths),
    "activations": Measure(
        1.0, lambda n, images, told: tuple(activation_statistics(n, images[0], told))
    ),
}


@dataclass(frozen=True)
class Question:
    """What is asked of one network.

    Attributes:
        measure: A key of ``MEASURES``.
        spec: The network.
        weights: Where its weights come from.
        pictures: Digits in the batch.
        seed: Decides them, and random weights.
    """

    measure: str
    spec: NetworkSpec
    weights: WeightsSource
    pictures: int
    seed: int

    @property
    def key(self) -> Hashable:
        """Identifies it in the cache."""
        return ("gradient flow", self)

    @property
    def cost(self) -> float:
        """About how many multiply-accumulates it takes."""
        table = cached_layer_table(self.spec, preprocessing(self.spec).crop)
        passes = self.pictures * MEASURES[self.measure].passes
        drawn = DRAWING * float(table["params"].sum()) if self.weights.kind == "random" else 0.0
        return passes * float(table["macs"].sum()) + drawn

    def answer(self, digits: Data, progress: Progress) -> Any:
        """Compute it and keep it."""
        network = load_network(self.spec, self.weights, self.seed)
        images = digit_batch(self.spec, digits, self.pictures, self.seed)
        found = MEASURES[self.measure].found(network, images, progress)
        results.keep(self.key, found)
        return found


def digit_batch(spec: NetworkSpec, digits: Data, pictures: int, seed: int) -> Images:
    """Real handwritten digits as a network's input, enlarged to its size, and their labels.

    A trained network sees them normalised as its own data was, another one as a training on the
    digits would.

    Args:
        spec: The network.
        digits: The data set at its own size.
        pictures: How many.
        seed: Decides which.
    """
    rng = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(digits.train), generator=rng)[:pictures]
    pixels = digits.train.images[chosen].permute(0, 3, 1, 2).to(torch.float32) / 255
    side = preprocessing(spec).crop
    large = functional.interpolate(pixels, (side, side), mode="bilinear", align_corners=False)
    labels = digits.train.labels[chosen] % spec.num_classes
    if spec.trained_on:
        return normalised(spec, large.expand(-1, 3, -1, -1)), labels
    even = (large - digits.mean[0]) / digits.std[0]
    return even.expand(-1, spec.in_channels, -1, -1).contiguous(), labels


def answers(questions: Sequence[Question], name: str) -> list[Any]:
    """The answers, None for those that the visitor has to ask for; then the offer is drawn.

    What is quick is computed at once, the least costly first; what is not, in a task with a bar and
    a stop.

    Args:
        questions: At least one.
        name: Tells the buttons of several offers apart.
    """
    digits = _digits()
    quick = _quick(questions)
    found = {question: results.kept(question.key) for question in questions}
    for question in quick:
        if found[question] is None:
            with st.spinner("Following the signal through the network ..."):
                found[question] = _answer_at_once(question, digits)
    missing = tuple(question for question, answer in found.items() if answer is None)
    if missing:
        _offer(missing, digits, name)
    return [found[question] for question in questions]


def _quick(questions: Sequence[Question]) -> list[Question]:
    """Those that together cost at most ``AT_ONCE``; the same whatever is kept already."""
    kept, spent = [], 0.0
    for question in sorted(questions, key=lambda each: each.cost):
        spent += question.cost
        if spent <= AT_ONCE:
            kept.append(question)
    return kept


@results.remember
def _digits() -> Data:
    return DIGITS.load(DIGITS.side, DIGITS.channels, 0, lambda share: None)


@results.remember
def _answer_at_once(question: Question, _digits: Data) -> Any:
    with inference_turn():
        return question.answer(_digits, lambda share: None)


def _offer(missing: tuple[Question, ...], digits: Data, name: str) -> None:
    def work(task: Task) -> tuple[()]:
        costs = [question.cost for question in missing]
        done = 0.0
        for question, cost in zip(missing, costs, strict=True):
            share = part(task.tell, done / sum(costs), (done + cost) / sum(costs))
            question.answer(digits, share)
            done += cost
        return ()

    TaskOffer(
        name,
        ("gradient flow", missing),
        work,
        "Compute" if len(missing) == 1 else f"Compute {len(missing)} networks",
        # The page runs again when it is done, and finds the answers.
        show=lambda _: None,
        help="It takes longer than a few seconds; what is computed is kept for everybody.",
    ).draw()
