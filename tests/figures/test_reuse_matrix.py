"""The drawing of feature reuse: what its cells say, which can be chosen, what changes in time."""

from xml.etree import ElementTree

import numpy as np
import pytest

from cnnviz.figures.reuse_matrix import (
    PALETTE,
    frames,
    number_text,
    panels,
    reuse_drawing,
    reuse_file,
)

NAN = np.nan
BLOCKS = [
    (
        ("input", "layer 1"),
        ("layer 1", "transition"),
        np.array([[1.0, 0.5], [NAN, 2.0]]),
    ),
    (
        ("input", "layer 1"),
        ("layer 1", "classifier"),
        np.array([[0.1, 0.2], [NAN, 0.3]]),
    ),
]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn():
    return panels(BLOCKS, [matrix / np.nanmax(matrix) for _, _, matrix in BLOCKS])


def cells(svg):
    return [
        e for e in ElementTree.fromstring(svg).iter(f"{SVG}rect") if "cell" in e.get("class", "")
    ]


def test_every_cell_that_is_read_has_its_name_and_value(drawn):
    every = cells(reuse_drawing(drawn))
    assert [cell.find(f"{SVG}title").text for cell in every] == [
        "layer 1 reads input: 1",
        "transition reads input: 0.5",
        "transition reads layer 1: 2",
        "layer 1 reads input: 0.1",
        "classifier reads input: 0.2",
        "classifier reads layer 1: 0.3",
    ]
    assert [cell.get("fill") for cell in every][:3] == [
        PALETTE[128],
        PALETTE[64],
        PALETTE[255],
    ]
    assert not any(cell.get("data-select") for cell in every)


def test_cells_that_can_be_chosen(drawn):
    every = cells(reuse_drawing(drawn, ""))
    assert [cell.get("data-select") for cell in every] == [
        "block1.input.layer1",
        "block1.input.transition",
        "block1.layer1.transition",
        "block2.input.layer1",
        "block2.input.classifier",
        "block2.layer1.classifier",
    ]
    # One of each block takes part in the order of Tab.
    assert [cell.get("tabindex") for cell in every] == ["0", "-1", "-1", "0", "-1", "-1"]
    assert [(cell.get("data-row"), cell.get("data-column")) for cell in every[:3]] == [
        ("0", "0"),
        ("0", "1"),
        ("1", "1"),
    ]


def test_the_chosen_cell_is_framed_and_leads_its_block(drawn):
    plain, marked = reuse_drawing(drawn, ""), reuse_drawing(drawn, "block2.layer1.classifier")
    assert marked.count("<rect") == plain.count("<rect") + 1
    assert marked.count('stroke-width="3"') == 1
    assert [cell.get("tabindex") for cell in cells(marked)] == ["0", "-1", "-1", "-1", "-1", "0"]
    assert reuse_drawing(drawn, "block9.no.where") == plain


def test_a_file_stands_alone(drawn):
    assert len(cells(reuse_file(drawn))) == 6
    ground = ElementTree.fromstring(reuse_file(drawn)).find("{*}rect")
    assert ground.get("fill") == "#ffffff"


def test_frames_follow_the_order_of_the_cells(drawn):
    later = panels(BLOCKS, [np.where(np.isnan(m), NAN, 0.0) for _, _, m in BLOCKS])
    shades, values = frames([drawn, later])
    assert shades.dtype == np.uint8
    assert values.dtype == np.float32
    fills = [cell.get("fill") for cell in cells(reuse_drawing(drawn))]
    assert [PALETTE[shade] for shade in shades[0]] == fills
    assert shades[1].tolist() == [0] * 6
    np.testing.assert_allclose(values, [[1, 0.5, 2, 0.1, 0.2, 0.3]] * 2, rtol=1e-6)


@pytest.mark.parametrize(
    ("value", "text"), [(0.012345, "0.0123"), (1184.2, "1180"), (0.0, "0"), (2.0, "2")]
)
def test_numbers_have_three_digits(value, text):
    assert number_text(value) == text
