"""What the command line takes: the commands with their arguments.

A command is the function NAME_command of a module of this package, which is imported when the
command runs: torch takes seconds.
"""

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from cnnviz.settings import variable

BAD_INPUT = 2
NETWORK = "variant, with changes behind commas: resnet50,width=32,resolution=160"
METHODS = (
    "grad-cam, grad-cam++, hirescam, xgradcam, layercam, eigencam, eigengradcam, cam, "
    "guided-backprop, saliency, scorecam or ablationcam"
)


class _Parser(argparse.ArgumentParser):
    """A parser that answers bad input with one sentence."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message[:1].upper()}{message[1:].rstrip('.')}.\n")
        raise SystemExit(BAD_INPUT)


def parser(description: str) -> argparse.ArgumentParser:
    """The parser of all commands; ``run`` of what it reads is a command's module and function."""
    made = _Parser(prog="cnnviz", description=description, allow_abbrev=False)
    commands = made.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    # In the order of the help.
    for add in (_add_app, _add_analysis, _add_photos, _add_measuring, _add_training, _add_kept):
        add(commands)
    return made


def _add(
    commands: Any, name: str, module: str, says: str, json: str | None = "print JSON"
) -> argparse.ArgumentParser:
    """The parser of a new command, with ``--json`` unless that is None."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=says)
    command.set_defaults(run=(module, f"{name}_command"))
    if json is not None:
        command.add_argument("--json", action="store_true", help=json)
    return command


def _add_app(commands: Any) -> None:
    command = _add(commands, "run", "app", "start the app and open it in a browser", None)
    command.add_argument("--port", type=int, default=8501, metavar="N", help="default 8501")
    command.add_argument("--weights", metavar="FOLDER", help=f"sets {variable('weights')}")
    command.add_argument("--data", metavar="FOLDER", help=f"sets {variable('data')}")


def _add_analysis(commands: Any) -> None:
    _add(commands, "list", "catalogue", "all published variants")
    _take_network(_add(commands, "summary", "analysis", "layer table and counts of a variant"))
    command = _add(commands, "compare", "analysis", "two to four networks side by side", None)
    command.add_argument("networks", nargs="+", metavar="NETWORK", help=NETWORK)
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true", help="the whole comparison as a report")
    command = _add(commands, "formula", "analysis", "where each number of a layer comes from")
    _take_network(command)
    command.add_argument("layer", metavar="LAYER", help="as in summary: stages.0.0.conv1")
    says = "a network as code, table, image or ONNX file"
    command = _add(commands, "export", "analysis", says, None)
    _take_network(command)
    command.add_argument(
        "--format", default="code", metavar="code|csv|markdown|latex|svg|onnx", dest="form"
    )
    command.add_argument("--view", choices=("volumes", "graph", "block"), default="volumes")
    command.add_argument("--output", type=Path, metavar="FILE")


def _add_photos(commands: Any) -> None:
    command = _add(commands, "predict", "photos", "the most probable classes of photos")
    command.add_argument("photos", nargs="+", metavar="PHOTO")
    _take_trained_network(command)
    command.add_argument("--top", type=int, default=5)
    command = _add(commands, "cam", "photos", "where the network looks for a class")
    _take_photo(command)
    command.add_argument("--class", type=int, dest="class_index", metavar="N")
    command.add_argument("--layer", metavar="NAME")
    command.add_argument("--method", default="grad-cam", metavar="NAME", help=METHODS)
    command.add_argument("--output", type=Path, metavar="FILE.png")
    command.add_argument("--array", type=Path, metavar="FILE.npy")
    says = "download weights into the weights folder"
    command = _add(commands, "fetch", "catalogue", says, None)
    command.add_argument("variants", nargs="+", metavar="VARIANT")
    command = _add(commands, "features", "features", "what a layer sees of a photo")
    _take_photo(command)
    command.add_argument("--layer", required=True, metavar="NAME", help="as in summary: stem.conv")
    command.add_argument("--output", required=True, type=Path, metavar="FILE.png")
    command.add_argument("--order", default="strongest first", metavar="strongest first|in order")
    command.add_argument("--count", type=int, metavar="N", help="at most so many maps")
    command.add_argument("--scale", default="each map", metavar="each map|the layer|all layers")
    command.add_argument("--raw", action="store_true", help="what is below 0, too")
    command = _add(commands, "neighbours", "neighbours", "the images that a network thinks alike")
    _take_photo(command)
    says = "images in a folder or in a .zip"
    command.add_argument("--among", required=True, metavar="FOLDER", help=says)
    command.add_argument("--metric", choices=("euclidean", "cosine"), default="euclidean")
    command.add_argument("--count", type=int, default=6, metavar="N", help="how many neighbours")
    says = "largest number of images, evenly from each class (default 3000)"
    command.add_argument("--most", type=int, default=3000, metavar="N", help=says)


def _add_measuring(commands: Any) -> None:
    tools = _add(commands, "tools", "analysis", "what other tools count, and why")
    command = _add(commands, "time", "analysis", "seconds of a forward pass on this machine")
    for each in (tools, command):
        each.add_argument("network", metavar="NETWORK", help=NETWORK)
    command.add_argument("--batch", type=int, default=1, metavar="N")
    command.add_argument("--seconds", type=float, default=5.0, metavar="S", help="to measure for")


def _add_training(commands: Any) -> None:
    command = _add(commands, "look", "look", "how a folder is understood, and what is in it")
    command.add_argument("data", metavar="NAME", help="a data set, or a zip, tar or folder")
    command = _add(commands, "train", "train", "train a network and keep the run", None)
    _take_network(command, nargs="?")
    command.add_argument("--data", metavar="NAME", help="a data set, or a zip, tar or folder")
    command.add_argument("--recipe", metavar="NAME", help="a paper's options (see recipes.toml)")
    _take_training(command)
    command.add_argument("--resume", metavar="RUN", help="go on with a run (its folder or its id)")
    command.add_argument("--json-lines", action="store_true", help="a line a measurement")
    command.add_argument("--estimate", action="store_true", help="only measure three batches")
    command.add_argument("--json", action="store_true", help="of --estimate")
    command = _add(commands, "evaluate", "evaluate", "a run's network on its test images")
    command.add_argument("run_name", metavar="RUN", help="the run's id, or its folder")
    _take_device(command)
    says = "refuse if it is another (how its sha256 begins)"
    command.add_argument("--checkpoint", metavar="KEY", help=says)
    says = "train the networks of a paper's experiment"
    command = _add(commands, "experiment", "experiment", says)
    command.add_argument("name", nargs="?", metavar="NAME", help="without one: a list")
    command.add_argument("--data", default="digits", metavar="NAME", help="default digits")
    _take_training(command)
    command.add_argument("--seeds", type=int, default=1, metavar="N", help="1 to 5; default 1")
    says = "keep the curves in the package, for everybody"
    command.add_argument("--record", action="store_true", help=says)
    command.add_argument("--note", default="", metavar="TEXT", help="what a record must say")


def _add_kept(commands: Any) -> None:
    """Add the commands on runs and on networks that runs have trained."""
    command = _add(commands, "runs", "runs", "training runs: list, import, stop, delete")
    command.add_argument("--limit", type=int, default=100, metavar="N", help="the youngest N")
    actions = command.add_subparsers(metavar="ACTION", parser_class=_Parser)
    action = _add(actions, "import", "runs", "bring in a run folder from another machine", None)
    action.add_argument("folder", type=Path, metavar="FOLDER")
    # Without a default, which would undo a --json before the action's name.
    action.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    for name, says in (
        ("stop", "end a run; it can be resumed"),
        ("delete", "forget a run and remove its folder"),
    ):
        _add(actions, name, "runs", says, None).add_argument("id", metavar="RUN")
    says = "bundled trained networks: list them, or add a run"
    command = _add(commands, "bundle", "bundle", says)
    command.add_argument("of_run", nargs="?", metavar="RUN", help="the run's folder or its id")
    says = "of the file; default the variant's"
    command.add_argument("--name", default="", metavar="NAME", help=says)
    command.add_argument("--note", default="", metavar="TEXT", help="a note that is shown with it")
    command.add_argument("--paper", default="", metavar="QUANTITY", help="such as c10plus_error")
    says = "which layers a DenseNet reads (Figure 5)"
    json = "matrices (null is not read) and observations"
    command = _add(commands, "reuse", "reuse", says, json)
    says = "a variant, a run, or a checkpoint (.safetensors)"
    command.add_argument("of", metavar="VARIANT|RUN|FILE", help=says)
    command.add_argument("--definition", metavar="NAME", default="mean")
    command.add_argument("--random", action="store_true", help="a variant's untrained weights")
    command.add_argument("--output", type=Path, metavar="FILE.svg", help="the drawing as SVG")


def _take_network(command: argparse.ArgumentParser, nargs: str | None = None) -> None:
    command.add_argument("variant", metavar="VARIANT", help=NETWORK, nargs=nargs)
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    command.add_argument("--resolution", metavar="PIXELS")


def _take_photo(command: argparse.ArgumentParser) -> None:
    """Take a photo and the network that looks at it."""
    command.add_argument("photo", metavar="PHOTO")
    _take_trained_network(command)


def _take_trained_network(command: argparse.ArgumentParser) -> None:
    either = command.add_mutually_exclusive_group(required=True)
    says = "a published network, with changes: resnet18,num_classes=10"
    either.add_argument("--model", metavar="VARIANT", help=says)
    either.add_argument("--run", dest="of_run", metavar="RUN", help="a run's folder or its id")
    says = "of --model, or the name of a bundled network"
    command.add_argument("--weights", metavar="FILE", help=says)
    says = "names of the weights' classes, one a line, or as JSON"
    command.add_argument("--classes", metavar="FILE", help=says)


def _take_training(command: argparse.ArgumentParser) -> None:
    """Take training options, a budget, a folder and a device."""
    command.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    budget = command.add_mutually_exclusive_group()
    budget.add_argument("--epochs", metavar="N", help="of each network; default the recipe's")
    budget.add_argument("--seconds", metavar="S", help="of each network")
    command.add_argument("--folder", type=Path, metavar="FOLDER", help="where runs are kept")
    _take_device(command)


def _take_device(command: argparse.ArgumentParser) -> None:
    command.add_argument("--device", metavar="NAME", help="cpu, cuda, cuda:1; default the best")
