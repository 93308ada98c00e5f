"""Commands that analyse untrained networks: list, summary, compare, formula, export."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import NETWORK, add_command, add_network, requested_network
from cnnviz.commands.output import show, write

if TYPE_CHECKING:
    from cnnviz.analysis.formulas.arithmetic import Formula
    from cnnviz.architectures.written import SizedNetwork

COMPARED = range(2, 5)
SVG = "svg"


def add_commands(commands: Any) -> None:
    """Add this module's commands to the parser's subparsers."""
    add_command(commands, "list", _list, "all published variants")
    add_network(add_command(commands, "summary", _summary, "layer table and counts of a variant"))
    _add_compare(commands)
    formula = add_command(commands, "formula", _formula, "where each number of a layer comes from")
    add_network(formula)
    formula.add_argument("layer", metavar="LAYER", help="as in summary: stages.0.0.conv1")
    _add_export(commands)


def _add_compare(commands: Any) -> None:
    command = add_command(commands, "compare", _compare, "two to four networks side by side", None)
    command.add_argument("networks", nargs="+", metavar="NETWORK", help=NETWORK)
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true", help="the whole comparison as a report")


def _add_export(commands: Any) -> None:
    command = add_command(
        commands, "export", _export, "a network as code, table, image or ONNX file", None
    )
    add_network(command)
    command.add_argument(
        "--format", default="code", metavar="code|csv|markdown|latex|svg|onnx", dest="form"
    )
    command.add_argument("--view", choices=("volumes", "graph", "block"), default="volumes")
    command.add_argument("--output", type=Path, metavar="FILE")


def _list(options: argparse.Namespace) -> int:
    from cnnviz.architectures import ARCHITECTURES
    from cnnviz.architectures.parameters import parameter_count

    rows = [
        {
            "architecture": family.name,
            "variant": name,
            "year": family.year_of(name),
            "params": parameter_count(name),
            "torchvision": variant.torchvision,
        }
        for family in ARCHITECTURES
        for name, variant in family.variants.items()
    ]
    line = "{variant:<26} {architecture:<17} {year} {params:>13,}"
    show(rows if options.json else "\n".join(line.format(**row) for row in rows))
    return 0


def _summary(options: argparse.Namespace) -> int:
    from cnnviz.analysis.summary import summary

    network = requested_network(options)
    result = summary(network.spec, network.resolution)
    show(result.to_json() if options.json else str(result))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from cnnviz.analysis.comparison import comparison
    from cnnviz.architectures.written import read

    count = len(options.networks)
    if count not in COMPARED:
        raise ValueError(f"Networks to compare must be two to four; received {count}.")
    result = comparison([read(written) for written in options.networks])
    if options.json:
        show(result.to_json())
    else:
        show(result.to_markdown().rstrip() if options.markdown else str(result))
    return 0


def _formula(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from cnnviz.analysis.formulas import formulas
    from cnnviz.analysis.graph import network_graph

    network = requested_network(options)
    graph = network_graph(network.spec, network.resolution)
    names = [node.name for node in graph.nodes]
    if options.layer not in names[1:]:
        raise ValueError(_unknown_layer(options.layer, names[1:], str(network)))
    shown = formulas(graph, names.index(options.layer))
    show([asdict(formula) for formula in shown] if options.json else "\n".join(map(_line, shown)))
    return 0


def _unknown_layer(name: str, known: list[str], network: str) -> str:
    """One sentence with the names that are closest to one that is no layer."""
    from difflib import get_close_matches

    close = ", ".join(get_close_matches(name, known))
    hint = f"close are {close}" if close else f"python -m cnnviz summary {network} lists all"
    return f"{name} is no layer of {network}; {hint}."


def _line(formula: Formula) -> str:
    """A formula as one line: the general form in brackets, the layer's numbers, a note."""
    numbers = "; ".join(formula.numbers.splitlines())
    general = f" [{formula.general}]" if formula.general not in numbers else ""
    unit = f" {formula.unit}" if formula.unit else ""
    note = f" {formula.note}" if formula.note else ""
    return f"{formula.title}{general}: {numbers}{unit}.{note}"


def _export(options: argparse.Namespace) -> int:
    from cnnviz.analysis.export import FORMATS
    from cnnviz.analysis.summary import summary

    if options.form not in (*FORMATS, SVG):
        known = ", ".join((*FORMATS, SVG))
        raise ValueError(f"--format must be one of {known}; received {options.form!r}.")
    if options.form == "onnx" and options.output is None:
        raise ValueError("--format onnx needs --output FILE.")
    network = requested_network(options)
    if options.form == SVG:
        write(_svg(network, options.view), options.output)
    else:
        result = summary(network.spec, network.resolution)
        write(FORMATS[options.form].function(result), options.output)
    return 0


def _svg(network: SizedNetwork, view: str) -> str:
    from cnnviz.analysis.folding import Folding
    from cnnviz.analysis.graph import network_graph
    from cnnviz.analysis.views import View
    from cnnviz.architectures import variant
    from cnnviz.figures.network import DRAWINGS
    from cnnviz.figures.svg import standalone

    shown = View(view).of(Folding(network_graph(network.spec, network.resolution)))
    title = f"{variant(network.spec.variant).title}: {view}"
    return standalone(DRAWINGS[view](shown.items, shown.links, shown.frames, title))
