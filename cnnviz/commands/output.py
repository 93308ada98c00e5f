"""Prints and writes the results of commands."""

import json
import sys
from pathlib import Path
from typing import Any


def show(result: Any) -> None:
    """Print a text as it is, anything else as JSON."""
    print(result if isinstance(result, str) else json.dumps(result, indent=2))


def write(content: str | bytes, path: Path | None) -> None:
    """Write a file and print its path; without one, print a text.

    Raises:
        OSError: The file cannot be written.
    """
    if path is None:
        sys.stdout.write(content if isinstance(content, str) else content.decode())
        return
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    print(path)
