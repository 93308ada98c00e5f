import pytest

from cnnviz.ui.work import jobs as background
from cnnviz.ui.work.jobs import Job
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


@pytest.fixture(autouse=True)
def own_jobs(monkeypatch):
    monkeypatch.setattr(background, "_jobs", {})


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
    return app.get("html")[0].proto.body


def test_before_the_tools_run_our_counts_and_the_papers_are_there():
    app = run(tools)
    assert "cnnviz" in blocks(app)
    assert "1.8 G" in blocks(app)
    assert "He et al. 2016, Table 1" in blocks(app)
    assert not background._jobs


def test_the_button_starts_one_process_for_everybody(monkeypatch):
    asked = []
    monkeypatch.setattr(background, "_start_next", lambda: asked.append(list(background._jobs)))
    app = run(tools)
    app.button[0].click().run()
    assert asked == [[COMMAND]]
    assert "Waiting" in app.info[0].value


@pytest.mark.parametrize(
    ("state", "says"), [("waiting", "Waiting for other"), ("running", "The tools are counting")]
)
def test_work_in_progress_is_said(state, says):
    background._jobs[COMMAND] = Job(COMMAND, state=state)
    assert says in run(tools).info[0].value


def test_answers_stand_beside_ours():
    background._jobs[COMMAND] = Job(COMMAND, state="done", result=[ANSWER])
    html = blocks(run(tools))
    assert "torchinfo &lt;1&gt;" in html
    assert "Parameters: not counted" in html
    assert "1,234,567" in html
    assert "67 more than our MACs." in html


def test_a_failure_is_one_sentence():
    background._jobs[COMMAND] = Job(COMMAND, state="failed", error="Too large.")
    assert run(tools).error[0].value == "Too large."
