"""The command bundle: adds a run's network to the bundled ones, or lists them."""

import argparse

from cnnviz.commands.answer import Answer
from cnnviz.commands.trained import run_folder
from cnnviz.runs.bundling import bundle
from cnnviz.training.bundled import bundled


def bundle_command(options: argparse.Namespace) -> Answer:
    """Bundle a run, or list what is bundled."""
    if options.of_run is not None:
        folder = run_folder(options.of_run)
        return Answer(str(bundle(folder, options.name, options.note, options.paper)))
    lines = [
        f"{each.name:28} {100 * (1 - each.test_accuracy):6.2f} % error on the test images, which "
        "chose its weights   "
        f"{each.record['train_images']:7,} images {each.record['epochs']:5g} epochs   "
        f"{each.record['data']}"
        for each in bundled()
    ]
    listed = {each.name: dict(each.record) for each in bundled()}
    return Answer("\n".join(lines) or "There is no bundled network.", listed)
