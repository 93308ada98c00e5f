"""What pages do: open, draw a part of themselves again and again, quote visitors."""

import mimetypes
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from cnnviz.figures.templates import STYLESHEET
from cnnviz.images.files import state
from cnnviz.ui.server.serving import warm_up

# A file of ours: the icons that Streamlit knows by name are fetched from the internet.
ICON = Path(__file__).with_name("icon.png")

T = TypeVar("T")

ZIP_MEGABYTES = 200


def open_page(title: str) -> None:
    """Set up a page: its title in the browser, wide layout, how HTML looks, a warm process.

    ``st.session_state["arrived"]`` says whether the visitor was on another page before this run.
    Each page calls this itself, because the first deep link after a start runs a page without
    app.py.
    """
    st.set_page_config(page_title=f"{title} · cnnviz", page_icon=str(ICON), layout="wide")
    st.html(STYLESHEET)
    warm_up()
    st.session_state["arrived"] = st.session_state.get("page") != title
    st.session_state["page"] = title


def look_again(
    read: Callable[[], T],
    show: Callable[[T], None],
    state: Callable[[T], Hashable],
    pace: Callable[[T], float | None],
) -> None:
    """Read and draw at an interval; rerun the whole page when the state changes.

    Args:
        read: What there is now; called at each look.
        show: Draws it. Only this runs again at a look, for each visitor who looks: keep it small.
        state: What the rest of the page depends on, such as its buttons and whether to look again.
        pace: Seconds to the next look, None for never; called at each look.
    """
    first = read()
    before = state(first)

    def look() -> None:
        now = read()
        pace(now)
        if state(now) != before:
            st.rerun()
        show(now)

    st.fragment(look, run_every=pace(first))()


def state_at_visit(path: Path) -> Hashable:
    """What changes with the content of a file or folder; looked up once a visit of a page."""
    known: dict[Path, Hashable] = st.session_state.setdefault("states_on_disk", {})
    if path not in known or st.session_state.get("arrived"):
        known[path] = state(path)
    return known[path]


def made_or_said(make: Callable[[], T]) -> T | None:
    """What a function gives; None after drawing its ValueError, which is one sentence."""
    try:
        return make()
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return None


def uploaded_zip(
    label: str,
    key: str,
    opened: Callable[[bytes, str], T],
    is_kept: bool = False,
    help: str | None = None,
) -> T | None:
    """Draw the field for a zip; what it holds, opened once however often the page runs again.

    Args:
        label: Above the field.
        key: Of the field.
        opened: Opens a zip by its content and its name.
        is_kept: Whether the visitor who comes back to the page, where the field is empty, still
            has the zip of before.
        help: Tooltip of the label.
    """
    received = st.file_uploader(label, "zip", max_upload_size=ZIP_MEGABYTES, key=key, help=help)
    name = f"opened_{key}"
    if received is None and not is_kept:
        st.session_state.pop(name, None)
    content: T | None
    file_id, content = st.session_state.get(name, ("", None))
    if received is not None and received.file_id != file_id:
        with st.spinner("Opening the zip ..."):
            content = opened(received.getvalue(), received.name)
        st.session_state[name] = (received.file_id, content)
    return content


def offer_file(
    label: str, content: Callable[[], str | bytes] | str | bytes, file: str, **more: Any
) -> None:
    """Draw a button that saves a file.

    Args:
        label: Of the button.
        content: Of the file, or a function that makes it when the button is clicked.
        file: Its name, whose ending says what it is.
        **more: What else Streamlit's button takes.
    """
    kind, _ = mimetypes.guess_type(file)
    more = {"icon": ":material/download:", "on_click": "ignore", **more}
    st.download_button(label, content, file, kind, **more)


def plain(words: str) -> str:
    """Text with all Markdown signs escaped."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|$~:&" else sign for sign in words)
