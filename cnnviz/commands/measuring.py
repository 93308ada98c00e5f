"""Commands that run a network: what other tools count, and how long a pass takes."""

from __future__ import annotations

import argparse
import warnings
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import NETWORK, add_command
from cnnviz.commands.output import show

if TYPE_CHECKING:
    from cnnviz.analysis.other_tools import ToolCount


def add_commands(commands: Any) -> None:
    """Add this module's commands to the parser's subparsers."""
    tools = add_command(commands, "tools", _tools, "what other tools count, and why")
    command = add_command(commands, "time", _time, "seconds of a forward pass on this machine")
    for each in (tools, command):
        each.add_argument("network", metavar="NETWORK", help=NETWORK)
    command.add_argument("--batch", type=int, default=1, metavar="N")
    command.add_argument("--seconds", type=float, default=5.0, metavar="S", help="to measure for")


def _tools(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from cnnviz.analysis.other_tools import other_tools
    from cnnviz.architectures.written import read

    network = read(options.network)
    with warnings.catch_warnings():
        # fvcore traces with torch.jit, which torch calls outdated at every use.
        warnings.simplefilter("ignore", FutureWarning)
        counts = other_tools(network.spec, network.resolution)
    show([asdict(count) for count in counts] if options.json else "\n".join(map(_line, counts)))
    return 0


def _line(count: ToolCount) -> str:
    """What a tool says, and why, in one line."""
    name = f"{count.tool} {count.version}".strip()
    if count.operations is None:
        return f"{name}: {count.why}"
    params = "" if count.params is None else f"{count.params:,} parameters, "
    return f"{name}: {params}{count.operations:,} {count.unit}. {count.why}"


def _time(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from cnnviz.analysis.timing import forward_time
    from cnnviz.architectures.written import read

    network = read(options.network)
    time = forward_time(network.spec, network.resolution, options.batch, options.seconds)
    show(asdict(time) if options.json else str(time))
    return 0
