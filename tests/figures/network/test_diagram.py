"""The drawings of networks: what is in them, and that nothing lies on top of anything else."""

import re
from xml.etree import ElementTree

import pytest

from cnnviz.analysis.folding import Folding
from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import ARCHITECTURES, specify, variant
from cnnviz.figures.network.diagram import diagram
from cnnviz.figures.network.volumes import volumes
from cnnviz.figures.svg import standalone

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [list(family.variants)[-1] for family in ARCHITECTURES]


def tree(name: str) -> Folding:
    return Folding(network_graph(specify(name), variant(name).resolution))


def drawn(name: str, view: str = "graph", opened=None, **options) -> ElementTree.Element:
    folding, hide = tree(name), view == "volumes"
    opened = folding.opened(60, hide_shape_keeping=hide) if opened is None else opened
    cut = folding.fold(opened, hide_shape_keeping=hide)
    draw = volumes if hide else diagram
    return ElementTree.fromstring(draw(cut.items, cut.links, cut.frames, name, **options))


def selectable(drawing) -> list[str]:
    return [g.get("data-select") for g in drawing.iter(f"{SVG}g") if g.get("data-select")]


def words(element) -> list[str]:
    return [text.text for text in element.iter(f"{SVG}text")]


@pytest.mark.parametrize("view", ["volumes", "graph"])
@pytest.mark.parametrize("name", NAMES)
def test_every_item_is_drawn_and_can_be_clicked(name, view):
    folding, hide = tree(name), view == "volumes"
    cut = folding.fold(folding.opened(60, hide_shape_keeping=hide), hide_shape_keeping=hide)
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


def test_volumes_are_to_scale():
    """VGG-16's maps: 224 px and 64 channels, then half and double (Simonyan, Zisserman Table 1)."""
    drawing = drawn("vgg16", "volumes")
    boxes = {}
    for group in drawing.iter(f"{SVG}g"):
        name, path = group.get("data-select"), group.find(f"{SVG}path")
        if name and name.startswith("stages") and path is not None:
            depth, height = map(float, re.search(r" h([\d.]+) v([\d.]+)", path.get("d")).groups())
            boxes[name] = (depth, height)
    first, second = boxes["stages.0.conv2"], boxes["stages.1.conv2"]
    assert first[1] / second[1] == pytest.approx(2, rel=0.02)
    assert second[0] / first[0] == pytest.approx(2, rel=0.02)


def test_skips_branches_and_joins_look_different():
    residual, dense, inception = (
        drawn(name, "volumes") for name in ("resnet18", "densenet121", "googlenet")
    )
    arcs = [len(d.findall(f".//{SVG}path[@class='skip']")) for d in (residual, dense, inception)]
    assert arcs[:2] == [4, 4], "identity shortcuts; dense connections of four blocks"
    opened = drawn("googlenet", "volumes", set(tree("googlenet").blocks))
    assert not opened.findall(f".//{SVG}path[@class='skip']")
    assert "+" in words(residual)
    assert "+" not in words(opened)
    stripes = [r for r in opened.iter(f"{SVG}rect") if r.get("fill-opacity") == "0.65"]
    assert len(stripes) == 9 * 2, "every second of four branches in nine modules"


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


def test_a_file_of_it_stands_alone():
    folding = tree("resnet18")
    cut = folding.fold(folding.opened(40))
    text = standalone(diagram(cut.items, cut.links, cut.frames, "a <title> & more"))
    assert ElementTree.fromstring(text).get("aria-label") == "a <title> & more"
    assert ElementTree.fromstring(text).get("color") == "#222222"
    assert text.startswith("<?xml")
    assert "data-toggle" not in text
    assert "stage 2" in words(ElementTree.fromstring(text))
