"""What a command answers, how far it is, and the files that it writes."""

import sys
from pathlib import Path
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What a command prints.

    Attributes:
        text: For people.
        content: The same for ``--json``.
        code: The exit code.
    """

    text: str
    content: Any = None
    code: int = 0


def show_progress(share: float, text: str) -> None:
    """Write how far the work is over what was said before, where somebody looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}" + ("\n" if share == 1 else ""))


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
