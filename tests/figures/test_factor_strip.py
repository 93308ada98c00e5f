"""A product in boxes."""

from cnnviz.figures.factor_strip import Factor, factor_strip
from tests.figures.markup import elements


def test_a_product_has_a_box_a_factor_and_one_for_the_product():
    factors = [Factor("slope <z>", "0.25", is_slope=True), Factor("w", "0.6", is_slope=False)]
    html = factor_strip(factors, "0.15", 'what "it" shows')
    assert len(elements(html, "factor")) == 3
    assert html.count("×") == 1  # noqa: RUF001
    assert html.index("0.25") < html.index("0.6") < html.index("0.15")
    assert "slope &lt;z&gt;" in html
    assert "what &#34;it&#34; shows" in html


def test_slopes_and_weights_have_colours_of_their_own():
    slope, weight = (
        elements(factor_strip([Factor("", "1", is_slope)], "1", ""), "factor")[0]["colour"]
        for is_slope in (True, False)
    )
    assert slope != weight
