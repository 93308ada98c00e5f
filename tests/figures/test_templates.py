"""The templates: no other place makes HTML look like something, and each class has its rule."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import cnnviz
from cnnviz.figures.templates import FOLDER, STYLESHEET, render

PACKAGE = Path(cnnviz.__file__).parent
# Classes that the stylesheet need not know: what tests and the browser look for.
UNSTYLED = {"bars", "solid"}


def test_how_html_looks_stands_in_templates_alone():
    for folder in ("figures", "ui"):
        for path in (PACKAGE / folder).rglob("*.py"):
            text = path.read_text()
            assert 'style="' not in text, path
            assert "<style" not in text, path


def test_a_template_computes_custom_properties_and_nothing_else():
    for path in FOLDER.glob("*.html"):
        for style in re.findall(r'style="([^"]*)"', path.read_text()):
            names = [each.partition(":")[0].strip() for each in style.split("; ")]
            assert all(name.startswith("--") for name in names), f"{path.name}: {style}"


def test_each_class_of_a_template_is_in_the_stylesheet():
    rules = set(re.findall(r"\.([a-z][\w-]*)", STYLESHEET.read_text()))
    for path in FOLDER.glob("*.html"):
        for names in re.findall(r'class="([^"]*)"', path.read_text()):
            written = set(re.sub(r"{{.*?}}", " ", names).split())
            assert written <= rules | UNSTYLED, path.name


def test_the_stylesheet_cannot_be_taken_for_html():
    assert not re.search(r"<[/\w]", STYLESHEET.read_text())


def test_what_a_template_names_must_be_given():
    with pytest.raises(UndefinedError, match="colours"):
        render("legend")


def test_every_text_is_escaped():
    assert "<script>" not in render("heading", title="<script>", subtitle="'\"&", colour="#000000")


def test_one_library_draws_what_moves():
    """A phone loads the script of each: Plotly's 4.7 MB, Vega-Lite's and ECharts' 1.2 MB."""
    uses = [
        re.findall(r"st\.(\w+_charts?\b|pyplot|graphviz_chart)", path.read_text())
        for path in (*(PACKAGE / "ui").rglob("*.py"), *(PACKAGE.parent / "pages").glob("*.py"))
    ]
    drawn = {name for names in uses for name in names}
    # Streamlit draws its bars with Vega-Lite too.
    assert drawn - {"bar_chart"} == {"plotly_chart", "vega_lite_chart"}
