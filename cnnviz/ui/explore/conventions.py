"""The unit of computation (MACs, FLOPs, all operations), and the counts of other tools."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.analysis.counting import CONVENTIONS, Convention, convention
from cnnviz.analysis.layers import Totals
from cnnviz.architectures.published import PublishedFigure
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.templates import render
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.work.process import command
from cnnviz.ui.work.view import Offer


def choose_convention() -> Convention:
    """Draw the unit's buttons with a sentence on what is counted, and return the choice."""
    titles = {known.name: known.title for known in CONVENTIONS}
    chosen = convention(choose_labelled("Count as", titles, address.COUNT))
    st.caption(f"**{chosen.title}.** {chosen.sentence}")
    return chosen


def show_other_tools(
    sized: SizedNetwork, ours: Totals, printed: Mapping[str, PublishedFigure]
) -> None:
    """Draw our counts and the paper's, and on request those of other tools.

    Args:
        sized: The network and its resolution.
        ours: Our totals.
        printed: The paper's figures by quantity (params, macs), where this is the paper's network.
    """
    _show_blocks([_our_block(ours), *_papers_blocks(printed)])
    words = ("tools", str(sized), "--json")
    Offer(
        "tools",
        words,
        command(words),
        "Run torchinfo, fvcore and torch's counter on this network",
        lambda counts: _show_blocks([_tools_block(count) for count in counts]),
        help="It takes some seconds, in a process of its own.",
    ).draw()


def _show_blocks(blocks: Sequence[dict[str, str]]) -> None:
    st.html(render("tool_counts", counts=blocks))


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
