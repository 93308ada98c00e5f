"""What the arguments ask for that several commands take: a network, training options."""

import argparse
import time
from collections.abc import Iterable

from cnnviz.architectures.written import SizedNetwork, read, settings_of


def requested_network(options: argparse.Namespace) -> SizedNetwork:
    """The network that the arguments name, wherever they say its settings.

    Raises:
        KeyError: An unknown variant or hyperparameter.
        ValueError: A value is outside its domain.
    """
    return read(_written(options))


def requested_resolution(options: argparse.Namespace) -> bool:
    """Whether the arguments name a resolution."""
    return "resolution" in settings_of(_written(options))[1]


def _written(options: argparse.Namespace) -> str:
    """The network as one text: ``--resolution 64`` and ``--set resolution=64`` are one setting."""
    settings = named_values(options.set, "--set")
    if options.resolution is not None:
        settings["resolution"] = options.resolution
    return ",".join([options.variant, *(f"{k}={v}" for k, v in settings.items())])


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
    values = {}
    for pair in pairs:
        name, equals, values[name] = pair.partition("=")
        if not equals:
            raise ValueError(f"{option} must be name=value; received {pair!r}.")
    return values


def named_now(name: str) -> str:
    """The name of a new folder: the time and what is in it."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{name}"
