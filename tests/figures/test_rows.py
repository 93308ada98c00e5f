"""Rows of values: what stands where, and that words stay words."""

import re

from cnnviz.figures.rows import Row, Value, rows_table
from tests.figures.markup import elements, shares, words


def test_columns_are_those_that_any_row_has_and_gaps_stay_gaps():
    first = Row("A", {"Steps": [Value("8")]}, "#0072B2", False)
    second = Row(
        "B", {"Steps": [Value("9")], "Paper prints": [Value("6", "Table")]}, "#E69F00", True
    )
    html = rows_table([first, second], "Arm")
    assert words(html) == ["Arm", "Steps", "Paper", "prints", "A", "8", "B", "9", "6", "Table"]
    assert elements(html, "rows")[0]["columns"] == "2"
    assert len(elements(html, "cell")) == 4
    assert [line["colour"] for line in elements(html, "solid")] == ["#0072B2"]
    assert [line["colour"] for line in elements(html, "dashed")] == ["#E69F00"]


def test_a_value_with_a_share_has_a_bar_in_the_networks_colour():
    value = Value("3 k", colour="#0072B2", share=0.25, title="A: 3,000")
    html = rows_table(
        [Row("56 px", {"Parameters": [value]})], "Output", "stages", [("A", "#0072B2")]
    )
    assert shares(html, "piece") == [25]
    assert elements(html, "value")[0]["title"] == "A: 3,000"
    assert elements(html, "name")[0]["colour"] == "#0072B2"


def test_words_are_no_html():
    row = Row("<b>", {"<i>": [Value("<u>", "<s>", title="<b>")]}, "#0072B2")
    html = rows_table([row], "<b>", colours=[("<i>", "#0072B2")])
    assert not re.search("<[bius]>", html)
