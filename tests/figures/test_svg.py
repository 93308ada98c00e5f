"""Pieces of drawings: a document, and a file of its own."""

from xml.etree import ElementTree

from cnnviz.figures.network.diagram import diagram
from cnnviz.figures.svg import document, line, standalone, text
from tests.figures.network.drawings import tree, words


def test_a_document_is_as_wide_as_its_place_or_has_its_own_size():
    fixed, free = (
        ElementTree.fromstring(document((0, 0, 40, 30), "", "a <title>", is_fixed))
        for is_fixed in (True, False)
    )
    assert fixed.get("aria-label") == free.get("aria-label") == "a <title>"
    assert fixed.get("viewBox") == free.get("viewBox") == "0 0 40 30"
    assert (fixed.get("width"), free.get("width")) == ("40", None)


def test_only_a_drawing_with_arrows_defines_them():
    arrow = line([(0, 0), (10, 10)], horizontal=True)
    assert 'id="arrow"' in document((0, 0, 10, 10), arrow, "")
    assert "<defs>" not in document((0, 0, 10, 10), text(0, 0, "words"), "")


def test_a_file_of_it_stands_alone():
    folding = tree("resnet18")
    cut = folding.fold(folding.opened(40))
    text = standalone(diagram(cut.items, cut.links, cut.frames, "a <title> & more"))
    assert ElementTree.fromstring(text).get("aria-label") == "a <title> & more"
    assert ElementTree.fromstring(text).get("color") == "#222222"
    assert text.startswith("<?xml")
    assert "data-toggle" not in text
    assert "stage 2" in words(ElementTree.fromstring(text))
