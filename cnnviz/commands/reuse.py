"""The command reuse: how much each layer of a DenseNet uses each earlier layer."""

import argparse
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from cnnviz.analysis.reuse.matrices import (
    BlockReuse,
    block_readers,
    feature_reuse,
    largest,
    shares,
)
from cnnviz.analysis.reuse.observations import Observation, observations
from cnnviz.architectures import Network, specify, variants
from cnnviz.commands.answer import Answer, write
from cnnviz.commands.trained import run_folder, written_network
from cnnviz.figures.reuse_matrix import panels, reuse_file
from cnnviz.training.checkpoints import trained_network
from cnnviz.weights.loading import random_network


def reuse_command(options: argparse.Namespace) -> Answer | None:
    """Which layers a DenseNet reads, as a drawing, as matrices or as tables."""
    network = _network(options.of, options.random)
    blocks = feature_reuse(network, options.definition)
    columns = shares(blocks, largest([blocks]))
    if options.output:
        matrices = [(b.sources, b.targets, b.matrix) for b in blocks]
        write(reuse_file(panels(matrices, columns)), options.output)
        return None
    if options.random and not options.json:
        sys.stderr.write("Random weights: this network is untrained.\n")
    observed = observations(list(block_readers(network)))
    tables = [
        _text(number, *each) for number, each in enumerate(zip(blocks, columns, strict=True), 1)
    ]
    content = {
        "definition": options.definition,
        "blocks": [_block(each) for each in blocks],
        "network": network.spec.variant,
        "is_random": options.random,
        "observations": [{**vars(each), "why": each.why} for each in observed],
    }
    return Answer("\n\n".join([*tables, *map(_observation_text, observed)]), content)


def _network(of: str, is_random: bool) -> Network:
    """The network that is meant: a checkpoint tells its own, a name is a variant's or a run's.

    Raises:
        ValueError: There is neither a variant nor a run of that name.
        CheckpointError: The file is no checkpoint of this program.
        WeightsError: The variant has no weights here.
    """
    if is_random:
        return random_network(specify(of), 0)
    if of in variants():
        return written_network(of)
    if of.endswith(".safetensors"):
        return trained_network(Path(of).parent, Path(of).stem)
    return trained_network(run_folder(of))


def _observation_text(observation: Observation) -> str:
    """A statement of the paper with this network's verdict, number and rule."""
    number = "nothing" if observation.number is None else f"{observation.number:.3g}"
    why = f" {observation.why}" if observation.why else ""
    verdict = f"{observation.verdict.upper()}: {observation.claim}{why}"
    return f"{verdict}\n  {number}: {observation.says}\n  {observation.rule}"


def _block(block: BlockReuse) -> dict[str, Any]:
    rows = [[None if math.isnan(value) else float(value) for value in row] for row in block.matrix]
    return {"sources": list(block.sources), "targets": list(block.targets), "matrix": rows}


def _text(number: int, block: BlockReuse, shares: np.ndarray) -> str:
    """A block as a table, each column in shares of its largest value."""
    width = max(len(name) for name in block.sources)
    lines = [
        f"{name:{width}} " + " ".join("    " if math.isnan(v) else f"{v:4.2f}" for v in row)
        for name, row in zip(block.sources, shares, strict=True)
    ]
    head = f"Dense block {number}: shares of each column's largest; the last is the "
    return "\n".join([f"{head}{block.targets[-1]}", *lines])
