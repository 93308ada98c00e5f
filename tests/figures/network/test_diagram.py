"""The drawings of networks: what is in them, and that nothing lies on top of anything else."""

from xml.etree import ElementTree

import pytest

from cnnviz.analysis.folding import Shown
from tests.figures.network.drawings import NAMES, SVG, drawn, selectable, tree, words


@pytest.mark.parametrize("view", ["volumes", "graph"])
@pytest.mark.parametrize("name", NAMES)
def test_every_item_is_drawn_and_can_be_clicked(name, view):
    folding, hide = tree(name), view == "volumes"
    shown = Shown(hide_shape_keeping=hide)
    cut = folding.fold(folding.opened(60, shown), shown)
    drawing = drawn(name, view)
    assert selectable(drawing) == cut.items["layer"].tolist()
    assert len(selectable(drawing)) <= 60
    closed = {g.get("data-toggle") for g in drawing.iter(f"{SVG}g") if g.get("data-toggle")}
    assert set(cut.items.loc[cut.items["kind"] == "block", "path"]) <= closed


@pytest.mark.parametrize("name", NAMES)
def test_no_two_boxes_of_a_graph_overlap(name):
    faces = [
        [float(face.get(side)) for side in ("x", "y", "width", "height")]
        for face in drawn(name).iter(f"{SVG}rect")
        if face.get("class") == "face"
    ]
    for i, (x, y, width, height) in enumerate(faces):
        for other_x, other_y, other_width, other_height in faces[:i]:
            apart = x >= other_x + other_width or other_x >= x + width
            assert apart or y >= other_y + other_height or other_y >= y + height


@pytest.mark.parametrize("view", ["volumes", "graph"])
@pytest.mark.parametrize("name", NAMES)
def test_all_text_lies_inside_of_the_drawing(name, view):
    drawing = drawn(name, view)
    left, top, width, height = map(float, drawing.get("viewBox").split())
    for text in drawing.iter(f"{SVG}text"):
        half = 0.33 * float(text.get("font-size")) * len(text.text)
        x, y = float(text.get("x")), float(text.get("y"))
        assert top <= y <= top + height
        if text.get("text-anchor") == "middle":
            assert left <= x - half, text.text
            assert x + half <= left + width, text.text


def test_repeats_are_written():
    assert "stage 1 · basic block x 200" in words(drawn("resnet1202_cifar", "volumes"))
    shown = words(drawn("densenet264", opened={"stages.2", "stages.2.block"}))
    assert "dense layer x 64" in shown


def test_the_selected_layer_is_marked():
    drawing = drawn("lenet5", "graph", selected=2)
    marked = [g for g in drawing.iter(f"{SVG}g") if "selected" in (g.get("class") or "")]
    assert [g.get("data-select") for g in marked] == [selectable(drawing)[2]]


@pytest.mark.parametrize("view", ["volumes", "graph"])
def test_hidden_shapes_are_nowhere(view):
    said = ElementTree.tostring(drawn("vgg16", view, shapes=False), encoding="unicode")
    assert "128 x 112" not in said
    assert "128@112" not in said
