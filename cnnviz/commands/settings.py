"""What ``VARIANT``, ``--set`` and ``--resolution`` say on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.architectures.written import SizedNetwork


def add_network(command: Any, help: str) -> None:
    """Let a command ask for a network."""
    command.add_argument("variant", metavar="VARIANT", help=help)
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    command.add_argument("--resolution", type=int, metavar="PIXELS")


def asked_network(options: argparse.Namespace) -> SizedNetwork:
    """The network that was asked for.

    Raises:
        KeyError: An unknown variant or hyperparameter.
        ValueError: A value is outside its domain.
    """
    from dataclasses import replace

    from cnnviz.architectures.written import SizedNetwork, read

    written = read(options.variant)
    config = written.spec.config.with_text(settings(options.set, "--set"))
    spec = replace(written.spec, config=config)
    if options.resolution is not None:
        return SizedNetwork(spec, options.resolution)
    return SizedNetwork(spec, spec.fixed_resolution or written.resolution)


def settings(pairs: Iterable[str], option: str) -> dict[str, str]:
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
