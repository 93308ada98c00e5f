"""The drawings of a network by the name of the view."""

from cnnviz.figures.network.diagram import diagram
from cnnviz.figures.network.volumes import volumes

DRAWINGS = {"volumes": volumes, "graph": diagram, "block": diagram}
