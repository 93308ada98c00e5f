import pytest

from cnnviz.ui.work.work import Work
from tests.apps import open_function

COMMAND = ("tools", "resnet18,width=32", "--json")
ANSWER = {
    "tool": "torchinfo <1>",
    "version": "1.8.0",
    "params": None,
    "operations": 1234567,
    "unit": "MACs",
    "counts": "Everything.",
    "why": "67 more than our MACs.",
}


def switch():
    import streamlit as st

    from cnnviz.ui.explore.conventions import choose_convention

    st.write(choose_convention().unit)


def tools():
    from cnnviz.analysis.layers import totals
    from cnnviz.analysis.summary import summary
    from cnnviz.architectures.published import published
    from cnnviz.architectures.written import read
    from cnnviz.ui.explore.conventions import show_other_tools

    sized = read("resnet18,width=32")
    printed = {figure.quantity: figure for figure in published("resnet18")}
    show_other_tools(sized, totals(summary(sized.spec, 224).layers), {"macs": printed["macs"]})


def run(function, **query):
    return open_function(function, **query)


@pytest.mark.parametrize(
    ("query", "unit", "sentence"),
    [
        ({}, "MACs", "One multiply-accumulate"),
        ({"count": "flops"}, "FLOPs", "FLOPs = 2 x MACs"),
        ({"count": "operations"}, "operations", "bias, batch norm, activation functions"),
        ({"count": "apples"}, "MACs", "One multiply-accumulate"),
    ],
)
def test_the_url_says_what_counts(query, unit, sentence):
    app = run(switch, **query)
    assert app.markdown[0].value == unit
    assert sentence in app.caption[0].value


def blocks(app):
    return " ".join(html.proto.body for html in app.get("html"))


def test_before_the_tools_run_our_counts_and_the_papers_are_there(works):
    app = run(tools)
    assert "cnnviz" in blocks(app)
    assert "1.8 G" in blocks(app)
    assert "He et al. 2016, Table 1" in blocks(app)
    assert not works


def test_the_button_starts_one_process_for_everybody(works, monkeypatch):
    monkeypatch.setattr("cnnviz.ui.work.work._start_next", lambda: None)
    app = run(tools)
    app.button[0].click().run()
    assert list(works) == [COMMAND]
    assert list(run(tools).get("progress")), "another visitor waits for the same"


@pytest.mark.parametrize(
    ("state", "says"), [("waiting", "Waiting for other"), ("running", "At work for")]
)
def test_work_in_progress_is_said(works, state, says):
    works[COMMAND] = Work(COMMAND, state=state)
    assert says in run(tools).get("progress")[0].proto.text


def test_answers_stand_beside_ours(works):
    works[COMMAND] = Work(COMMAND, state="done", result=[ANSWER])
    html = blocks(run(tools))
    assert "torchinfo &lt;1&gt;" in html
    assert "Parameters: not counted" in html
    assert "1,234,567" in html
    assert "67 more than our MACs." in html


def test_a_failure_is_one_sentence(works):
    works[COMMAND] = Work(COMMAND, state="failed", error="Too large.")
    assert run(tools).error[0].value == "Too large."
