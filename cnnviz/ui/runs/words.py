"""A run in words: its name, its settings, what it is doing, how long it will take."""

import time
from pathlib import Path
from typing import NamedTuple

from cnnviz.architectures import variant
from cnnviz.architectures.written import ENDS
from cnnviz.runs.run import Run
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.ui.parts import address
from cnnviz.ui.runs.readings import Reading

UNKNOWN = "–"  # noqa: RUF001


class StateLook(NamedTuple):
    """How a state is shown: in a word, and the colour of its outline on black and on white."""

    title: str
    colour: str


STATES = {
    "queued": StateLook("waits", "#7d7d7d"),
    "running": StateLook("training", "#56B4E9"),
    "paused": StateLook("paused", "#E69F00"),
    "finished": StateLook("finished", "#009E73"),
    "stopped": StateLook("stopped", "#7d7d7d"),
    "failed": StateLook("failed", "#D55E00"),
    "interrupted": StateLook("interrupted", "#E69F00"),
}


def run_label(run: Run) -> str:
    """A run's name in legends and menus, different from all others': "LeNet-5 on digits · k3f9"."""
    return f"{network_title(run)} on {data_title(run.plan)} · {run.id[:5]}"


def evaluate_link(run: Run) -> str:
    """Where a run is evaluated, as a link in a table has it."""
    return address.link("evaluate", {address.RUN: run.id})


def network_title(run: Run) -> str:
    """The published network's title; the settings say what was changed."""
    return variant(run.plan.network.spec.variant).title


def data_title(plan: Plan) -> str:
    """The data set's name, or a file's without its folders."""
    return Path(plan.data).name or plan.data


def settings_text(run: Run) -> str:
    """What differs from the published network and from the options' defaults, or "defaults"."""
    # The data decides the ends.
    changed = {k: v for k, v in run.plan.network.changes.items() if k not in ENDS}
    default, now = TrainingOptions().to_text(), run.plan.options.to_text()
    changed |= {name: value for name, value in now.items() if value != default[name]}
    words = [f"{name.replace('_', ' ')} {value}" for name, value in changed.items()]
    return ", ".join(words) or "defaults"


def budget_text(plan: Plan) -> str:
    """What ends a run: "20 epochs" or "30 s"."""
    seconds, epochs = plan.options.seconds, plan.options.epochs
    return duration_text(seconds) if seconds else counted(epochs, "epoch")


def counted(count: float, word: str, form: str = ",") -> str:
    """A number with its word: "1 seed", "2 seeds"."""
    return f"{count:{form}} {word}{'' if count == 1 else 's'}"


def epochs_text(epochs: float) -> str:
    """So many passes over the training images, to three digits: "1 epoch", "11.3 epochs"."""
    return counted(epochs, "epoch", ".3g")


def images_text(images: int) -> str:
    """How many images something was trained on, before epochs: "10,000 images, "; or nothing."""
    return f"{counted(images, 'image')}, " if images else ""


def progress_text(reading: Reading) -> str:
    """One sentence on what a run is doing or how it ended."""
    run = reading.run
    if run.state == "queued":
        return f"Waits for a free place: number {reading.place or 1} in the queue."
    if run.state == "running" and run.step == 0:
        return "Starting: the network and the data are being loaded ..."
    if run.state == "running":
        left = seconds_left(run)
        return "Training ..." if left is None else f"About {duration_text(left)} left."
    if run.state == "paused":
        return "Paused: it goes on where it is when its owner says so."
    done = f"after {run.epoch:.3g} epochs and {duration_text(run.seconds)} of training"
    if run.state == "finished":
        return f"Finished {done}."
    return f"{STATES[run.state].title.capitalize()} {done}. {run.message}".strip()


def seconds_left(run: Run) -> float | None:
    """An estimate from the share that is done; None before there is one."""
    if run.share < 0.01 or run.seconds <= 0:
        return None
    return run.seconds * (1 - run.share) / run.share


def duration_text(seconds: float) -> str:
    """A duration as people say it: "8 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def ago_text(moment: float) -> str:
    """How long ago a moment was, in its largest unit."""
    seconds = max(time.time() - moment, 0)
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit} ago"
    return "just now"


def percent(share: float | None) -> str:
    """A share in per cent, or a dash."""
    return UNKNOWN if share is None else f"{100 * share:.1f} %"
