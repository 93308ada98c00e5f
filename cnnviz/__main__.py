"""The command line: ``cnnviz COMMAND`` where it is installed, or ``python -m cnnviz COMMAND``."""

import argparse
import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

from cnnviz.commands import (
    app,
    bundle,
    catalogue,
    evaluate,
    experiment,
    features,
    measuring,
    neighbours,
    photos,
    reuse,
    runs,
    train,
)
from cnnviz.settings import settings

BAD_INPUT = 2
# In the order of the help.
MODULES = (
    *(app, catalogue, photos, features, neighbours, measuring),
    *(train, evaluate, experiment, runs, bundle, reuse),
)


class _Parser(argparse.ArgumentParser):
    """A parser that answers bad input with one sentence."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message[:1].upper()}{message[1:].rstrip('.')}.\n")
        raise SystemExit(BAD_INPUT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 2 and one sentence on bad input."""
    options = _parser().parse_args(arguments)
    try:
        settings()  # a wrong one is told before anything slow
        code: int = options.run(options)
    except (ValueError, KeyError, OSError) as error:
        sys.stderr.write(f"{_sentence(error)}\n")
        return BAD_INPUT
    finally:
        gc.freeze()  # what torch has loaded is no garbage; looking through it at the end takes long
    return code


def _sentence(error: Exception) -> str:
    if isinstance(error, KeyError):
        return str(error.args[0])
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="cnnviz", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for module in MODULES:
        module.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
