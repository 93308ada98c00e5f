"""Jobs on screen: what they gave, refreshed while one is at work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from cnnviz.ui.work.jobs import Command, Job, known_job

Jobs = dict[Command, Job | None]


def watch(commands: Sequence[Command], show: Callable[[Jobs], None]) -> None:
    """Draw what jobs gave, each second while one is open; then the whole page once more.

    Args:
        commands: Of the jobs, whether or not anybody has asked for them.
        show: Draws them.
    """
    is_open = _is_open(_known(commands))
    st.fragment(_tick, run_every=1.0 if is_open else None)(commands, show, is_open)


def _tick(commands: Sequence[Command], show: Callable[[Jobs], None], was_open: bool) -> None:
    jobs = _known(commands)
    if was_open and not _is_open(jobs):
        st.rerun()
    show(jobs)


def _known(commands: Sequence[Command]) -> Jobs:
    return {command: known_job(command) for command in commands}


def _is_open(jobs: Jobs) -> bool:
    return any(job is not None and not job.is_finished for job in jobs.values())


def say_state(job: Job | None, waiting: str, running: str, failed: str) -> None:
    """Say what a job does that has given nothing yet; nothing where there is none."""
    if job is None:
        return
    if job.state == "waiting":
        st.info(waiting, icon=":material/hourglass_top:")
    elif job.state == "running":
        st.info(running, icon=":material/timer:")
    elif job.state == "failed":
        st.error(failed, icon=":material/error:")
