"""The command reuse: how much each layer of a DenseNet uses each earlier layer."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import add_command
from cnnviz.commands.output import show, write
from cnnviz.commands.trained import run_folder, variant_network

if TYPE_CHECKING:
    import numpy as np

    from cnnviz.analysis.reuse.matrices import BlockReuse
    from cnnviz.analysis.reuse.observations import Observation
    from cnnviz.architectures import Network


def add_commands(commands: Any) -> None:
    """Add this module's command to the parser's subparsers."""
    command = add_command(
        *(commands, "reuse", _reuse, "which layers a DenseNet reads (Figure 5)"),
        json="matrices (null is not read) and observations",
    )
    command.add_argument(
        "of", metavar="VARIANT|RUN|FILE", help="a variant, a run, or a checkpoint (.safetensors)"
    )
    command.add_argument("--definition", metavar="NAME", default="mean")
    command.add_argument("--random", action="store_true", help="a variant's untrained weights")
    command.add_argument("--output", type=Path, metavar="FILE.svg", help="the drawing as SVG")


def _reuse(options: argparse.Namespace) -> int:
    from cnnviz.analysis.reuse.matrices import feature_reuse, largest, shares

    network = _network(options.of, options.random)
    blocks = feature_reuse(network, options.definition)
    if options.output:
        write(_picture(blocks), options.output)
    elif options.json:
        show(_json(network, blocks, options))
    else:
        if options.random:
            sys.stderr.write("Random weights: this network is untrained.\n")
        columns = shares(blocks, largest([blocks]))
        tables = [
            _text(number, *each) for number, each in enumerate(zip(blocks, columns, strict=True), 1)
        ]
        show("\n\n".join([*tables, *map(_observation_text, _observations(network))]))
    return 0


def _network(of: str, is_random: bool) -> Network:
    """The network that is meant: a checkpoint tells its own, a name is a variant's or a run's.

    Raises:
        ValueError: There is neither a variant nor a run of that name.
        CheckpointError: The file is no checkpoint of this program.
        WeightsError: The variant has no weights here.
    """
    from cnnviz.architectures import specify, variants
    from cnnviz.training.checkpoints import trained_network
    from cnnviz.weights.loading import random_network

    if is_random:
        return random_network(specify(of), 0)
    if of in variants():
        return variant_network(of, None)
    if of.endswith(".safetensors"):
        return trained_network(Path(of).parent, Path(of).stem)
    return trained_network(run_folder(of))


def _json(
    network: Network, blocks: tuple[BlockReuse, ...], options: argparse.Namespace
) -> dict[str, Any]:
    return {
        "definition": options.definition,
        "blocks": [_block(each) for each in blocks],
        "network": network.spec.variant,
        "is_random": options.random,
        "observations": [{**vars(each), "why": each.why} for each in _observations(network)],
    }


def _observations(network: Network) -> list[Observation]:
    from cnnviz.analysis.reuse.matrices import block_readers
    from cnnviz.analysis.reuse.observations import observations

    return observations(list(block_readers(network)))


def _observation_text(observation: Observation) -> str:
    """A statement of the paper with this network's verdict, number and rule."""
    number = "nothing" if observation.number is None else f"{observation.number:.3g}"
    why = f" {observation.why}" if observation.why else ""
    verdict = f"{observation.verdict.upper()}: {observation.claim}{why}"
    return f"{verdict}\n  {number}: {observation.says}\n  {observation.rule}"


def _block(block: BlockReuse) -> dict[str, Any]:
    rows = [[None if math.isnan(value) else float(value) for value in row] for row in block.matrix]
    return {"sources": list(block.sources), "targets": list(block.targets), "matrix": rows}


def _picture(blocks: tuple[BlockReuse, ...]) -> str:
    from cnnviz.analysis.reuse.matrices import largest, shares
    from cnnviz.figures.reuse_matrix import panels, reuse_file

    colours = shares(blocks, largest([blocks]))
    return reuse_file(panels([(b.sources, b.targets, b.matrix) for b in blocks], colours))


def _text(number: int, block: BlockReuse, shares: np.ndarray) -> str:
    """A block as a table, each column in shares of its largest value."""
    width = max(len(name) for name in block.sources)
    lines = [
        f"{name:{width}} " + " ".join("    " if math.isnan(v) else f"{v:4.2f}" for v in row)
        for name, row in zip(block.sources, shares, strict=True)
    ]
    head = f"Dense block {number}: shares of each column's largest; the last is the "
    return "\n".join([f"{head}{block.targets[-1]}", *lines])
