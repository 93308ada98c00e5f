from xml.etree import ElementTree

from cnnviz.figures.network.thumbnail import thumbnail


def test_a_thumbnail_has_a_bar_a_part_as_high_as_its_maps():
    drawing = thumbnail([("stem", (64, 112, 112)), ("stage 1", (64, 56, 56)), ("head", (1000,))])
    bars = ElementTree.fromstring(drawing).findall("{http://www.w3.org/2000/svg}rect")
    heights = [float(bar.get("height")) for bar in bars]
    assert heights == sorted(heights, reverse=True)
    assert len({bar.get("fill") for bar in bars}) == 3
