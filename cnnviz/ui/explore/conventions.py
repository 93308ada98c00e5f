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
    own = {
        "tool": "cnnviz",
        "params": ours.params,
        "unit": "MACs",
        "operations": ours.macs,
        "why": f"FLOPs = 2 x MACs = {2 * ours.macs:,}.",
        "counts": "Products of convolutions and linear layers, without bias.",
    }
    st.html(_blocks([own, *_of_paper(printed)]))
    words = ("tools", str(sized), "--json")
    Offer(
        "tools",
        words,
        command(words),
        "Run torchinfo, fvcore and torch's counter on this network",
        lambda counts: st.html(_blocks(counts)),
        help="It takes some seconds, in a process of its own.",
    ).draw()


def _blocks(counts: Sequence[Mapping[str, Any]]) -> str:
    """HTML of counts: the fields of ``analysis.other_tools.ToolCount``."""
    return render("tool_counts", counts=counts)


def _of_paper(printed: Mapping[str, PublishedFigure]) -> list[dict[str, str]]:
    """What the paper prints, as one count; none where it prints nothing."""
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
