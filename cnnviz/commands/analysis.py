"""Commands that analyse a network: summary, compare, formula, export, tools, time."""

import argparse
import warnings
from dataclasses import asdict
from difflib import get_close_matches

from cnnviz.analysis.comparison import comparison
from cnnviz.analysis.export import FORMATS
from cnnviz.analysis.folding import Folding, View
from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.formulas.arithmetic import Formula
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.other_tools import ToolCount, other_tools
from cnnviz.analysis.summary import summary
from cnnviz.analysis.timing import forward_time
from cnnviz.architectures import variant
from cnnviz.architectures.written import SizedNetwork, read
from cnnviz.commands.answer import Answer, write
from cnnviz.commands.arguments import requested_network
from cnnviz.figures.network import DRAWINGS
from cnnviz.figures.svg import standalone

COMPARED = range(2, 5)
SVG = "svg"


def summary_command(options: argparse.Namespace) -> Answer:
    """The layer table and the counts of a network."""
    network = requested_network(options)
    result = summary(network.spec, network.resolution)
    return Answer(str(result), result.to_json())


def compare_command(options: argparse.Namespace) -> Answer:
    """Two to four networks side by side."""
    count = len(options.networks)
    if count not in COMPARED:
        raise ValueError(f"Networks to compare must be two to four; received {count}.")
    result = comparison([read(written) for written in options.networks])
    text = result.to_markdown().rstrip() if options.markdown else str(result)
    return Answer(text, result.to_json())


def formula_command(options: argparse.Namespace) -> Answer:
    """Where each number of a layer comes from."""
    network = requested_network(options)
    graph = network_graph(network.spec, network.resolution)
    names = [node.name for node in graph.nodes]
    if options.layer not in names[1:]:
        raise ValueError(_unknown_layer(options.layer, names[1:], str(network)))
    shown = formulas(graph, names.index(options.layer))
    return Answer("\n".join(map(_line, shown)), [formula.to_json() for formula in shown])


def _unknown_layer(name: str, known: list[str], network: str) -> str:
    """One sentence with the names that are closest to one that is no layer."""
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


def export_command(options: argparse.Namespace) -> None:
    """A network as code, table, image or ONNX file."""
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


def _svg(network: SizedNetwork, view: str) -> str:
    shown = View(view).of(Folding(network_graph(network.spec, network.resolution)))
    title = f"{variant(network.spec.variant).title}: {view}"
    return standalone(DRAWINGS[view](shown.items, shown.links, shown.frames, title))


def tools_command(options: argparse.Namespace) -> Answer:
    """What other tools count, and why."""
    network = read(options.network)
    with warnings.catch_warnings():
        # fvcore traces with torch.jit, which torch calls outdated at every use.
        warnings.simplefilter("ignore", FutureWarning)
        counts = other_tools(network.spec, network.resolution)
    return Answer("\n".join(map(_count_line, counts)), [asdict(count) for count in counts])


def _count_line(count: ToolCount) -> str:
    """What a tool says, and why, in one line."""
    name = f"{count.tool} {count.version}".strip()
    if count.operations is None:
        return f"{name}: {count.why}"
    params = "" if count.params is None else f"{count.params:,} parameters, "
    return f"{name}: {params}{count.operations:,} {count.unit}. {count.why}"


def time_command(options: argparse.Namespace) -> Answer:
    """Seconds of a forward pass on this machine."""
    network = read(options.network)
    time = forward_time(network.spec, network.resolution, options.batch, options.seconds)
    return Answer(str(time), asdict(time))
