"""The command runs: lists, imports, stops and deletes stored runs."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import add_command
from cnnviz.commands.output import show

if TYPE_CHECKING:
    from cnnviz.runs.run import Run
    from cnnviz.runs.store import Store

HEADINGS = ("run", "state", "network", "data", "best test accuracy", "epochs", "seconds")
NEEDED = "runs must have sqlalchemy; install it with pip install -r requirements.txt."


def add_commands(commands: Any) -> None:
    """Add this module's command to the parser's subparsers."""
    command = add_command(commands, "runs", _list, "training runs: list, import, stop, delete")
    command.add_argument("--limit", type=int, default=100, metavar="N", help="the youngest N")
    actions = command.add_subparsers(metavar="ACTION", parser_class=type(command))
    _add_import(actions)
    for name, action, says in (
        ("stop", _stop, "end a run; it can be resumed"),
        ("delete", _delete, "forget a run and remove its folder"),
    ):
        add_command(actions, name, action, says, None).add_argument("id", metavar="RUN")


def _add_import(actions: Any) -> None:
    bringing = add_command(
        actions, "import", _import, "bring in a run folder from another machine", None
    )
    bringing.add_argument("folder", type=Path, metavar="FOLDER")
    # Without a default, which would undo a --json before the action's name.
    bringing.add_argument("--json", action="store_true", default=argparse.SUPPRESS)


def _store() -> Store:
    """The store, in which whoever has this machine's command line may do everything.

    Raises:
        ValueError: SQLAlchemy is missing, or the database cannot be used.
    """
    try:
        from cnnviz.runs.store import Store
    except ModuleNotFoundError as error:
        if error.name != "sqlalchemy":
            raise
        raise ValueError(NEEDED) from error
    return Store(is_teachers=True)


def _list(options: argparse.Namespace) -> int:
    if options.limit < 1:
        raise ValueError(f"limit must be at least 1; received {options.limit}.")
    listed = _store().runs(limit=options.limit)
    if options.json:
        show([_facts(run) for run in listed])
    else:
        show(_table([HEADINGS, *map(_line, listed)]) if listed else "There are no runs yet.")
    return 0


def _import(options: argparse.Namespace) -> int:
    store = _store()
    from cnnviz.runs.importing import import_folder

    imported = import_folder(store, options.folder)
    if options.json:
        show({**_facts(imported.run), "is_new": imported.is_new, "added": imported.added})
        return 0
    begin = "The run is now" if imported.is_new else "The run was there already; it is"
    show(f"{begin} {imported.run.id} in the store, with {imported.added:,} measurements more.")
    return 0


def _stop(options: argparse.Namespace) -> int:
    from cnnviz.runs.run import COMMAND_LINE

    _store().request(options.id, "stop", COMMAND_LINE)
    show(f"The run {options.id} stops after the step at work.")
    return 0


def _delete(options: argparse.Namespace) -> int:
    from cnnviz.runs.run import COMMAND_LINE

    _store().delete(options.id, COMMAND_LINE)
    show(f"The run {options.id} is deleted.")
    return 0


def _facts(run: Run) -> dict[str, Any]:
    """A run as JSON; its owner's name is a key to it, and stays here."""
    hidden = ("plan", "owner")
    columns = {
        each.name: getattr(run, each.name) for each in fields(run) if each.name not in hidden
    }
    return {**columns, **run.plan.to_json(), "folder": str(run.folder)}


def _line(run: Run) -> tuple[str, ...]:
    accuracy = "" if run.test_accuracy is None else f"{run.test_accuracy:.2%}"
    done = (f"{run.epoch:.2f}", f"{run.seconds:.1f}")
    return (run.id, run.state, run.plan.network.spec.variant, run.plan.data, accuracy, *done)


def _table(lines: list[tuple[str, ...]]) -> str:
    """Lines of columns, each as wide as its widest entry; numbers at the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    first_number = HEADINGS.index("best test accuracy")
    return "\n".join(
        "  ".join(
            text.ljust(width) if place < first_number else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
