"""Rows of buttons: what the URL has, in the words of a link, and what a click writes."""

import pytest

from tests.apps import checked, open_function


def page():
    import streamlit as st

    from cnnviz.ui.parts.segments import choose_labelled

    st.text(choose_labelled("View", {"first": "The first", "second": "The second"}))


@pytest.mark.parametrize(("view", "chosen"), [("second", "second"), ("third", "first")])
def test_a_url_has_an_option(view, chosen):
    app = open_function(page, view=view)
    assert app.text[0].value == chosen
    assert ("view" in app.query_params) == (chosen == "second")


def test_a_click_is_written_and_the_first_option_is_not():
    app = open_function(page)
    assert app.text[0].value == "first"
    app.segmented_control(key="view").set_value("second")
    assert checked(app).text[0].value == "second"
    assert app.query_params["view"] == "second"
    app.segmented_control(key="view").set_value("first")
    assert checked(app).text[0].value == "first"
    assert "view" not in app.query_params
