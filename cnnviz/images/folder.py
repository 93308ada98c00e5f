"""The pictures of a folder on this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cnnviz.images.collection import (
    MAX_PICTURES,
    Collection,
    CollectionError,
    described,
    is_picture,
    printable,
)
from cnnviz.images.opening import open_image


def folder_collection(path: str | os.PathLike[str], title: str | None = None) -> Collection:
    """The pictures in a folder and its sub-folders, sorted by path.

    The class of a picture is the name of the folder that holds it, where there are several. Hidden
    files and folders, and links to folders, are left out.

    Args:
        path: Of the folder.
        title: What a menu shows; default the folder's name.

    Raises:
        CollectionError: There is no such folder, or it holds no picture, or more than
            ``MAX_PICTURES``.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise CollectionError(f"There is no folder at {str(folder)!r}; check the path.")
    found = sorted(islice(picture_paths(folder), MAX_PICTURES + 1))
    if not found:
        raise CollectionError(f"There are no pictures in {str(folder)!r}; choose another folder.")
    if len(found) > MAX_PICTURES:
        raise CollectionError(
            f"There are more than {MAX_PICTURES:,} pictures in {str(folder)!r}; "
            "choose one of its sub-folders."
        )
    return Collection(
        ("folder", str(folder.resolve()), _state(folder, found)),
        title or printable(folder.resolve().name),
        described(found),
        lambda position: open_image(folder / found[position]),
    )


def picture_paths(folder: Path, most_folders: int | None = None) -> Iterator[str]:
    """The paths of a folder's pictures, relative to it, as they come; of a file, none.

    Args:
        folder: Where to look.
        most_folders: Stop after so many folders.
    """
    for place, folders, files in islice(os.walk(folder), most_folders):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(place).relative_to(folder).as_posix()
        start = "" if inside == "." else f"{inside}/"
        yield from filter(is_picture, (start + name for name in files))


def _state(folder: Path, paths: list[str]) -> str:
    """A digest of the files' names, sizes and times, which changes when a picture does."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            facts = os.stat(f"{folder}/{path}")  # noqa: PTH116 - pathlib takes twice as long
        except OSError:  # It has gone since; opening it will say so.
            continue
        digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode(errors="replace"))
    return digest.hexdigest()
