"""The sheet for a report."""

from io import BytesIO

from PIL import Image

from cnnviz.figures.comparison.report import report_png
from tests.figures.comparison.tables import COLOURS, CURVES, STAGES, TOTALS


def test_the_report_is_a_sheet_as_wide_as_a4_in_the_networks_colours():
    file = report_png(
        TOTALS, ["A has 4 times the parameters of B."], STAGES, CURVES, COLOURS, {}, ""
    )
    image = Image.open(BytesIO(file)).convert("RGB")
    assert image.width == 1240
    assert image.height > 1000
    colours = {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in image.getcolors(1 << 24)}
    assert set(COLOURS) <= colours
    assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_longer_comparison_is_a_longer_sheet():
    short = report_png(TOTALS, [], STAGES, CURVES, COLOURS, {}, "")
    facts = {"Published errors": ["A: 27.0 %.", "B: 24.5 %."]}
    long = report_png(TOTALS, ["A sentence."], STAGES, CURVES, COLOURS, facts, "A note. " * 50)
    assert Image.open(BytesIO(long)).height > Image.open(BytesIO(short)).height
