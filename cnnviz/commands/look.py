"""The command look: how somebody's folder is understood, and what is in a data set."""

import argparse
import sys

from cnnviz.commands.answer import Answer, show_progress
from cnnviz.training.datasets import dataset
from cnnviz.training.datasets.base import Dataset
from cnnviz.training.datasets.layout.refusals import READING, READINGS
from cnnviz.training.datasets.look import class_balance, repeats_text
from cnnviz.training.datasets.own_images import without_reading


def look_command(options: argparse.Namespace) -> Answer:
    """The tree of a folder, how else it could be read, and the images of each class."""
    chosen = dataset(options.data)
    data = chosen.load(
        chosen.side, chosen.channels, 0, lambda share: show_progress(share, f"{share:4.0%} loaded")
    )
    counts = class_balance(data)
    lines = [
        f"{data.title}: {len(data.train):,} training and {len(data.test):,} test images of "
        f"{data.side} px, {len(data.classes):,} classes",
        *(f"  {each.name}: {each.train:,} and {each.test:,}" for each in counts),
        *(f"{name} is not used: {reason}" for name, reason in data.skipped[:10]),
        *([f"{len(data.skipped) - 10:,} more are not used."] if len(data.skipped) > 10 else []),
        *filter(None, [repeats_text(data.repeated, len(data.test))]),
    ]
    content = {
        "data": data.name,
        "title": data.title,
        "tree": chosen.understood and chosen.understood.tree,
        "readings": chosen.understood and chosen.understood.others,
        "side": data.side,
        "channels": data.channels,
        "classes": [vars(each) for each in counts],
        "skipped": data.skipped,
        "repeated": data.repeated,
    }
    return Answer("\n".join([*understood_lines(chosen), *lines]), content)


def understood_lines(chosen: Dataset) -> list[str]:
    """How a folder is understood and how else it could be, line by line; none without a folder."""
    if chosen.understood is None:
        return []
    name, _ = without_reading(chosen.name)
    ways = [
        f"  --data {name}{READING}{each}: from the {READINGS[each]}"
        for each in chosen.understood.others
    ]
    return [
        "This is how the folder was understood:",
        *chosen.understood.tree.splitlines(),
        *(["It can be read in another way:", *ways] if ways else []),
        "",
    ]


def say_understood(chosen: Dataset) -> None:
    """Write how a folder is understood to stderr, before it is trained on."""
    for line in understood_lines(chosen):
        sys.stderr.write(f"{line}\n")
