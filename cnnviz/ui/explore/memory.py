"""GPU memory of a network in inference and in training."""

import streamlit as st

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.memory import GPUS, USABLE, Footprint, Memory, footprint
from cnnviz.architectures import NetworkSpec
from cnnviz.figures.bars import memory_bars
from cnnviz.figures.theme import bytes_text
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option, choose_step

BATCHES = tuple(1 << power for power in range(11))
DEFAULT_BATCH = 32
DEFAULT_GPU = "T4 16 GB"

# A use of a network and its optimiser; None is a forward pass.
USES: dict[str, str | None] = {
    "Inference": None,
    "Training with SGD and momentum": "SGD with momentum",
    "Training with Adam": "Adam",
}
# The parts of the memory, and what they are called on screen.
PARTS = {
    "parameters": "params",
    **{name: name for name in ("gradients", "optimiser", "buffers", "activations")},
}


def show_memory(graph: NetworkGraph, spec: NetworkSpec) -> None:
    """Draw batch size and card, the memory needed, and the largest batch that fits."""
    batch = choose_step(
        "Batch size (images)",
        BATCHES,
        address.MEMORY_BATCH,
        DEFAULT_BATCH,
        help="Images that are processed at once.",
    )
    gpu = choose_option(
        "Graphics card",
        list(GPUS),
        address.GPU,
        DEFAULT_GPU,
        help="With the memory of its data sheet.",
    )
    needs = _cached_footprint(spec, graph.input_shape[-1], graph)
    parts, verdicts = {}, {}
    for title, optimiser in USES.items():
        memory = needs.memory(batch, optimiser)
        parts[title] = {name: getattr(memory, part) for name, part in PARTS.items()}
        verdicts[title] = _verdict(memory, needs, gpu, optimiser)
    st.html(memory_bars(parts, verdicts, USABLE * GPUS[gpu]))
    st.caption(
        f"Computed, not measured, in float32. The red line is {USABLE:.0%} of the card's "
        f"memory ({bytes_text(USABLE * GPUS[gpu])}): the driver, the CUDA context and the "
        "workspace of convolutions (cuDNN) take the rest. Left out are fragmentation and what "
        "lives for a moment inside a layer or on the way back. In training autograd keeps what "
        "every layer needs for its gradient; in inference an output lives until its last reader "
        "is done, and what a block or a stage reads as long as that runs."
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _cached_footprint(spec: NetworkSpec, resolution: int, _graph: NetworkGraph) -> Footprint:
    return footprint(_graph)


def _verdict(memory: Memory, needs: Footprint, gpu: str, optimiser: str | None) -> str:
    """Whether it fits, and the largest batch that does."""
    largest = needs.largest_batch(GPUS[gpu], optimiser)
    if largest == 0:
        return "✗ does not fit, not even one image"
    fits = "✓ fits" if memory.total <= USABLE * GPUS[gpu] else "✗ does not fit"
    return f"{fits}; the largest batch has {largest:,} image{'s' if largest > 1 else ''}"
