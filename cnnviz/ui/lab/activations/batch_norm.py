"""Batch normalisation in training and evaluation mode, on numbers and on a photo's maps."""

from functools import partial

import streamlit as st
import torch
from torch import nn

from cnnviz.architectures import architecture_of
from cnnviz.figures.images.number_tiles import number_text
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.batch_maps import NormalisedMaps, normalised_maps
from cnnviz.lab.network_places import first_batch_norm, has_batch_norm, variants_with_batch_norm
from cnnviz.lab.normalisation import EPSILON, Batch, BatchSettings, normalised_batch, vector
from cnnviz.training.bundled import bundled
from cnnviz.ui.lab.controls import choose_over, choose_settings, says_errors
from cnnviz.ui.lab.figures import factor_text, show_maps, show_numbers
from cnnviz.ui.lab.network import FirstConvolution, show_on_photo
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text
from cnnviz.vision.capture import Place, submodule
from cnnviz.vision.maps.statistics import largest

TRAINED = "2 4 4 4 5 5 7 9"
AT_TEST = "5 9 1"
FORMULA = (
    r"\hat{x} = \frac{x - \text{mean}}{\sqrt{\text{variance} + \epsilon}}, \qquad "
    r"y = \gamma\,\hat{x} + \beta"
)
SHOWN = 4  # channels whose statistics are shown


def show_batch() -> None:
    """Draw batch normalisation of one feature over a batch or of a photo's maps."""
    with st.sidebar:
        over = choose_over()
    st.latex(FORMULA)
    if over == "photo":
        show_on_photo(_show_photo)
    else:
        _show_numbers()


@says_errors
def _show_numbers() -> None:
    """One feature over a batch, by the batch's own numbers or by running averages."""
    with st.sidebar:
        settings = choose_settings(BatchSettings, "batch", {})
        trained = write_text("Training batch", address.BATCH_TRAINED, TRAINED)
        at_test = write_text("Test inputs", address.BATCH_ASKED, AT_TEST)
    is_training, seen = settings.mode == "training", vector(trained, "Training batch")
    normalised = normalised_batch(
        seen if is_training else vector(at_test, "Test inputs"), settings, seen
    )
    training_batch = normalised_batch(seen, BatchSettings(), seen)
    left, right = st.columns(2)
    with left:
        purpose = "" if is_training else " (source of the running averages)"
        show_cells(address.BATCH_TRAINED, f"Training batch{purpose}", colour=CATEGORIES[0])
    with right:
        purpose = " (evaluation mode)" if is_training else ""
        show_cells(address.BATCH_ASKED, f"Test inputs{purpose}", colour=CATEGORIES[1])
    _show_statistics(normalised, training_batch, is_training)
    _say_first(normalised, settings)
    columns = {"x": normalised.read, "Normalised": normalised.normalised, "y": normalised.output}
    numbers = range(1, len(normalised.read) + 1)
    show_numbers(columns, "Number", numbers, "Batch normalisation number by number")
    st.caption(
        f"Ioffe and Szegedy 2015, Algorithm 1; ε = {EPSILON:.5f} as in torch. The running averages "
        "begin at 0 and 1, and each batch in training moves them by the momentum's share; torch "
        "divides the running variance by N - 1, the batch's own by N. One feature is one channel: "
        "in a convolutional network its batch is all pixels of all images."
    )


def _show_statistics(normalised: Batch, training_batch: Batch, is_training: bool) -> None:
    """Both kinds of mean and variance, those in use marked."""
    statistics = (
        ("Batch mean", training_batch.mean, is_training),
        ("Batch variance", training_batch.variance, is_training),
        ("Running mean", normalised.running_mean, not is_training),
        ("Running variance", normalised.running_variance, not is_training),
    )
    tile = partial(st.metric, delta_color="off", delta_arrow="off", border=True)
    with st.grid(4, min_column_width=150):
        for name, value, used in statistics:
            tile(name, number_text(value), "in use" if used else "not in use")


