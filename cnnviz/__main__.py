"""The command line: ``cnnviz COMMAND`` where it is installed, or ``python -m cnnviz COMMAND``."""

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from importlib import import_module

from cnnviz.commands.parser import BAD_INPUT, parser
from cnnviz.settings import settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 2 and one sentence on bad input."""
    options = parser(__doc__).parse_args(arguments)
    try:
        settings()  # a wrong one is told before anything slow
        return _run(options)
    except (ValueError, KeyError, OSError) as error:
        sys.stderr.write(f"{_sentence(error)}\n")
        return BAD_INPUT
    finally:
        gc.freeze()  # what torch has loaded is no garbage; looking through it at the end takes long


def _run(options: argparse.Namespace) -> int:
    """Run a command and print its answer, if it has one; returns the exit code.

    Raises:
        ValueError: It needs a library that is not installed.
    """
    module, command = options.run
    try:
        function = getattr(import_module(f"cnnviz.commands.{module}"), command)
    except ModuleNotFoundError as error:
        raise ValueError(
            f"{module} must have {error.name}; install it with pip install -r requirements.txt."
        ) from error
    answer = function(options)
    if answer is None:
        return 0
    is_json = getattr(options, "json", False) and answer.content is not None
    print(json.dumps(answer.content, indent=2) if is_json else answer.text)
    return int(answer.code)


def _sentence(error: Exception) -> str:
    if isinstance(error, KeyError):
        return str(error.args[0])
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
