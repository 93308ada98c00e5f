"""Slow work on screen: start button, progress bar, stop button, result."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.analysis.timing import seconds_text
from cnnviz.ui.parts.page import look_again
from cnnviz.ui.work.work import Compute, Work, known_work, start_work, stop_work

PACE = 1.0  # seconds between two looks

Works = Mapping[Hashable, Work | None]


def watch(keys: Sequence[Hashable], show: Callable[[Works], None]) -> None:
    """Draw what pieces of work gave, each second while one is open; then the whole page once more.

    Args:
        keys: Of the work, whether or not anybody has asked for it.
        show: Draws it.
    """
    look_again(
        lambda: {key: known_work(key) for key in keys},
        show,
        _is_any_open,
        lambda works: PACE if _is_any_open(works) else None,
    )


def start(key: Hashable, compute: Compute, alone: bool = False) -> None:
    """Start work for the visitor of this script run; see ``start_work``."""
    start_work(key, compute, _session(), alone)


def show_progress(work: Work | None, name: str, title: str = "") -> None:
    """Draw bar and stop button of work that is open, or the sentence of work that has failed.

    Args:
        work: Or None, where nobody has asked for it.
        name: Tells the buttons of several pieces of work on one page apart.
        title: Says which of several it is.
    """
    if work is not None and work.state == "failed":
        st.error(_titled(title, work.error or ""), icon=":material/error:")
    elif work is not None and not work.is_finished:
        bar, stop = st.columns([5, 1], vertical_alignment="center")
        bar.progress(work.share, _titled(title, _progress_text(work)))
        stop.button(
            "Stop",
            icon=":material/stop:",
            key=f"stop_{name}",
            on_click=stop_work,
            args=(work.key, _session()),
            width="stretch",
        )


@dataclass(frozen=True, eq=False)
class Offer:
    """Work that a visitor may ask for.

    Attributes:
        name: Tells the buttons of several offers on one page apart.
        key: What is computed; see ``start_work``.
        compute: Computes it.
        label: Of the button that starts it.
        show: Draws the result; without it the page finds the result when it runs again.
        preview: Draws what there is so far.
        help: What the button's tooltip says.
    """

    name: str
    key: Hashable
    compute: Compute
    label: str
    show: Callable[[Any], object] = lambda result: None
    preview: Callable[[Any], object] = lambda preview: None
    help: str | None = None

    def draw(self) -> None:
        """Draw the button; the bar, each second anew, while it is at work; then the result."""
        watch([self.key], lambda works: self._show(works[self.key]))

    def _show(self, work: Work | None) -> None:
        if work is not None and work.state == "done":
            self.show(work.result)
            return
        show_progress(work, self.name)
        if work is None or work.state == "failed":
            self._show_button()
        elif work.preview is not None:
            self.preview(work.preview)

    def _show_button(self) -> None:
        st.button(
            self.label,
            icon=":material/play_arrow:",
            key=f"start_{self.name}",
            on_click=start,
            args=(self.key, self.compute),
            help=self.help,
        )


def _progress_text(work: Work) -> str:
    if work.state == "waiting":
        return "Waiting for other visitors' work ..."
    left = work.seconds_left
    if left is None:
        return f"At work for {work.seconds:.0f} s ..."
    return f"About {seconds_text(left)} left."


def _titled(title: str, words: str) -> str:
    return f"{title}: {words}" if title else words


def _is_any_open(works: Works) -> bool:
    return any(work is not None and not work.is_finished for work in works.values())


def _session() -> str:
    """Names the session of this script run."""
    context = get_script_run_ctx()
    return context.session_id if context else ""
