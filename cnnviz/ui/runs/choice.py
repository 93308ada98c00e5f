"""Menus of runs with a checkpoint."""

from collections.abc import Sequence

from cnnviz.runs.run import Run
from cnnviz.training.checkpoints import BEST, LAST, has_checkpoint
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_named
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import run_label
from cnnviz.ui.server.visitor import visitor


def runs_with_checkpoints() -> list[Run]:
    """The runs with a checkpoint, newest first; the visitor's own before the others."""
    runs = [run for run in _latest_and_requested() if _has_weights(run)]
    own = visitor()
    return sorted(runs, key=lambda run: run.owner != own)


def _latest_and_requested() -> list[Run]:
    """The latest runs, and those of the address, which may be older."""
    runs = {run.id: run for run in shared_runs().readings.latest()}
    for key in (address.RUN, address.OTHER_RUN):
        run_id = address.requested(key)
        if run_id and run_id not in runs and (reading := shared_runs().readings.of(run_id)):
            runs[run_id] = reading.run
    return list(runs.values())


def _has_weights(run: Run) -> bool:
    return any(has_checkpoint(run.folder, name) for name in (BEST, LAST))


def choose_run(runs: Sequence[Run], key: address.Key = address.RUN, title: str = "Run") -> Run:
    """Draw a menu of runs, at least one; the id of the chosen one is in the address."""
    known = {run.id: run for run in runs}
    titles = {run.id: run_label(run) for run in runs}
    return known[choose_named(title, key, titles, runs[0].id)]
