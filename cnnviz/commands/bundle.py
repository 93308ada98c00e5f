"""The command bundle: adds a run's network to the bundled ones, or lists them."""

import argparse
from typing import Any

from cnnviz.commands.arguments import add_command
from cnnviz.commands.output import show
from cnnviz.commands.trained import run_folder


def add_commands(commands: Any) -> None:
    """Add this module's command to the parser's subparsers."""
    command = add_command(
        commands, "bundle", _bundle, "bundled trained networks: list them, or add a run"
    )
    command.add_argument("of_run", nargs="?", metavar="RUN", help="the run's folder or its id")
    command.add_argument(
        "--name", default="", metavar="NAME", help="of the file; default the variant's"
    )
    command.add_argument("--note", default="", metavar="TEXT", help="a note that is shown with it")
    command.add_argument("--paper", default="", metavar="QUANTITY", help="such as c10plus_error")


def _bundle(options: argparse.Namespace) -> int:
    if options.of_run is None:
        return _list(options)
    from cnnviz.runs.bundling import bundle

    made = bundle(run_folder(options.of_run), options.name, options.note, options.paper)
    show(str(made))
    return 0


def _list(options: argparse.Namespace) -> int:
    from cnnviz.training.bundled import bundled

    if options.json:
        show({each.name: dict(each.record) for each in bundled()})
        return 0
    lines = [
        f"{each.name:28} {100 * (1 - each.test_accuracy):6.2f} % error   "
        f"{each.record['epochs']:g} epochs   {each.record['data']}"
        for each in bundled()
    ]
    show("\n".join(lines) or "There is no bundled network.")
    return 0
