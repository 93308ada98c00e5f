"""The table of arms, and that of gates: what stands where, and that words stay words."""

import re

from cnnviz.figures.training.arm_table import ArmRow, Cell, arm_legend, arm_table
from cnnviz.figures.training.gate_table import gate_table


def words(html):
    return re.sub("<style>.*</style>|<[^>]+>", " ", html, flags=re.DOTALL).split()


def test_columns_are_those_that_any_row_has_and_gaps_stay_gaps():
    first = ArmRow("A", "#0072B2", False, {"Steps": Cell("8")})
    second = ArmRow("B", "#E69F00", True, {"Steps": Cell("9"), "Paper prints": Cell("6", "Table")})
    html = arm_table([first, second])
    assert words(html) == ["Arm", "Steps", "Paper", "prints", "A", "8", "B", "9", "6", "Table"]
    assert "--columns:2" in html
    assert html.count('class="arms-cell"') == 4
    assert "4px solid #0072B2" in html
    assert "4px dashed #E69F00" in html


def test_words_are_no_html():
    html = arm_table([ArmRow("<b>", "#0072B2", False, {"<i>": Cell("<u>", "<s>")})])
    assert not re.search("<[bius]>", html)
    assert "<b>" not in gate_table([("<b>", {"<i>": 0.5})])


def test_gates_are_coloured_from_dark_to_yellow_and_written_legibly():
    html = gate_table([("arm", {"1.1": 0.0, "3.2": 1.0})])
    dark, bright = re.findall(r"background:(#\w+);color:(#\w+)", html)
    assert dark[1] == "#ffffff"
    assert bright[1] == "#000000"
    assert "arm, unit 3.2: mean gate 1.0000" in html


def test_a_legend_names_each_line_in_its_look():
    html = arm_legend([("A", "#0072B2", False), ("<b>", "#E69F00", True)])
    assert html.index("solid #0072B2") < html.index(">A<") < html.index("dashed #E69F00")
    assert "<b>" not in html
