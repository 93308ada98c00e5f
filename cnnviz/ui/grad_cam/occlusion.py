"""Occlusion: a patch dragged over the photo, and the map of all positions."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st

from cnnviz.figures import colour_maps
from cnnviz.figures.bars import answer_bars
from cnnviz.figures.legend import colour_scale
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_step
from cnnviz.ui.parts.drawing import component
from cnnviz.ui.photo.overlay import overlay
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import inference_turn
from cnnviz.ui.work.view import Offer
from cnnviz.vision.cam.occlusion import occluded_probability, occlusion_map

HTML = """
<div class="frame">
  <img>
  <div class="patch" tabindex="0" role="application"></div>
</div>
"""
SIDES = (5, 10, 15, 20, 30, 40, 50)  # per cent of the photo's
DEFAULT_SIDE = 20
CELLS = 16  # places of the map in a row
# What the texts can tell of a probability, 0.1 percentage points: no scale ends before.
LEAST = 0.001
SMALL = 64  # px; a JPEG of fewer pixels would show its blocks

_component = component(__file__, HTML)


def show_occlusion(subject: Subject, opacity: float) -> None:
    """Draw the photo with its patch, the class's probability under it, and the map on demand.

    Args:
        subject: What is looked at.
        opacity: Of the map over the photo, in [0, 1].
    """
    percent = choose_step(
        "Side of the patch",
        SIDES,
        address.PATCH,
        DEFAULT_SIDE,
        format_func=lambda side: f"{side} %",
        help="In per cent of the photo's side.",
    )
    _show_patch(subject, percent)
    st.subheader("Occlusion map")
    side, stride = pixels(subject, percent), max(1, round(subject.side / CELLS))
    network, image, class_index = subject.network, subject.passed.image, subject.class_index
    Offer(
        "occlusion",
        ("occlusion", subject.key, side, stride),
        lambda work: occlusion_map(network, image, class_index, side, stride, work.tell),
        "Compute the occlusion map",
        lambda occluded: _show_map(subject, occluded, stride, opacity),
        help=f"Runs the network for each position of the patch, {stride} px apart.",
    ).draw()


def pixels(subject: Subject, percent: int) -> int:
    """The side of a patch in pixels of the network's input."""
    return max(1, round(subject.side * percent / 100))


@st.fragment
def _show_patch(subject: Subject, percent: int) -> None:
    """The photo with its patch; only this is drawn again while the patch is dragged."""
    row, column = resting_place()
    photo, beside = st.columns([2, 3], gap="large", vertical_alignment="center")
    with photo:
        component = _component(
            key="occluder",
            data={
                "photo": _picture(subject),
                "title": f"{subject.photo.title}, as the network sees it",
                "small": subject.side <= SMALL,
                "side": percent,
                "colour": zero_colour(subject),
                "row": row,
                "column": column,
            },
            height="content",
            on_place_change=_keep_resting_place,
        )
    with beside:
        sent = sent_place(component.place)
        moving = sent[:2] if sent and not sent[2] else None
        _show_fall(subject, moving or (row, column), percent)


def resting_place() -> tuple[int, int]:
    """Where the patch last rested, row and column in per cent, from the address."""
    written = address.requested(address.PATCH_PLACE).split(",")
    numbers = [int(text) for text in written if text.isascii() and text.isdigit()]
    if len(numbers) != 2 or max(numbers) > 100:
        return 50, 50
    return numbers[0], numbers[1]


