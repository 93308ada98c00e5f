"""Arguments that several commands share: a network, a budget of training, JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.architectures.written import SizedNetwork

NETWORK = "variant, with changes behind commas: resnet50,width=32,resolution=160"


def add_command(
    commands: Any, name: str, run: Any, help: str, json: str | None = "print JSON"
) -> Any:
    """The parser of a new command that ``run`` executes, with ``--json`` unless that is None."""
    command = commands.add_parser(name, help=help)
    command.set_defaults(run=run)
    if json is not None:
        command.add_argument("--json", action="store_true", help=json)
    return command


def add_network(command: Any, help: str = NETWORK, **kwargs: Any) -> None:
    """Let a command ask for a network."""
    command.add_argument("variant", metavar="VARIANT", help=help, **kwargs)
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    command.add_argument("--resolution", type=int, metavar="PIXELS")


def requested_network(options: argparse.Namespace) -> SizedNetwork:
    """The network that the arguments name.

    Raises:
        KeyError: An unknown variant or hyperparameter.
        ValueError: A value is outside its domain.
    """
    from dataclasses import replace

    from cnnviz.architectures.written import SizedNetwork, read

    written = read(options.variant)
    config = written.spec.config.with_text(named_values(options.set, "--set"))
    spec = replace(written.spec, config=config)
    if options.resolution is not None:
        return SizedNetwork(spec, options.resolution)
    return SizedNetwork(spec, spec.fixed_resolution or written.resolution)


def add_training(command: Any) -> None:
    """Let a command ask for training options, a budget, a folder and a device."""
    command.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    budget = command.add_mutually_exclusive_group()
    budget.add_argument("--epochs", metavar="N", help="of each network; default the recipe's")
    budget.add_argument("--seconds", metavar="S", help="of each network")
    command.add_argument("--folder", type=Path, metavar="FOLDER", help="where runs are kept")
    add_device(command)


def add_device(command: Any) -> None:
    """Let a command ask for the device that computes."""
    command.add_argument("--device", metavar="NAME", help="cpu, cuda, cuda:1; default the best")


def requested_training(options: argparse.Namespace) -> dict[str, str]:
    """The training options of the command line by name, as text.

    Raises:
        ValueError: One is not written as name=value.
    """
    written = named_values(options.option, "--option")
    if options.seconds is not None:
        written |= {"seconds": options.seconds, "epochs": "0"}
    elif options.epochs is not None:
        written |= {"epochs": options.epochs, "seconds": "0"}
    return written


def named_values(pairs: Iterable[str], option: str) -> dict[str, str]:
    """Values by name, of pairs "name=value" behind an option.

    Raises:
        ValueError: A pair is written in another way.
    """
    return dict(_name_and_value(pair, option) for pair in pairs)


def _name_and_value(pair: str, option: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise ValueError(f"{option} must be name=value; received {pair!r}.")
    return name, value
