"""A task on screen: a button that starts it, a bar with the time left, a stop, what it gave."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.analysis.timing import seconds_text
from cnnviz.ui.work.tasks import Task, Work, known_task, start_task, stop_task


@dataclass(frozen=True, eq=False)
class TaskOffer:
    """Work that a visitor may ask for.

    Attributes:
        name: Tells the buttons of several offers on one page apart.
        key: What is computed; see ``start_task``.
        work: Computes it.
        label: Of the button that starts it.
        show: Draws the result.
        preview: Draws what there is so far.
        help: What the button's tooltip says.
    """

    name: str
    key: Hashable
    work: Work
    label: str
    show: Callable[[Any], None]
    preview: Callable[[Any], None] | None = None
    help: str | None = None

    def draw(self) -> None:
        """Draw the button; the bar, each second anew, while it is at work; then the result."""
        is_open = _is_open(known_task(self.key))
        st.fragment(self._tick, run_every=1.0 if is_open else None)(is_open)

    def _tick(self, was_open: bool) -> None:
        task = known_task(self.key)
        if _is_open(task) != was_open:
            st.rerun()  # the whole page, which decides anew whether to look each second
        if task is None or task.state == "failed":
            self._show_button(task)
        elif task.state == "done":
            self.show(task.result)
        else:
            self._show_progress(task)

    def _show_button(self, failed: Task | None) -> None:
        if failed is not None:
            st.error(failed.error or "", icon=":material/error:")
        st.button(
            self.label,
            icon=":material/play_arrow:",
            key=f"start_{self.name}",
            on_click=start_task,
            args=(self.key, self.work, visitor()),
            help=self.help,
        )

    def _show_progress(self, task: Task) -> None:
        left = task.seconds_left
        words = "Starting ..." if left is None else f"About {seconds_text(left)} left."
        if task.state == "waiting":
            words = "Waiting for other visitors' work ..."
        bar, stop = st.columns([5, 1], vertical_alignment="center")
        bar.progress(task.share, words)
        stop.button(
            "Stop",
            icon=":material/stop:",
            key=f"stop_{self.name}",
            on_click=stop_task,
            args=(self.key, visitor()),
            width="stretch",
        )
        if self.preview and task.preview is not None:
            self.preview(task.preview)


def visitor() -> str:
    """Names the session of this script run."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _is_open(task: Task | None) -> bool:
    return task is not None and not task.is_finished
