"""Networks as they are drawn."""

from xml.etree import ElementTree

from cnnviz.analysis.folding import Folding, Shown
from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import ARCHITECTURES, specify, variant
from cnnviz.figures.network.diagram import diagram
from cnnviz.figures.network.volumes import volumes

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [list(family.variants)[-1] for family in ARCHITECTURES]


def tree(name: str) -> Folding:
    return Folding(network_graph(specify(name), variant(name).resolution))


def drawn(name: str, view: str = "graph", opened=None, **options) -> ElementTree.Element:
    folding, hide = tree(name), view == "volumes"
    shown = Shown(hide_shape_keeping=hide)
    cut = folding.fold(folding.opened(60, shown) if opened is None else opened, shown)
    draw = volumes if hide else diagram
    return ElementTree.fromstring(draw(cut.items, cut.links, cut.frames, name, **options))


def selectable(drawing) -> list[str]:
    return [g.get("data-select") for g in drawing.iter(f"{SVG}g") if g.get("data-select")]


def words(element) -> list[str]:
    return [text.text for text in element.iter(f"{SVG}text")]
