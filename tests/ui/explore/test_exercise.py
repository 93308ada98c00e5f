"""The exercise sheet and the teacher's menu, as a visitor's script run sees them."""

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.analysis.exercise import questions
from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import specify, variant
from tests.apps import open_function


def script():
    import streamlit as st

    from cnnviz.analysis.graph import network_graph
    from cnnviz.architectures import specify, variant
    from cnnviz.ui.explore.exercise import choose_hidden, show_exercise

    name = st.selectbox("Network", ["resnet20_cifar", "lenet5", "mlp"], key="network")
    hidden = choose_hidden()
    st.caption(f"hidden: {sorted(hidden)}")
    show_exercise(network_graph(specify(name), variant(name).resolution), hidden)


def open_sheet(**query) -> AppTest:
    return open_function(script, **query)


def hidden(app: AppTest) -> str:
    return next(c.value for c in app.caption if c.value.startswith("hidden"))


def sheet(seed, quantities=None, name="resnet20_cifar"):
    graph = network_graph(specify(name), variant(name).resolution)
    return questions(graph, seed, **({"quantities": quantities} if quantities else {}))


def answer(app: AppTest, number: int, text: str) -> None:
    next(field for field in app.text_input if field.label == f"Answer {number}").set_value(text)
    app.run()
    assert not app.exception


def said(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown).replace("\\", "")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, []),
        ({"hide": "params,macs"}, ["macs", "params"]),
        ({"hide": ["params", "macs"]}, ["macs", "params"]),
        ({"hide": " output , nonsense"}, ["output"]),
        ({"hide": "receptive_field"}, ["receptive_field"]),
        ({"hide": "<script>,9"}, []),
        ({"hide": ""}, []),
    ],
)
def test_the_address_says_what_is_hidden(query, expected):
    assert hidden(open_sheet(**query)) == f"hidden: {expected}"


def test_the_menu_changes_what_is_hidden_and_the_address():
    app = open_sheet(hide="params,macs")
    app.multiselect(key="hide").set_value(["output"]).run()
    assert hidden(app) == "hidden: ['output']"
    app.multiselect(key="hide").set_value(["macs", "output"]).run()
    assert app.query_params["hide"] in ("output,macs", ["output,macs"])
    app.multiselect(key="hide").set_value([]).run()
    assert hidden(app) == "hidden: []"
    assert "hide" not in app.query_params


def test_without_a_number_there_is_one_thing_to_do():
    app = open_sheet()
    assert not app.text_input
    assert "ten questions" in app.info[0].value
    app.button[0].click().run()
    assert app.number_input(key="seed").value == 1
    assert len(app.text_input) == 10


def test_the_number_in_the_address_draws_the_sheet():
    app = open_sheet(seed="7")
    assert len(app.text_input) == 10
    for question in sheet(7):
        assert f"`{question.name}`" in said(app)
        assert question.givens in said(app)
    assert "0 of 10 questions done" in app.get("progress")[0].proto.text


@pytest.mark.parametrize("seed", ["0", "-3", "abc", "1e9", "99999999999999999999", "7.5"])
def test_a_bad_number_opens_no_sheet(seed):
    app = open_sheet(seed=seed)
    assert app.info or app.number_input(key="seed").value in range(1, 10_000)


def test_what_is_hidden_is_what_is_asked():
    app = open_sheet(seed="7", hide="params")
    assert "How many parameters" in said(app)
    assert "How many MACs" not in said(app)


def test_a_right_answer_closes_its_question():
    app = open_sheet(seed="7")
    answer(app, 1, sheet(7)[0].formula.result)
    assert "Right." in said(app)
    assert [field.label for field in app.text_input] == [f"Answer {n}" for n in range(2, 11)]
    assert "1 of 10 questions done" in app.get("progress")[0].proto.text


def test_two_wrong_answers_show_the_solution_and_unread_ones_do_not_count():
    app, first = open_sheet(seed="7"), sheet(7)[0]
    answer(app, 1, "???")
    assert "did not count as a try" in said(app)
    wrong = "9 x 9 x 9" if isinstance(first.formula.value, tuple) else "999983"
    answer(app, 1, wrong)
    assert "1 more try, then the solution." in [c.value for c in app.caption]
    assert app.text_input[0].label == "Answer 1"
    assert not app.get("html")
    answer(app, 1, f"{wrong}1")
    assert app.text_input[0].label == "Answer 2"
    assert first.formula.numbers.split("\n")[0] in app.get("html")[0].value


def test_the_score_stands_at_the_end_and_another_sheet_is_offered():
    app = open_sheet(seed="7", hide="params")
    for number, question in enumerate(sheet(7, ["params"]), start=1):
        for text in ["123457"] * (number == 1) + ["123459"] * (number == 1):
            answer(app, number, text)
        if number == 2:
            answer(app, number, "123457")
        if number > 1:
            answer(app, number, f"{question.formula.value}")
    assert app.success[0].value == "Done: 9 of 10, 8 at first try."
    app.button[-1].click().run()
    assert app.number_input(key="seed").value == 8
    assert not app.success
    assert all(not text.value for text in app.text_input)


def test_answers_are_kept_when_the_visitor_comes_back():
    app = open_sheet(seed="7")
    answer(app, 1, "12")
    app.number_input(key="seed").set_value(8).run()
    assert not app.text_input[0].value
    app.selectbox(key="network").select("lenet5").run()
    assert not app.exception
    assert all(not text.value for text in app.text_input)
    app.number_input(key="seed").set_value(7).run()
    app.selectbox(key="network").select("resnet20_cifar").run()
    assert app.text_input[0].value == "12"


def test_a_small_network_has_fewer_questions():
    app = open_sheet(seed="7", hide="params")
    app.selectbox(key="network").select("mlp").run()
    assert not app.exception
    assert 0 < len(app.text_input) < 10


def test_a_network_without_such_a_layer_says_so():
    app = open_sheet(seed="7", hide="receptive_field")
    app.selectbox(key="network").select("mlp").run()
    assert not app.exception
    assert "no layer with such a quantity" in app.info[0].value
