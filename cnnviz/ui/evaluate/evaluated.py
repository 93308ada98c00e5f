"""Evaluations, test images and networks of runs, cached for all visitors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from cnnviz.architectures import Network
from cnnviz.runs.results import stored_evaluation
from cnnviz.runs.run import Run
from cnnviz.training.augmentation import normalisation, normalise, scaled
from cnnviz.training.checkpoints import trained_network
from cnnviz.training.datasets.base import Split
from cnnviz.training.evaluation.predictions import checkpoint_key
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.training.plan import Plan
from cnnviz.training.running import planned_data
from cnnviz.ui.server.byte_cache import networks, results
from cnnviz.ui.server.cached import inference_turn
from cnnviz.ui.work.process import command
from cnnviz.ui.work.view import Offer, start
from cnnviz.ui.work.work import Work
from cnnviz.vision.cam.class_activation import class_activation, default_layer

KEY_LENGTH = 16


def evaluated(run: Run) -> Evaluation | None:
    """The evaluation of a run; None (with a message) while it is computed or after an error.

    It is computed in a separate process, once per checkpoint for all visitors.

    Raises:
        CheckpointError: The run has no checkpoint, or a damaged one.
    """
    key = checkpoint_key(run.folder)
    evaluation = _stored(str(run.folder), key)
    if evaluation is not None:
        return evaluation
    _offer(run, ("evaluate", run.id, "--json", "--checkpoint", key[:KEY_LENGTH]))
    return None


def _offer(run: Run, words: tuple[str, ...]) -> None:
    """Have a command compute the evaluation: at once, and again where the visitor asks for it."""
    run_command = command(words)

    def compute(work: Work) -> None:
        run_command(work)  # what it prints is in the run's folder as well

    name = f"evaluation_{run.id}"
    if st.session_state.setdefault(f"began_{name}", None) != words:
        st.session_state[f"began_{name}"] = words
        start(words, compute)
    st.caption(
        "The network classifies all test images. In a terminal, python -m cnnviz evaluate "
        f"{run.id} has no time limit; its result appears here."
    )
    Offer(name, words, compute, "Evaluate").draw()


def _stored(folder: str, key: str) -> Evaluation | None:
    """The stored evaluation of a checkpoint, cached in memory."""
    name = ("evaluation", folder, key)
    evaluation: Evaluation | None = results.kept(name)
    if evaluation is None:
        evaluation = stored_evaluation(Path(folder))
        if evaluation is not None:
            results.keep(name, evaluation)
    return evaluation


@results.remember
def test_images(plan: Plan) -> Split:
    """The test split of a plan's data, with the image side of its network.

    Raises:
        DataError: The data is not available.
    """
    with st.spinner("Loading the images ..."):
        return planned_data(plan).test


def rgb_images(images: torch.Tensor) -> np.ndarray:
    """Convert uint8 images (N, H, W, C) to RGB (N, H, W, 3)."""
    return np.broadcast_to(images.numpy(), (*images.shape[:3], 3))


@networks.remember
def run_network(folder: str, key: str) -> Network:
    """Load the frozen network of a run's checkpoint, shared by all visitors.

    Raises:
        CheckpointError: The run has no checkpoint, or a damaged one.
    """
    return trained_network(Path(folder))


@results.remember
def mistake_maps(
    folder: str, key: str, positions: Sequence[int], classes: Sequence[int], _images: torch.Tensor
) -> list[np.ndarray]:
    """Grad-CAM heatmaps at the last stage, one float32 (H, W) per image.

    Args:
        folder: Folder of the run.
        key: Key of its checkpoint.
        positions: Positions of the images in the test split.
        classes: Explained class of each image.
        _images: uint8 (N, H, W, C).

    Raises:
        ValueError: The network's last stage has no feature maps.
    """
    network = run_network(folder, key)
    layer = default_layer(network)
    with st.spinner("Computing Grad-CAM ..."), inference_turn():
        return [
            class_activation(network, image, class_index, [layer]).maps[layer]
            for image, class_index in zip(_inputs(network, _images), classes, strict=True)
        ]


def _inputs(network: Network, images: torch.Tensor) -> list[torch.Tensor]:
    """The network's input for each image, float32 (1, C, H, W)."""
    pixels = scaled(images).contiguous()
    return list(normalise(pixels, *normalisation(network.spec)).split(1))
