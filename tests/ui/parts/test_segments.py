"""A row of buttons: what the URL says, in words of the screen or of a link, and what is clicked."""

import pytest

from tests.apps import checked, open_function


def page():
    import streamlit as st

    from cnnviz.ui.parts.segments import choose_segment

    st.text(choose_segment("View", {"first": "The first", "second": "The second"}))


@pytest.mark.parametrize(
    ("view", "chosen"),
    [("second", "second"), ("The second", "second"), ("third", "first")],
    ids=["option", "text", "unknown"],
)
def test_a_url_has_an_option_or_its_text(view, chosen):
    app = open_function(page, view=view)
    assert app.text[0].value == chosen


def test_without_a_url_it_is_the_first_and_a_click_outlasts_a_link():
    assert open_function(page).text[0].value == "first"
    app = open_function(page, view="second")
    app.segmented_control(key="view").set_value("first")
    assert checked(app).text[0].value == "first"
    assert checked(app).text[0].value == "first"
