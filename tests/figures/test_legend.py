"""What colours stand for: every name in its colour, every scale with its ends."""

from cnnviz.figures.colour_maps import SIGNED
from cnnviz.figures.legend import colour_scale, legend, line_legend
from tests.figures.markup import elements, words


def test_each_name_has_its_square():
    html = legend({"stem": "#0072B2", "<head>": "#D55E00"})
    assert [square["colour"] for square in elements(html, "square")] == ["#0072B2", "#D55E00"]
    assert words(html) == ["stem", "&lt;head&gt;"]


def test_each_line_is_named_in_its_look():
    html = line_legend([("A", "#0072B2", False), ("<b>", "#E69F00", True)])
    (solid,), (dashed,) = elements(html, "solid"), elements(html, "dashed")
    assert (solid["colour"], dashed["colour"]) == ("#0072B2", "#E69F00")
    assert html.index("#0072B2") < html.index(">A<") < html.index("#E69F00")
    assert "<b>" not in html


def test_a_scale_names_its_ends_and_its_middle():
    html = colour_scale("low", "high", middle="0", colours=SIGNED)
    assert words(html) == ["low", "0", "high"]
    assert all(colour in html for colour in SIGNED)
    assert "#000000,#ffffff" in colour_scale("0", "1", colours=("#000000", "#ffffff"))


def test_a_scale_has_a_title_and_means_it_as_words():
    html = colour_scale("0", "17 <points>", "Fall")
    assert words(html) == ["Fall", "0", "17", "&lt;points&gt;"]
    (bar,) = elements(html, "colour-bar")
    assert bar["aria-label"] == "Fall: 0 to 17 &lt;points&gt;"
    (colours,) = elements(html, "colours")
    assert len(colours["colours"].split(",")) > 5
