"""Downloads of a run: weights, code that loads them, curves and TensorBoard log."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from cnnviz.figures.theme import bytes_text
from cnnviz.runs.export import curves_csv, tensorboard_zip
from cnnviz.runs.run import Run
from cnnviz.training.checkpoints import BEST, has_checkpoint, trained_spec
from cnnviz.training.measurement import Measurement
from cnnviz.ui.parts.page import offer_file
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.vision.stand_alone import WEIGHTS, loading_code


class Download(NamedTuple):
    """A file that is created on request.

    Attributes:
        label: Label of the button.
        file: Name of the file.
        about: Its content, in one sentence.
        content: Creates the content.
    """

    label: str
    file: str
    about: str
    content: Callable[[], str | bytes]


def show_downloads(run: Run) -> None:
    """Draw a button and a sentence for each file."""
    st.markdown(
        f"Put **{WEIGHTS}** and **{_module(run)}** into the same folder: the code loads the "
        "weights without cnnviz."
    )
    for download in downloads(run):
        with st.container(horizontal=True, vertical_alignment="center"):
            offer_file(download.label, download.content, download.file, width=230)
            st.caption(download.about, width="content")


def downloads(run: Run) -> list[Download]:
    """The files of a run, with those of its best checkpoint if it has one."""
    name, started = f"run-{run.id}", run.started or run.created
    files = [
        Download(
            "Curves",
            f"{name}.csv",
            "All measurements as CSV, one per line.",
            lambda: curves_csv(_measurements(run)),
        ),
        Download(
            "TensorBoard log",
            f"{name}.zip",
            "The same for TensorBoard: unzip it and run tensorboard --logdir.",
            lambda: tensorboard_zip(_measurements(run), name, started),
        ),
    ]
    return (_of_weights(run) if has_checkpoint(run.folder, BEST) else []) + files


def _of_weights(run: Run) -> list[Download]:
    path = run.folder / f"{BEST}.safetensors"
    return [
        Download(
            "Checkpoint",
            WEIGHTS,
            f"The weights of the best test, {bytes_text(path.stat().st_size)}, as safetensors.",
            path.read_bytes,
        ),
        Download(
            "Code that loads it",
            _module(run),
            "Network, preprocessing and classes; needs torch, safetensors, Pillow and numpy.",
            lambda: loading_code(trained_spec(run.folder)),
        ),
    ]


def _module(run: Run) -> str:
    return f"{run.plan.network.spec.variant}.py"


def _measurements(run: Run) -> list[Measurement]:
    return [measurement for _, measurement in shared_runs().store.measurements(run.id)]
