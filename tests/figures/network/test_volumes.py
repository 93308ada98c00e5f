"""Volumes: to scale, with skips, branches and joins as they are."""

import re

import pytest

from tests.figures.network.drawings import SVG, drawn, tree, words


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
