"""Identify visitors by a random name in a cookie, so that a run belongs to a browser."""

import hashlib
import secrets

import streamlit as st
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "cnnviz_visitor"
YEAR = 365 * 24 * 60 * 60  # seconds
# What a page fetches after itself. Only the page's own answer sets the cookie: of several answers
# at once the last would win, after the page has already used another.
FETCHED = ("_stcore", "static", "media", "component", "vendor")


class VisitorCookie:
    """Middleware that gives a browser its name with the first page that it opens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; where the browser has no name yet, the answer gives it one."""
        if not _is_page(scope) or Request(scope).cookies.get(COOKIE):
            await self.app(scope, receive, send)
            return
        cookie = (
            f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax"
        )
        header = (b"set-cookie", cookie.encode("ascii"))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def visitor() -> str:
    """The visitor's id in the store, from which the cookie cannot be derived.

    Without cookies a visitor lasts as long as the page is not reloaded.
    """
    name = st.context.cookies.get(COOKIE)
    if not isinstance(name, str):  # AppTest's cookies are none
        name = st.session_state.setdefault("visitor", secrets.token_urlsafe(24))
    return hashlib.sha256(str(name).encode()).hexdigest()[:32]


def teacher_token() -> str | None:
    """What the visitor has typed as the teacher's password, if anything."""
    return st.session_state.get("teacher_token") or None


def ask_for_teacher() -> None:
    """Draw the field in which a teacher says who they are; it stays in this visit alone."""
    with st.popover("Teacher sign-in", icon=":material/school:"):
        typed = st.text_input(
            "Teacher's token",
            type="password",
            value=st.session_state.get("teacher_token", ""),
            key="typed_token",
            help="Whoever starts cnnviz sets it as CNNVIZ_TEACHER_TOKEN. With it, every run can be "
            "stopped and deleted.",
        )
        st.session_state["teacher_token"] = typed


def _is_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    first, *rest = scope["path"].strip("/").split("/")
    # A page's address has no dot: what has one is a file.
    return first not in FETCHED and "_stcore" not in rest and "." not in scope["path"]
