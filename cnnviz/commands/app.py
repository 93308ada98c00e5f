"""The command run: starts the app and opens it in a browser."""

import argparse
import os
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

import cnnviz
from cnnviz.settings import settings, variable

PACKAGE = Path(cnnviz.__file__).parent
# In an installed package, else in a clone of the repository.
APPS = (PACKAGE / "app" / "app.py", PACKAGE.parent / "app.py")


def run_command(options: argparse.Namespace) -> None:
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
