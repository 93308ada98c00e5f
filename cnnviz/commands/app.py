"""The command run: starts the app and opens it in a browser."""

import argparse
import os
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cnnviz
from cnnviz.commands.arguments import add_command
from cnnviz.settings import settings, variable

PACKAGE = Path(cnnviz.__file__).parent
# In an installed package, else in a clone of the repository.
APPS = (PACKAGE / "app" / "app.py", PACKAGE.parent / "app.py")


def add_commands(commands: Any) -> None:
    """Add this module's command to the parser's subparsers."""
    command = add_command(commands, "run", _run, "start the app and open it in a browser", None)
    command.add_argument("--port", type=int, default=8501, metavar="N", help="default 8501")
    command.add_argument("--weights", metavar="FOLDER", help=f"sets {variable('weights')}")
    command.add_argument("--data", metavar="FOLDER", help=f"sets {variable('data')}")


def _run(options: argparse.Namespace) -> int:
    """Start Streamlit in this process, which it ends by itself."""
    if not 1 <= options.port <= 65535:
        raise ValueError(f"--port must be between 1 and 65535; received {options.port}.")
    if options.data and not Path(options.data).expanduser().is_dir():
        raise ValueError(f"--data must be a folder; received {options.data}.")
    if find_spec("streamlit") is None:
        raise ValueError("run must have streamlit; install it with pip install streamlit.")
    for name in ("weights", "data"):
        if folder := getattr(options, name):
            os.environ[variable(name)] = folder
    settings()
    app = next(path for path in APPS if path.exists())
    sys.argv = ["streamlit", "run", str(app), f"--server.port={options.port}"]
    runpy.run_module("streamlit", run_name="__main__")
    return 0
