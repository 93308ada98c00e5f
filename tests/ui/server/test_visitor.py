"""Who a visitor is: a name from the first page on, one a browser, and nobody else's."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

import pytest

from cnnviz.ui.server.visitor import COOKIE, VisitorCookie
from tests.apps import open_function


async def page(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
    await send({"type": "http.response.body", "body": b"hello"})


def answer(path="/", method="GET", cookie=None, kind="http"):
    """The headers of the answer, and its body."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": kind, "method": method, "path": path, "headers": headers}
    # In a thread of its own: a browser test before it leaves this one with a running loop.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, VisitorCookie(page)(scope, None, send)).result()
    start, body = sent
    return start["headers"], body["body"]


def given_name(**request) -> str | None:
    headers, _ = answer(**request)
    for key, value in headers:
        if key == b"set-cookie":
            return SimpleCookie(value.decode())[COOKIE].value
    return None


def test_the_first_page_gives_a_name_that_scripts_cannot_read():
    headers, body = answer()
    assert body == b"hello"
    assert (b"x", b"y") in headers
    cookie = dict(headers)[b"set-cookie"].decode()
    assert re.search(r"=[\w-]{32}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax$", cookie)


def test_every_browser_gets_another_name():
    assert len({given_name() for _ in range(20)}) == 20


def test_a_browser_keeps_its_name():
    assert given_name(cookie=f"other=1; {COOKIE}=abc") is None
    assert given_name(cookie="other=1")
    assert given_name(cookie=f"{COOKIE}=")


@pytest.mark.parametrize("path", ["/", "/train", "/grad_cam", "/train/"])
def test_pages_give_names(path):
    assert given_name(path=path)


@pytest.mark.parametrize(
    "path",
    ["/_stcore/health", "/static/js/index.js", "/media/a1", "/favicon.png", "/base/_stcore/stream"],
)
def test_requests_after_the_page_give_no_name(path):
    """Two answers at once would give two names."""
    assert given_name(path=path) is None


def test_only_reading_a_page_gives_a_name():
    assert given_name(method="POST") is None
    assert given_name(kind="websocket") is None


def who():
    import streamlit as st

    from cnnviz.ui.server.visitor import ask_for_teacher, teacher_token, visitor

    ask_for_teacher()
    st.write(visitor())
    st.write(f"token: {teacher_token()}")


def test_without_cookies_a_visitor_lasts_as_long_as_the_page():
    first, second = open_function(who), open_function(who)
    name = first.markdown[0].value
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert first.run().markdown[0].value == name
    assert second.markdown[0].value != name


def test_the_cookie_cannot_be_derived_from_the_store():
    app = open_function(who)
    assert app.session_state["visitor"] not in app.markdown[0].value


def test_the_teacher_signs_in_once_a_visit():
    app = open_function(who)
    assert app.markdown[1].value == "token: None"
    app.text_input(key="typed_token").set_value("chalk").run()
    assert app.markdown[1].value == "token: chalk"
    assert app.run().markdown[1].value == "token: chalk"
