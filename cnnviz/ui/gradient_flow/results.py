"""Computations of the page Gradient flow, cached by network and batch of digits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeVar

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
from cnnviz.weights.sources import WeightsSource, sources

# Multiply-accumulates that are computed without a button: about 2 s on one core.
AT_ONCE = 20e9
# Cost of drawing a random weight, in multiply-accumulates.
DRAWING = 150.0

Images = tuple[torch.Tensor, torch.Tensor]
K = TypeVar("K", bound=Hashable)


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


def _paths(
    network: torch.nn.Module, pixels: torch.Tensor, labels: torch.Tensor, progress: Progress
) -> Paths:
    return Paths(
        tuple(forward_shares(network, pixels, part(progress, 0.0, 0.2))),
        tuple(identity_shares(network, pixels, labels, part(progress, 0.2, 0.8))),
        identity_sum(network, pixels, part(progress, 0.8, 1.0)),
    )


# A quantity measured on a network and a batch, and its cost in forward passes.
MEASURES: dict[str, tuple[Callable[..., Any], float]] = {
    "gradients": (lambda *network_and_batch: tuple(layer_gradients(*network_and_batch)), 3.0),
    "paths": (_paths, 5.0),
    "activations": (
        lambda network, pixels, _, progress: tuple(
            activation_statistics(network, pixels, progress)
        ),
        1.0,
    ),
}


@dataclass(frozen=True)
class Batch:
    """Handwritten digits: their number, and what determines them and random weights."""

    images: int
    seed: int


@dataclass(frozen=True)
class Question:
    """A measurement to compute.

    Attributes:
        measure: A key of ``MEASURES``.
        spec: The network.
        weights: Source of its weights.
        batch: The digits.
    """

    measure: str
    spec: NetworkSpec
    weights: WeightsSource
    batch: Batch

    @classmethod
    def untrained(cls, measure: str, spec: NetworkSpec, batch: Batch) -> Question:
        """The measurement with random weights."""
        return cls(measure, spec, sources(spec.variant)[-1], batch)

    @property
    def key(self) -> Hashable:
        """Key in the cache."""
        return ("gradient flow", self)

    @property
    def cost(self) -> float:
        """Approximate cost in multiply-accumulates."""
        table = cached_layer_table(self.spec, preprocessing(self.spec).crop)
        passes = self.batch.images * MEASURES[self.measure][1]
        drawn = DRAWING * float(table["params"].sum()) if self.weights.kind == "random" else 0.0
        return passes * float(table["macs"].sum()) + drawn

    def answer(self, digits: Data, progress: Progress) -> Any:
        """Compute and cache the measurement."""
        network = load_network(self.spec, self.weights, self.batch.seed)
        measured, _ = MEASURES[self.measure]
        answer = measured(network, *digit_batch(self.spec, digits, self.batch), progress)
        results.keep(self.key, answer)
        return answer


def digit_batch(spec: NetworkSpec, digits: Data, batch: Batch) -> Images:
    """Handwritten digits as input of a network, enlarged to its input size, with labels.

    They are normalised like the data of a trained network, or by the statistics of the digits.

    Args:
        spec: The network.
        digits: The dataset in its own size.
        batch: Which of them.
    """
    rng = torch.Generator().manual_seed(batch.seed)
    chosen = torch.randperm(len(digits.train), generator=rng)[: batch.images]
    pixels = scaled(digits.train.images[chosen])
    side = preprocessing(spec).crop
    large = functional.interpolate(pixels, (side, side), mode="bilinear", align_corners=False)
    labels = digits.train.labels[chosen] % spec.num_classes
    if spec.trained_on:
        return normalised(spec, large.expand(-1, 3, -1, -1)), labels
    even = (large - digits.mean[0]) / digits.std[0]
    return even.expand(-1, spec.in_channels, -1, -1).contiguous(), labels


def answers(questions: Mapping[K, Question], name: str) -> dict[K, Any]:
    """The known answers to questions, with a button for expensive ones not computed yet.

    Args:
        questions: At least one; cheap ones are answered at once.
        name: Distinguishes the buttons of several calls.
    """
    digits, quick, known = _digits(), _quick(questions.values()), {}
    for asked, question in questions.items():
        answer = results.kept(question.key)
        if answer is None and question in quick:
            with st.spinner("Propagating the signal through the network ..."):
                answer = _answer_at_once(question, digits)
        if answer is not None:
            known[asked] = answer
    missing = tuple(question for asked, question in questions.items() if asked not in known)
    if missing:
        _offer(missing, digits, name)
    return known


def _quick(questions: Collection[Question]) -> list[Question]:
    """The cheapest questions that together cost at most ``AT_ONCE``, cached or not."""
    cheapest_first = sorted(questions, key=lambda each: each.cost)
    spent = accumulate(question.cost for question in cheapest_first)
    return [q for q, total in zip(cheapest_first, spent, strict=True) if total <= AT_ONCE]


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
        done = [0.0, *accumulate(cost / sum(costs) for cost in costs)]
        for question, *ends in zip(missing, done, done[1:], strict=False):
            question.answer(digits, part(work.tell, *ends))

    Offer(
        name,
        ("gradient flow", missing),
        compute,
        "Compute" if len(missing) == 1 else f"Compute {len(missing)} networks",
        help="Takes longer than a few seconds; results are cached for all visitors.",
    ).draw()
