"""Computations of the page Gradient flow, cached by network and batch of digits."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
import torch
from torch.nn import functional

from cnnviz.architectures import NetworkSpec
from cnnviz.progress import Progress, part
from cnnviz.training.augmentation import scaled
from cnnviz.training.datasets import Data, load
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import cached_layer_table, inference_turn
from cnnviz.ui.work.view import Offer
from cnnviz.ui.work.work import Work
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

# Multiply-accumulates that are computed without a button: about 2 s on one core.
AT_ONCE = 20e9
# Cost of drawing a random weight, in multiply-accumulates.
DRAWING = 150.0

Images = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Paths:
    """Shares of the identity path in each residual block.

    Attributes:
        forward: Shares in the activations.
        backward: Shares in the gradient.
        sum: Whether equation 4 holds over the first blocks; None without such blocks.
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
    """A quantity measured on a network and a batch.

    Attributes:
        passes: Cost in forward passes.
        measured: Computes it.
    """

    passes: float
    measured: Callable[[torch.nn.Module, Images, Progress], Any]


MEASURES = {
    "gradients": Measure(
        3.0, lambda n, images, progress: tuple(layer_gradients(n, *images, progress))
    ),
    "paths": Measure(5.0, _paths),
    "activations": Measure(
        1.0, lambda n, images, progress: tuple(activation_statistics(n, images[0], progress))
    ),
}


@dataclass(frozen=True)
class Question:
    """A measurement to compute.

    Attributes:
        measure: A key of ``MEASURES``.
        spec: The network.
        weights: Source of its weights.
        images: Number of digits in the batch.
        seed: Determines the digits and random weights.
    """

    measure: str
    spec: NetworkSpec
    weights: WeightsSource
    images: int
    seed: int

    @property
    def key(self) -> Hashable:
        """Key in the cache."""
        return ("gradient flow", self)

    @property
    def cost(self) -> float:
        """Approximate cost in multiply-accumulates."""
        table = cached_layer_table(self.spec, preprocessing(self.spec).crop)
        passes = self.images * MEASURES[self.measure].passes
        drawn = DRAWING * float(table["params"].sum()) if self.weights.kind == "random" else 0.0
        return passes * float(table["macs"].sum()) + drawn

    def answer(self, digits: Data, progress: Progress) -> Any:
        """Compute and cache the measurement."""
        network = load_network(self.spec, self.weights, self.seed)
        images = digit_batch(self.spec, digits, self.images, self.seed)
        answer = MEASURES[self.measure].measured(network, images, progress)
        results.keep(self.key, answer)
        return answer


def digit_batch(spec: NetworkSpec, digits: Data, count: int, seed: int) -> Images:
    """Handwritten digits as input of a network, enlarged to its input size, with labels.

    They are normalised like the data of a trained network, or by the statistics of the digits.

    Args:
        spec: The network.
        digits: The dataset in its own size.
        count: Number of digits.
        seed: Determines the selection.
    """
    rng = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(digits.train), generator=rng)[:count]
    pixels = scaled(digits.train.images[chosen])
    side = preprocessing(spec).crop
    large = functional.interpolate(pixels, (side, side), mode="bilinear", align_corners=False)
    labels = digits.train.labels[chosen] % spec.num_classes
    if spec.trained_on:
        return normalised(spec, large.expand(-1, 3, -1, -1)), labels
    even = (large - digits.mean[0]) / digits.std[0]
    return even.expand(-1, spec.in_channels, -1, -1).contiguous(), labels


def answers(questions: Sequence[Question], name: str) -> list[Any]:
    """Answers to questions; None (with a button) for expensive ones that are not computed yet.

    Cheap ones are computed at once, the cheapest first; expensive ones as an offer.

    Args:
        questions: At least one.
        name: Distinguishes the buttons of several calls.
    """
    digits = _digits()
    quick = _quick(questions)
    answer_of = {question: results.kept(question.key) for question in questions}
    for question in quick:
        if answer_of[question] is None:
            with st.spinner("Propagating the signal through the network ..."):
                answer_of[question] = _answer_at_once(question, digits)
    missing = tuple(question for question, answer in answer_of.items() if answer is None)
    if missing:
        _offer(missing, digits, name)
    return [answer_of[question] for question in questions]


def _quick(questions: Sequence[Question]) -> list[Question]:
    """The cheapest questions that together cost at most ``AT_ONCE``, cached or not."""
    quick, spent = [], 0.0
    for question in sorted(questions, key=lambda each: each.cost):
        spent += question.cost
        if spent <= AT_ONCE:
            quick.append(question)
    return quick


@results.remember
def _digits() -> Data:
    return load("digits")


@results.remember
def _answer_at_once(question: Question, _digits: Data) -> Any:
    with inference_turn:
        return question.answer(_digits, lambda share: None)


def _offer(missing: tuple[Question, ...], digits: Data, name: str) -> None:
    def compute(work: Work) -> None:
        costs = [question.cost for question in missing]
        done = 0.0
        for question, cost in zip(missing, costs, strict=True):
            share = part(work.tell, done / sum(costs), (done + cost) / sum(costs))
            question.answer(digits, share)
            done += cost

    Offer(
        name,
        ("gradient flow", missing),
        compute,
        "Compute" if len(missing) == 1 else f"Compute {len(missing)} networks",
        help="Takes longer than a few seconds; results are cached for all visitors.",
    ).draw()
