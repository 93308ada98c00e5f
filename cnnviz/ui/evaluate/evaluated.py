"""Evaluations, test pictures and networks of runs, as all visitors of this server share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from cnnviz.architectures import Network
from cnnviz.runs.results import stored_evaluation
from cnnviz.runs.run import Run
from cnnviz.training.augmentation import normalise
from cnnviz.training.checkpoints import trained_network
from cnnviz.training.datasets.base import Split
from cnnviz.training.evaluation.predictions import checkpoint_key
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.training.plan import Plan
from cnnviz.training.running import planned_data
from cnnviz.ui.server.byte_cache import networks, results
from cnnviz.ui.server.cached import inference_turn
from cnnviz.ui.work.job_view import Jobs, say_state, watch
from cnnviz.ui.work.jobs import Command, Job, background_job
from cnnviz.vision.cam.class_activation import class_activation, default_layer

KEY_LENGTH = 16


def evaluated(run: Run) -> Evaluation | None:
    """The evaluation of a run; None after saying that it is being computed, or why it cannot be.

    It is computed in a process of its own: once for each checkpoint, whoever asks.

    Raises:
        CheckpointError: The run has no checkpoint, or a damaged one.
    """
    key = checkpoint_key(run.folder)
    found = _stored(str(run.folder), key)
    if found is not None:
        return found
    command = ("evaluate", run.id, "--json", "--checkpoint", key[:KEY_LENGTH])
    job = background_job(command)
    if job.state == "done" and (found := _stored(str(run.folder), key)):
        return found
    watch([command], _say(command, run))
    return None


def _stored(folder: str, key: str) -> Evaluation | None:
    """The evaluation of a checkpoint; it is kept in memory once it is there."""
    name = ("evaluation", folder, key)
    found: Evaluation | None = results.kept(name)
    if found is None:
        found = stored_evaluation(Path(folder))
        if found is not None:
            results.keep(name, found)
    return found


def _say(command: Command, run: Run) -> Callable[[Jobs], None]:
    def say(jobs: Jobs) -> None:
        job: Job | None = jobs[command]
        say_state(
            job,
            "Waiting for other visitors' work ...",
            "The network looks at every test picture; the numbers come in a moment ...",
            f"{job.error if job else ''} In a terminal, python -m cnnviz evaluate {run.id} has no "
            "limit of time, and its result appears here.",
        )

    return say


@results.remember
def tested_pictures(plan: Plan) -> Split:
    """The test split of a plan's data, of its network's size.

    Raises:
        DataError: It cannot be had.
    """
    with st.spinner("Loading the pictures ..."):
        return planned_data(plan).test


def shown(images: torch.Tensor) -> np.ndarray:
    """Images uint8 (N, H, W, C) as RGB pictures (N, H, W, 3)."""
    return np.broadcast_to(images.numpy(), (*images.shape[:3], 3))


@networks.remember
def run_network(folder: str, key: str) -> Network:
    """The frozen network of a run's checkpoint, shared by all visitors.

    Raises:
        CheckpointError: The run has no checkpoint, or a damaged one.
    """
    return trained_network(Path(folder))


@results.remember
def mistake_maps(
    folder: str, key: str, positions: Sequence[int], classes: Sequence[int], _images: torch.Tensor
) -> list[np.ndarray]:
    """Grad-CAM at the last stage of what speaks for a class, one float32 (H, W) an image.

    Args:
        folder: Of the run.
        key: Of its checkpoint.
        positions: Of the images in the test split.
        classes: Whose region is shown, one an image.
        _images: uint8 (N, H, W, C).

    Raises:
        ValueError: The network's last stage has no feature maps.
    """
    network = run_network(folder, key)
    layer = default_layer(network)
    with st.spinner("Following the gradient ..."), inference_turn():
        return [
            class_activation(network, image, class_index, [layer]).maps[layer]
            for image, class_index in zip(_inputs(network, _images), classes, strict=True)
        ]


def _inputs(network: Network, images: torch.Tensor) -> list[torch.Tensor]:
    """Each image as the network wants it, float32 (1, C, H, W)."""
    seen = network.spec.trained_on
    assert seen is not None, "a run has trained it"
    channels = network.spec.in_channels
    mean, std = (torch.tensor(v[:channels]).view(1, -1, 1, 1) for v in (seen.mean, seen.std))
    pixels = images.permute(0, 3, 1, 2).to(torch.float32).div_(255).contiguous()
    return list(normalise(pixels, mean, std).split(1))
