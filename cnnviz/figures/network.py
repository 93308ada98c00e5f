"""The drawings of a network by the name of the view."""

from __future__ import annotations

from cnnviz.figures.diagram import diagram
from cnnviz.figures.volumes import volumes

DRAWINGS = {"volumes": volumes, "graph": diagram, "block": diagram}
