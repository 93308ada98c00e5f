"""What a visitor sees of slow work."""

from itertools import count

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.work import work as module
from cnnviz.ui.work.work import Work
from tests.apps import SECONDS

unique = count()


def page():
    import time

    import streamlit as st

    from cnnviz.ui.work.view import Offer

    def compute(work):
        for step in range(200):
            work.show(f"step {step}")
            work.tell(step / 200)
            time.sleep(0.01)
        return "the result"

    key = ("page", st.session_state["which"])
    Offer("it", key, compute, "Compute", st.write, st.caption).draw()


def opened(which):
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["which"] = which
    return app.run()


def test_a_visitor_starts_sees_progress_and_the_result(wait_for):
    app = opened(next(unique))
    app.button(key="start_it").click().run()
    assert not app.exception
    wait_for(lambda: app.run().caption)
    assert app.get("progress")
    assert app.button(key="stop_it").label == "Stop"
    assert app.caption[0].value.startswith("step")
    wait_for(lambda: app.run().markdown)
    assert app.markdown[0].value == "the result"
    assert not app.button


def test_a_visitor_stops(wait_for):
    app = opened(next(unique))
    app.button(key="start_it").click().run()
    wait_for(lambda: app.run().get("progress"))
    app.button(key="stop_it").click().run()
    wait_for(lambda: not app.run().get("progress"))
    assert app.button(key="start_it").label == "Compute"
    assert not app.error


@pytest.mark.parametrize(
    ("state", "share", "says"),
    [
        ("waiting", 0.0, "Waiting for other visitors' work ..."),
        ("running", 0.0, "At work for "),
        ("running", 0.999, "About "),
    ],
)
def test_one_set_of_sentences_says_how_far_it_is(state, share, says):
    which = next(unique)
    module._works["page", which] = Work(("page", which), state=state, share=share)
    (bar,) = opened(which).get("progress")
    assert bar.proto.text.startswith(says)


def test_a_failure_is_one_sentence_beside_the_button_that_tries_again():
    which = next(unique)
    module._works["page", which] = Work(("page", which), state="failed", error="Too large.")
    app = opened(which)
    assert [error.value for error in app.error] == ["Too large."]
    assert app.button(key="start_it").label == "Compute"
