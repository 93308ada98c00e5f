import re

import pytest

from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.formulas.arithmetic import Formula
from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import specify
from cnnviz.ui.network.formulas import HIDES, concealed, formula_cards


@pytest.fixture(scope="module")
def stem() -> list[Formula]:
    return formulas(network_graph(specify("resnet18"), 224), 1)


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def test_each_quantity_has_result_numbers_formula_and_note(stem):
    shown = text(formula_cards(stem))
    assert "(224 + 2x3 - 7) / 2 + 1 = 112.5, rounded down to 112" in shown
    assert "118,013,952 MACs  (118.0 M)" in shown
    assert "3,248,896 bytes  (3.2 MB)" in shown
    assert "Formula: floor((H + 2P - F) / S) + 1" in shown
    assert "the batch norm after it" in shown


@pytest.mark.parametrize(
    ("hidden", "told", "untold"),
    [
        ("params", ["118,013,952", "64 x 112 x 112"], ["9,408", "3,248,896"]),
        ("macs", ["9,408", "64 x 112 x 112"], ["118,013,952", "236,027,904"]),
        ("output", ["9,408", "7 px"], ["112", "802,816", "118,013,952", "3,248,896"]),
        ("receptive_field", ["9,408", "2 px"], ["7 px", "(7 - 1)"]),
    ],
)
def test_hidden_quantities_show_only_their_formula(stem, hidden, told, untold):
    shown = text(formula_cards(stem, [hidden]))
    assert all(number in shown for number in told)
    assert not any(number in shown for number in untold)
    assert all(f.general in shown.replace("&gt;", ">") for f in stem)


def test_columns_that_tell_a_hidden_number_are_concealed():
    assert concealed([]) == concealed(["nothing we know"]) == frozenset()
    assert {"params", "params_share", "memory"} == concealed(["params"])
    assert concealed(HIDES) > {"output", "params", "macs", "receptive_field", "activations"}


def test_text_is_escaped():
    formula = Formula("params", "a < b <b>", "<script>", 1, note="x & y <i>")
    html = formula_cards([formula])
    assert not re.search("<script|<b>|<i>", html)
    assert "&lt;script&gt;" in html
