"""The command runs: lists, imports, stops and deletes stored runs."""

import argparse
from dataclasses import fields
from typing import Any

from cnnviz.commands.answer import Answer
from cnnviz.runs.importing import import_folder
from cnnviz.runs.run import COMMAND_LINE, Run
from cnnviz.runs.store import Store

HEADINGS = ("run", "state", "network", "data", "best test accuracy", "epochs", "seconds")


def _store() -> Store:
    """The store, in which whoever has this machine's command line may do everything."""
    return Store(is_teachers=True)


def runs_command(options: argparse.Namespace) -> Answer:
    """List the stored runs."""
    if options.limit < 1:
        raise ValueError(f"limit must be at least 1; received {options.limit}.")
    listed = _store().runs(limit=options.limit)
    text = _table([HEADINGS, *map(_line, listed)]) if listed else "There are no runs yet."
    return Answer(text, [_facts(run) for run in listed])


def import_command(options: argparse.Namespace) -> Answer:
    """Bring in a run's folder from another machine."""
    imported = import_folder(_store(), options.folder)
    run, added = imported.run, imported.added
    begin = "The run is now" if imported.is_new else "The run was there already; it is"
    text = f"{begin} {run.id} in the store, with {added:,} measurements more."
    return Answer(text, {**_facts(run), "is_new": imported.is_new, "added": added})


def stop_command(options: argparse.Namespace) -> Answer:
    """End a run after the step at work."""
    _store().request(options.id, "stop", COMMAND_LINE)
    return Answer(f"The run {options.id} stops after the step at work.")


def delete_command(options: argparse.Namespace) -> Answer:
    """Forget a run and remove its folder."""
    _store().delete(options.id, COMMAND_LINE)
    return Answer(f"The run {options.id} is deleted.")


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
