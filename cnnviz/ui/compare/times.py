"""Time of a forward pass of a batch on this machine, measured on demand in a process."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.analysis.comparison import labels
from cnnviz.analysis.timing import ForwardTime, seconds_text
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.bars import time_bars
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_segment
from cnnviz.ui.work.process import command
from cnnviz.ui.work.view import show_progress, start, watch
from cnnviz.ui.work.work import Work

BATCHES = (1, 8, 32)
SECONDS = 5


def show_forward_times(networks: Sequence[SizedNetwork]) -> None:
    """Draw the batch size, the button, and each network's time with its spread once measured."""
    batch = choose_segment(
        "Batch (images)",
        BATCHES,
        address.BATCH,
        help="Images at once; a large batch uses a device better.",
    )
    names = labels(networks)
    commands = {_command(n, batch): name for n, name in zip(networks, names, strict=True)}
    st.button(
        "Measure on this machine",
        icon=":material/timer:",
        key="measure_times",
        on_click=_measure,
        args=(tuple(commands),),
        help=f"About {2 * SECONDS} seconds for each network, one after another.",
    )
    watch(
        tuple(commands),
        lambda works: _show({name: works[words] for words, name in commands.items()}),
    )


def _command(sized: SizedNetwork, batch: int) -> tuple[str, ...]:
    return ("time", str(sized), "--batch", str(batch), "--seconds", str(SECONDS), "--json")


def _measure(commands: Sequence[tuple[str, ...]]) -> None:
    for words in commands:
        start(words, command(words), alone=True)


def _show(works: dict[str, Work | None]) -> None:
    """The times that there are, and what becomes of the others; by the networks' labels."""
    times = {
        label: ForwardTime(**work.result)
        for label, work in works.items()
        if work is not None and work.state == "done"
    }
    if times:
        _show_times(times)
    for label, work in works.items():
        show_progress(work, label, title=label)


def _show_times(times: dict[str, ForwardTime]) -> None:
    measured = list(times.values())
    texts = [
        f"{seconds_text(time.median)} ({seconds_text(time.low)} to {seconds_text(time.high)})"
        for time in measured
    ]
    spreads = [(time.low, time.median, time.high) for time in measured]
    st.html(time_bars(list(times), texts, spreads))
    for sentence in ratios(times):
        st.markdown(sentence)
    first = measured[0]
    threads = f" with {first.threads} threads" if first.threads > 1 else ""
    runs = " and ".join(sorted({str(time.runs) for time in measured}, key=int))
    st.caption(
        f"Seconds for a batch of {first.batch}: the median of {runs} runs, with the middle half "
        f"of them as the line, on {first.device}{threads}, PyTorch {first.torch_version}, float32. "
        "The weights are random, which costs the same. Whatever else this machine does makes it "
        "slower."
    )


def ratios(times: dict[str, ForwardTime]) -> list[str]:
    """A sentence for every network but the fastest: how many times as long it takes."""
    (fastest, least), *others = sorted(times.items(), key=lambda item: item[1].median)
    sentences = []
    for label, time in others:
        ratio = f"{label} takes {time.median / least.median:.1f} times as long as {fastest}"
        spread = ", but their spreads overlap" if time.low <= least.high else ""
        sentences.append(f"{ratio}{spread}.")
    return sentences
