"""Cards of the Home page: a question each, with a link to the page that answers it."""

import streamlit as st

from cnnviz.ui.parts import address
from cnnviz.ui.parts.address import ARCHITECTURE, HIDE, PICTURE, SECTION, SHEET, VARIANT, VIEW, Key

TO_TRY: tuple[tuple[str, str, str, str, dict[Key, str]], ...] = (
    (
        "Where are VGG-16's 138 million parameters?",
        "Nine in ten are in three linear layers; nearly all multiplications are elsewhere. "
        "Halve the hidden units and watch the count.",
        "Open VGG-16",
        "pages/explore.py",
        {ARCHITECTURE: "vgg", VARIANT: "vgg16", SECTION: "where it sits"},
    ),
    (
        "What does a convolution compute?",
        "7x1 + 4x1 + 3x1 - 3 - 3 - 2 = 6: the slide's sum, term by term. Type other numbers, let "
        "the kernel slide, then do the same to your photo.",
        "Open the lab",
        "pages/convolution_lab.py",
        {},
    ),
    (
        "VGG-16 or ResNet-34?",
        "Twice as deep with a sixth of the parameters: put them side by side, stage by stage, and "
        "measure both on this machine.",
        "Open Compare",
        "pages/compare.py",
        {},
    ),
    (
        "Every layer sees all earlier layers",
        "Draw DenseNet-121's blocks with all their connections, click a layer, and read each of "
        "its numbers as a formula.",
        "Open DenseNet-121",
        "pages/explore.py",
        {VARIANT: "densenet121", PICTURE: "block"},
    ),
    (
        "Quiz: predict, then check",
        "Hide the counts, predict ten numbers of AlexNet, and see which step went wrong. The "
        "address holds the number of the question set: share it with a class.",
        "Open question set 1",
        "pages/explore.py",
        {VARIANT: "alexnet", HIDE: "params,macs", SHEET: "1"},
    ),
    (
        "Take the shortcuts out of a ResNet",
        "The plain twin has the same convolutions, nearly the same cost and the same receptive "
        "field, and trains worse the deeper it gets. What do the shortcuts cost?",
        "Open Plain-34",
        "pages/explore.py",
        {VARIANT: "plain34"},
    ),
    (
        "Where does a network look on your photo?",
        "Upload a photo, see the five most probable classes and the region that supports the "
        "predicted class, or any other.",
        "Open Grad-CAM",
        "pages/grad_cam.py",
        {},
    ),
    (
        "What does each layer see?",
        "All feature maps of any layer on your photo: edges, then texture, then eyes. Click one to "
        "see it large, with its filter, its top activations and its feature visualisation.",
        "Open Feature maps",
        "pages/feature_maps.py",
        {},
    ),
    (
        "One photo through history",
        "From AlexNet to DenseNet: what does each network predict, and where does it look? Then "
        "check whether you can trust such a heatmap.",
        "Open the history",
        "pages/grad_cam.py",
        {VIEW: "networks"},
    ),
    (
        "Watch a network learn",
        "Train LeNet-5 on handwritten digits in seconds, change the learning rate while it runs, "
        "and compare the curves of several runs.",
        "Open Train",
        "pages/train.py",
        {},
    ),
    (
        "Does the paper's claim hold here?",
        "Plain against residual, ReLU against tanh, with and without augmentation: one button "
        "trains networks that differ in one thing and shows the paper's results.",
        "Open Experiments",
        "pages/experiments.py",
        {},
    ),
    (
        "Which images does it consider similar?",
        "The nearest images by the network's last hidden layer, as in AlexNet's Figure 4, among "
        "the sample photos, your own zip or a data set on disk.",
        "Open Neighbours",
        "pages/neighbours.py",
        {},
    ),
    (
        "Does DenseNet reuse its features?",
        "How much of its weight each layer spends on each earlier layer: Figure 5 of the paper "
        "for a trained network next to an untrained one.",
        "Open Feature reuse",
        "pages/feature_reuse.py",
        {},
    ),
    (
        "Why does the gradient vanish?",
        "0.25 × 0.6 × 0.25 × 0.7 = 0.02625: the slide's product to play with, then measured layer "  # noqa: RUF001
        "by layer in plain, residual and dense networks.",
        "Open Gradient flow",
        "pages/gradient_flow.py",
        {VIEW: "the chain"},
    ),
)


def show_things_to_try() -> None:
    """Draw the cards in a grid: question, hint and link."""
    grid = st.grid(3, min_column_width=260, border=True)
    for question, hint, label, page, parameters in TO_TRY:
        with grid.cell():
            st.subheader(question)
            st.write(hint)
            st.page_link(
                page,
                label=label,
                icon=":material/arrow_forward:",
                query_params=address.query(parameters),
            )
