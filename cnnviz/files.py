"""Files that appear whole or not at all, and tables of the package."""

import os
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def written_whole(path: Path, is_shared: bool = False) -> Iterator[Path]:
    """A temporary file beside a path, which takes its place once the block has ended well.

    Otherwise an older file stays as it is.

    Args:
        path: The file; its folder is created.
        is_shared: Whether several processes may write it at once, each into a file of its own.

    Raises:
        OSError: The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex if is_shared else 'new'}")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())  # a power cut leaves the older file or the whole new one
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text, with a line break at its end, as ``written_whole`` does.

    Raises:
        OSError: The file cannot be written.
    """
    with written_whole(path) as part:
        part.write_text(f"{text}\n", encoding="utf-8")


def tables(path: str) -> dict[str, Any]:
    """The tables of a .toml file of the package, by name."""
    return tomllib.loads((Path(__file__).parent / path).read_text(encoding="utf-8"))


def entries(path: str) -> list[dict[str, Any]]:
    """The entries of a .toml file of the package, which holds one list of tables."""
    (listed,) = tables(path).values()
    return list(listed)
