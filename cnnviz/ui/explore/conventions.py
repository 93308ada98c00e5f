"""What counts as one operation, and what other tools say of the same network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.analysis.counting import CONVENTIONS, Convention, convention
from cnnviz.analysis.layers import Totals
from cnnviz.architectures.published import PublishedFigure
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.templates import render
from cnnviz.ui.work.job_view import say_state, watch
from cnnviz.ui.work.jobs import Command, Job, background_job


def choose_convention() -> Convention:
    """Draw the switch and the sentence on what is counted, and return the choice."""
    names = [known.name for known in CONVENTIONS]
    chosen = st.segmented_control(
        "What counts as one",
        names,
        default=names[0],
        required=True,
        key="count",
        bind="query-params",
    )
    found = convention(chosen if chosen in names else names[0])
    st.caption(f"**{found.title}.** {found.sentence}")
    return found


def show_other_tools(
    sized: SizedNetwork, ours: Totals, printed: Mapping[str, PublishedFigure]
) -> None:
    """A button that runs the tools beside the server; then our counts, the paper's and theirs.

    Args:
        sized: The network and its resolution.
        ours: Our totals.
        printed: The paper's figures by quantity (params, macs), where this is the paper's network.
    """
    command = ("tools", str(sized), "--json")
    st.button(
        "Run torchinfo, fvcore and torch's counter on this network",
        icon=":material/calculate:",
        key="run_tools",
        on_click=_run_tools,
        args=(command,),
        help="It takes some seconds, in a process of its own.",
    )
    blocks = [_our_block(ours), *_papers_blocks(printed)]
    watch([command], lambda jobs: _show_counts(jobs[command], blocks))


def _run_tools(command: Command) -> None:
    background_job(command)


def _show_counts(job: Job | None, blocks: list[dict[str, str]]) -> None:
    """The counts that there are, and what the tools do meanwhile."""
    counts = job.result if job is not None and job.state == "done" else []
    st.html(render("tool_counts", counts=[*blocks, *map(_tools_block, counts)]))
    say_state(
        job,
        "Waiting for other visitors' work to end ...",
        "The tools are counting ...",
        (job.error if job else None) or "The tools gave no answer.",
    )


def _our_block(ours: Totals) -> dict[str, str]:
    return {
        "tool": "cnnviz",
        "params": f"{ours.params:,}",
        "unit": "MACs",
        "operations": f"{ours.macs:,}",
        "why": f"FLOPs = 2 x MACs = {2 * ours.macs:,}.",
        "counts": "Products of convolutions and linear layers, without bias.",
    }


def _papers_blocks(printed: Mapping[str, PublishedFigure]) -> list[dict[str, str]]:
    """What the paper prints, as one block; none where it prints nothing."""
    if not printed:
        return []
    texts = {quantity: f"{f.value} {f.unit}" for quantity, f in printed.items()}
    sources = dict.fromkeys(figure.source for figure in printed.values())
    return [
        {
            "tool": "The paper",
            "params": texts.get("params", "not printed"),
            "unit": "MACs",
            "operations": texts.get("macs", "not printed"),
            "why": "",
            "counts": f"{'; '.join(sources)}.",
        }
    ]


def _tools_block(count: Mapping[str, Any]) -> dict[str, str]:
    """A tool's answer: the fields of ``analysis.other_tools.ToolCount``."""
    params, operations = count["params"], count["operations"]
    return {
        "tool": count["tool"],
        "version": count["version"],
        "params": "not counted" if params is None else f"{params:,}",
        "unit": count["unit"],
        "operations": "no answer" if operations is None else f"{operations:,}",
        "why": count["why"],
        "counts": count["counts"],
    }
