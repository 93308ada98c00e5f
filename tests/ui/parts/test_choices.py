"""Widgets whose choices are in the address: followed, and answered by the default if wrong."""

import pytest

from tests.apps import checked, open_function


def page():
    import streamlit as st

    from cnnviz.ui.parts import choices
    from cnnviz.ui.parts.address import Key

    def key(name):
        return Key(name, "explore", "Of a test.")

    chosen = {
        "segment": choices.choose_segment("A", ("a", "b", "c"), key("segment"), "b"),
        "option": choices.choose_option("B", (1, 2, 3), key("option")),
        "perhaps": choices.choose_option_or_none("C", ("a", "b"), key("perhaps")),
        "step": choices.choose_step("D", (1, 2, 4), key("step"), 2),
        "number": choices.choose_number("E", 0, 9, key("number"), 5),
        "real": choices.choose_number("F", -1.0, 1.0, key("real"), 0.5, 0.1),
        "several": choices.choose_several("G", ("a", "b", "c"), key("several"), ("c",)),
        "flag": choices.choose_flag("H", key("flag")),
        "text": choices.write_text("I", key("text"), "1 2"),
        "named": choices.choose_named("J", key("named"), {"x": "First", "y": "Second"}, "x"),
    }
    st.session_state["chosen"] = chosen


DEFAULTS = {
    "segment": "b",
    "option": 1,
    "perhaps": None,
    "step": 2,
    "number": 5,
    "real": 0.5,
    "several": ["c"],
    "flag": False,
    "text": "1 2",
    "named": "x",
}


def chosen(**query):
    return open_function(page, **query).session_state["chosen"]


def test_an_empty_address_gives_the_defaults():
    assert chosen() == DEFAULTS


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("segment", "c", "c"),
        ("option", "3", 3),
        ("perhaps", "b", "b"),
        ("step", "4", 4),
        ("number", "7", 7),
        ("real", "-0.5", -0.5),
        ("several", "a", ["a"]),
        ("flag", "true", True),
        ("text", "3 4", "3 4"),
        ("named", "y", "y"),
    ],
)
def test_an_address_is_followed(name, written, value):
    assert chosen(**{name: written}) == {**DEFAULTS, name: value}


WRONG = [
    *(name for name in DEFAULTS if name not in ("several", "text")),
]


@pytest.mark.parametrize("written", ["nonsense", "-77", ""])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_answered_by_the_default(name, written):
    assert chosen(**{name: written}) == DEFAULTS


def test_a_chosen_title_stands_in_the_address_by_its_id():
    app = open_function(page)
    app.selectbox(key="chosen_named").set_value("y").run()
    assert app.query_params["named"] == "y"


def test_a_text_that_is_cleared_is_the_default_again():
    app = open_function(page, text="3 4")
    app.text_input(key="text").set_value("").run()
    assert app.session_state["chosen"]["text"] == "1 2"


def labelled_page():
    import streamlit as st

    from cnnviz.ui.parts import address
    from cnnviz.ui.parts.choices import choose_labelled

    texts = {"first": "The first", "second": "The second"}
    st.text(choose_labelled("View", texts, address.VIEW))


@pytest.mark.parametrize(("view", "chosen"), [("second", "second"), ("third", "first")])
def test_a_url_has_an_option(view, chosen):
    app = open_function(labelled_page, view=view)
    assert app.text[0].value == chosen
    assert ("view" in app.query_params) == (chosen == "second")


def test_a_click_is_written_and_the_first_option_is_not():
    app = open_function(labelled_page)
    assert app.text[0].value == "first"
    app.segmented_control(key="view").set_value("second")
    assert checked(app).text[0].value == "second"
    assert app.query_params["view"] == "second"
    app.segmented_control(key="view").set_value("first")
    assert checked(app).text[0].value == "first"
    assert "view" not in app.query_params