def sent_place(place: Any) -> tuple[int, int, bool] | None:
    """Row and column in per cent, and whether the patch rests there, as the browser sent them.

    None where it sent nothing, or nothing of the kind.
    """
    try:
        row, column, rests = int(place["row"]), int(place["column"]), bool(place["resting"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return (row, column, rests) if 0 <= row <= 100 and 0 <= column <= 100 else None


def _keep_resting_place() -> None:
    sent = sent_place(st.session_state["occluder"].place)
    if sent and sent[2]:
        address.write({address.PATCH_PLACE: f"{sent[0]},{sent[1]}"})


def _show_fall(subject: Subject, place: tuple[int, int], percent: int) -> None:
    alone = subject.probability
    side = pixels(subject, percent)
    hidden = _occluded(subject, place, side)
    st.markdown(f"**{subject.label}**")
    st.html(answer_bars(["Nothing hidden", "With the patch"], [alone, hidden]))
    st.markdown(fall_text(alone, hidden))
    st.caption(
        f"Drag the patch, click its new position, or move it with the arrow keys. It is {side} x "
        f"{side} of {subject.side} px and is {subject.preprocessing.zero_text}. "
        "Zeiler and Fergus 2014, section 4.2."
    )


def fall_text(alone: float, hidden: float) -> str:
    """How far the probability falls or rises, in percentage points."""
    points = 100 * (alone - hidden)
    if abs(points) < 50 * LEAST:
        return "The patch here changes **nothing**."
    verb = "falls" if points > 0 else "rises"
    return f"The probability {verb} by **{abs(points):.1f} percentage points**."


def _occluded(subject: Subject, place: tuple[int, int], side: int) -> float:
    image = subject.passed.image
    row, column = (
        min(round(length * share / 100), length - 1)
        for length, share in zip(image.shape[2:], place, strict=True)
    )
    with inference_turn:
        return occluded_probability(subject.network, image, subject.class_index, row, column, side)


def _show_map(subject: Subject, occluded: np.ndarray, stride: int, opacity: float) -> None:
    alone = subject.probability
    fall = alone - occluded
    most = max(float(fall.max()), LEAST)
    cells = (fall / most).clip(0, 1)
    title = f"How far the probability of {subject.label} falls"
    left, right = st.columns(2)
    picture = overlay(subject, enlarged(cells, stride, subject.side), opacity)
    left.image(picture, "Over the photo", width="stretch", alt=f"{title}, over the photo")
    picture = colour_maps.coloured(np.kron(cells, np.ones((28, 28))))
    caption = "Each cell is one position of the patch's centre"
    right.image(picture, caption, width="stretch", alt=title)
    st.html(colour_scale("0", f"{100 * most:.1f} percentage points", title))
    st.markdown(map_text(subject.label, fall))


def enlarged(cells: np.ndarray, stride: int, side: int) -> np.ndarray:
    """A map of cells at the input's size, float32 (side, side)."""
    full = cells.repeat(stride, axis=0).repeat(stride, axis=1)
    return full[:side, :side].astype(np.float32)


def map_text(label: str, fall: np.ndarray) -> str:
    """The largest fall, and where hiding something helps."""
    row, column = np.unravel_index(int(fall.argmax()), fall.shape)
    down, across = ((i + 0.5) / n for i, n in zip((row, column), fall.shape, strict=True))
    text = (
        f"“{label}” loses most, {100 * fall.max():.1f} percentage points, with the patch at "
        f"{down:.0%} down and {across:.0%} across."
    )
    if fall.max() < LEAST / 2:
        text = f"Nowhere does the patch take {100 * LEAST} percentage points from “{label}”."
    if fall.min() < -LEAST / 2:
        text += (
            f" In {(fall < -LEAST / 2).mean():.0%} of the places hiding something raises it, by up "
            f"to {-100 * fall.min():.1f} points; these are dark."
        )
    return text


def zero_colour(subject: Subject) -> str:
    """The colour on screen of 0 after normalisation."""
    red, green, blue = (round(255 * mean) for mean in subject.preprocessing.mean)
    if subject.spec.in_channels == 1:
        red = green = blue = round((red + green + blue) / 3)
    return f"rgb({red},{green},{blue})"


@results.remember
def _picture(subject: Subject) -> str:
    """What the network sees of the photo, as a data URL."""
    seen = subject.seen
    file, kind = BytesIO(), "png" if max(seen.size) <= SMALL else "jpeg"
    seen.save(file, kind, quality=88)
    return f"data:image/{kind};base64,{b64encode(file.getvalue()).decode()}"
