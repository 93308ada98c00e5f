"""Evaluations of runs with their test images and networks, cached for all visitors."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from cnnviz.architectures import Network
from cnnviz.runs.results import stored_evaluation
from cnnviz.runs.run import Run
from cnnviz.training.augmentation import normalisation, normalise, scaled
from cnnviz.training.checkpoints import checkpoint_facts, checkpoint_name, trained_network
from cnnviz.training.datasets.base import DataError, Split
from cnnviz.training.evaluation.predictions import checkpoint_key
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.training.running import planned_data
from cnnviz.ui.server.byte_cache import networks, results
from cnnviz.ui.server.cached import inference_turn
from cnnviz.ui.work.process import command
from cnnviz.ui.work.view import Offer, start
from cnnviz.ui.work.work import Work
from cnnviz.vision.cam.class_activation import class_activation

KEY_LENGTH = 16


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A run with its evaluation.

    Attributes:
        run: The run.
        evaluation: Evaluation of its best checkpoint.
    """

    run: Run
    evaluation: Evaluation

    @property
    def cache_key(self) -> Hashable:
        """Changes with the checkpoint."""
        return (str(self.run.folder), checkpoint_key(self.run.folder))

    def images(self, positions: np.ndarray) -> np.ndarray:
        """Test images, RGB uint8 (N, H, W, 3), by their positions in the test split."""
        images = _test_split(self).images[positions]
        return np.broadcast_to(images.numpy(), (*images.shape[:3], 3))


def evaluated(run: Run) -> Evaluated | None:
    """A run with its evaluation; None (with a message) while it is computed or after an error.

    It is computed in a separate process, once per checkpoint for all visitors.

    Raises:
        CheckpointError: The run has no checkpoint, or a damaged one.
    """
    key = checkpoint_key(run.folder)
    evaluation = _stored(run.folder, key)
    if evaluation is not None:
        return Evaluated(run, evaluation)
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


def _stored(folder: Path, key: str) -> Evaluation | None:
    """The stored evaluation of a checkpoint, cached in memory."""
    name = ("evaluation", folder, key)
    evaluation: Evaluation | None = results.kept(name)
    if evaluation is None:
        evaluation = stored_evaluation(folder)
        if evaluation is not None:
            results.keep(name, evaluation)
    return evaluation


@results.remember
def _test_split(subject: Evaluated) -> Split:
    """The images that were tested.

    Raises:
        DataError: They have changed since.
    """
    with st.spinner("Loading the images ..."):
        data = planned_data(subject.run.plan)
    folder, labels = subject.run.folder, subject.evaluation.predictions.labels
    change = data.change_since(checkpoint_facts(folder, checkpoint_name(folder)).get("data"))
    if not change and not np.array_equal(data.test.labels.numpy(), labels):
        change = f"{data.title} has changed since the run was tested."
    if change:
        raise DataError(f"{change} Its test images cannot be shown with their predictions.")
    return data.test


@networks.remember
def _network(subject: Evaluated) -> Network:
    return trained_network(subject.run.folder)


@results.remember
def mistake_maps(subject: Evaluated, positions: tuple[int, ...]) -> Sequence[np.ndarray]:
    """Grad-CAM heatmaps of test images for their predicted class, one float32 (H, W) each.

    Raises:
        ValueError: The network's last stage has no feature maps.
        CheckpointError: The run has no checkpoint, or a damaged one.
    """
    network = _network(subject)
    pixels = scaled(_test_split(subject).images[list(positions)]).contiguous()
    inputs = normalise(pixels, *normalisation(network.spec)).split(1)
    classes = subject.evaluation.predictions.predicted[list(positions)]
    with st.spinner("Computing Grad-CAM ..."), inference_turn:
        return [
            next(iter(class_activation(network, image, int(class_index)).maps.values()))
            for image, class_index in zip(inputs, classes, strict=True)
        ]