def _say_first(batch: Batch, s: BatchSettings) -> None:
    """The first number term by term."""
    is_training = s.mode == "training"
    mean = batch.mean if is_training else batch.running_mean
    variance = batch.variance if is_training else batch.running_variance
    x, between, y = (float(v[0]) for v in (batch.read, batch.normalised, batch.output))
    whose = "the batch's own mean and variance" if is_training else "the running averages"
    st.markdown(
        f"By {whose}: ({number_text(x)} - {factor_text(mean)}) / √({number_text(variance)} + "
        f"{EPSILON:.5f}) = **{number_text(between)}**, then {s.gamma:g} x {factor_text(between)} + "
        f"{factor_text(s.beta)} = **{number_text(y)}**."
    )


def _show_photo(first: FirstConvolution) -> None:
    """The network's first batch norm on the photo's maps, or which networks have one."""
    node = first_batch_norm(first.graph)
    if node is None:
        st.info(_without())
        return
    layer = submodule(first.subject.network, node.name)
    assert isinstance(layer, nn.BatchNorm2d)
    maps = normalised_maps(torch.from_numpy(first.subject.at(Place(node.name, 0))), layer)
    channels, rows, columns = maps.read.shape
    st.markdown(
        f"{node.name}, the first batch norm of this network, reads {channels} maps of "
        f"{rows} x {columns}. **At test** it takes the running averages that training left; **in "
        f"training**, with this photo as the whole batch, the mean and variance of the "
        f"{rows * columns:,} numbers of each map. Both with the learned γ and β."  # noqa: RUF001
    )
    if maps.is_untrained:
        st.info("Nothing has been averaged yet: the running averages are 0 and 1, as they begin.")
    _show_modes(maps, list(range(channels)))
    _show_most_different(maps)


@st.cache_data(show_spinner="Looking for networks with batch norm ...")
def _without() -> str:
    trained = [each.spec.variant for each in bundled() if has_batch_norm(each.spec)]
    families = [f"{architecture_of(name).name} ({name})" for name in variants_with_batch_norm()]
    return (
        "This network has no batch norm: choose one that has it in the sidebar. Bundled "
        f"trained networks: {', '.join(trained)}; architectures with it and a variant of each: "
        f"{', '.join(families)}."
    )


def _show_modes(maps: NormalisedMaps, channels: list[int]) -> None:
    """Some channels before and after, on one scale for both modes."""
    read, test, training = (
        each[channels].numpy() for each in (maps.read, maps.at_test, maps.in_training)
    )
    reach = largest([test, training])
    with st.grid(3, min_column_width=250):
        show_maps(read, "Input.")
        show_maps(test, "At test, by the running averages.", reach)
        show_maps(training, "In training, by this photo's own.", reach)


def _show_most_different(maps: NormalisedMaps) -> None:
    """Where both modes differ most, in numbers and as maps, and what that means."""
    channels = maps.most_different[:SHOWN]
    st.subheader(f"The {len(channels)} channels that differ most")
    columns = {
        "Photo's mean": maps.mean,
        "Running mean": maps.running_mean,
        "Photo's variance": maps.variance,
        "Running variance": maps.running_variance,
        "Distance": maps.differences,
    }
    chosen = {heading: each[channels] for heading, each in columns.items()}
    show_numbers(chosen, "Channel", channels, "Statistics by channel")
    st.caption(
        "Distance: of both outputs, |at test - in training|, in the mean of the map. Below, the "
        "maps of these channels in the same order, row by row."
    )
    _show_modes(maps, channels)
    st.markdown(
        "By its own mean and variance every map of the photo ends up at the mean β with the "
        "deviation |γ|, however dark or flat the photo is; by the averages of training it keeps "  # noqa: RUF001
        "what sets it apart from the training data. So a single photo must be passed in evaluation "
        "mode (`network.eval()`), or the network sees maps that are not those it was trained to "
        "expect."
    )
