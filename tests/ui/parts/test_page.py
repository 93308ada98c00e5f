"""A part of a page that looks again; AppTest runs its fragments with the page."""

from streamlit.testing.v1 import AppTest

from tests.apps import SECONDS


def page():
    import streamlit as st

    from cnnviz.ui.parts.page import look_again

    readings = iter(st.session_state["readings"])
    paces = st.session_state["paces"] = []

    def pace(reading):
        paces.append(reading)
        return 1.0 if reading == "open" else None

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    look_again(lambda: next(readings), st.write, lambda reading: reading, pace)


def opened(*readings):
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["readings"] = readings
    app.run()
    assert not app.exception
    return app


def test_a_reading_is_drawn_and_the_pace_is_asked_at_each_look():
    app = opened("open", "open")
    assert [each.value for each in app.markdown] == ["open"]
    assert app.session_state["paces"] == ["open", "open"]
    assert app.session_state["runs"] == 1


def test_the_whole_page_runs_once_more_when_the_state_is_another():
    def page():
        import streamlit as st

        from cnnviz.ui.parts.page import look_again

        runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        # The first script run sees it open, and its fragment that it has ended meanwhile.
        readings = iter(["open", "done"] if runs == 1 else ["done", "done"])
        look_again(lambda: next(readings), st.write, str, lambda reading: None)

    app = AppTest.from_function(page, default_timeout=SECONDS).run()
    assert not app.exception
    assert app.session_state["runs"] == 2
    assert [each.value for each in app.markdown] == ["done"]
