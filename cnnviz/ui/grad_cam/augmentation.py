"""A photo under each augmentation, with the network's predictions."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from cnnviz.figures.images.image_tiles import enlarged
from cnnviz.ui.parts import address
from cnnviz.ui.parts.augmented import LAST_DRAW, choose_draw
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import inference_turn
from cnnviz.vision.augmentations import AUGMENTATIONS, LEVELS, augmented_photo
from cnnviz.vision.prediction import many_probabilities, normalised


@dataclass(frozen=True, eq=False)
class AugmentedAnswers:
    """A photo under every augmentation, with the network's predictions.

    Attributes:
        pictures: uint8 (H, W, 3) by the augmentation's key; "plain" is the photo itself.
        probabilities: float32 (num_classes,) by the same keys.
    """

    pictures: dict[str, np.ndarray]
    probabilities: dict[str, np.ndarray]


def show_augmentations(subject: Subject) -> None:
    """Draw strength, random draw, and a grid of augmented photos with their predictions."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = choose_labelled(
            "Strength", LEVELS, address.STRENGTH, help="Mild is typical for training."
        )
        draw = choose_draw(width=140)
        st.button("Draw again", icon=":material/casino:", on_click=_draw_again)
    augmented = cached_augmentations(subject, level, draw)
    with st.grid(5, min_column_width=150):
        for key in augmented.pictures:
            with st.container():
                _show_one(subject, augmented, key, level)
    st.markdown(augmentations_text(subject, augmented))
    st.caption(_source(subject))


def _draw_again() -> None:
    st.session_state[address.DRAW] = ((st.session_state[address.DRAW] or 0) + 1) % (LAST_DRAW + 1)


def _show_one(subject: Subject, augmented: AugmentedAnswers, key: str, level: str) -> None:
    title, amount, tooltip = "Original", "no augmentation", None
    if key in AUGMENTATIONS:
        each = AUGMENTATIONS[key]
        title, amount, tooltip = each.title, each.amount_at(level), f"{each.help} {each.source}."
    probabilities = augmented.probabilities[key]
    best, own = int(probabilities.argmax()), float(probabilities[subject.class_index])
    answer = f"{subject.labels[best]} {probabilities[best]:.1%}"
    picture = enlarged(augmented.pictures[key], 224)
    st.image(picture, width="stretch", alt=f"{title}, {amount}: {answer}")
    lines = [f"**{title}**, {amount}", answer]
    if best != subject.class_index:
        lines.append(f"{subject.label} {own:.1%}")
    if key != "plain":
        lines.append(change_text(own - augmented.probabilities["plain"][subject.class_index]))
    st.markdown("  \n".join(lines), help=tooltip)


def change_text(change: float) -> str:
    """How far the class's probability rose or fell, in percentage points."""
    points = 100 * change
    if abs(points) < 0.05:
        return "no change"
    sign, size = "▲" if points > 0 else "▼", abs(points)
    return f"{sign} {size:.1f} points"


def augmentations_text(subject: Subject, augmented: AugmentedAnswers) -> str:
    """How often the class stays the top prediction, and its largest change."""
    others = {key: p for key, p in augmented.probabilities.items() if key != "plain"}
    plain = augmented.probabilities["plain"][subject.class_index]
    unchanged = sum(int(p.argmax()) == subject.class_index for p in others.values())
    changes = {key: float(p[subject.class_index] - plain) for key, p in others.items()}
    largest = max(changes, key=lambda key: abs(changes[key]))
    return (
        f"“{subject.label}” is the top prediction under {unchanged} of {len(others)} "
        f"augmentations; {AUGMENTATIONS[largest].title} changes it most "
        f"({change_text(changes[largest])})."
    )


def _source(subject: Subject) -> str:
    text = (
        "Below each image: the top prediction, and the change of the class's probability against "
        "the original in percentage points. The draw's number determines all random values; crop, "
        "rotation, noise, erasing, jitter and PCA colour are the code that training uses. A "
        "network that was trained with an augmentation should be robust to it."
    )
    if subject.preprocessing.resize == subject.side:
        text += (
            " The random crop is enlarged to the input; for training on CIFAR, He et al. 2016, "
            "section 4.2, pad the photo by 4 px and crop that."
        )
    return text


@results.remember
def cached_augmentations(subject: Subject, level: str, seed: int) -> AugmentedAnswers:
    """The photo under every augmentation of one strength and draw, and the answers."""
    network = subject.network
    drawn = augmented_photo(subject.spec, subject.photo.image, level, seed)
    images = normalised(subject.spec, torch.stack(list(drawn.values())))
    with st.spinner("Looking at the augmented photos ..."), inference_turn:
        probabilities = many_probabilities(network, len(images), lambda some: images[some])
    pictures = {
        key: (picture * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
        for key, picture in drawn.items()
    }
    return AugmentedAnswers(pictures, dict(zip(drawn, probabilities, strict=True)))
