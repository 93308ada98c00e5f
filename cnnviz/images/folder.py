"""The images of a folder on this machine."""

import hashlib
import os
from collections.abc import Hashable, Iterator
from itertools import islice
from pathlib import Path

from cnnviz.images.collection import MAX_IMAGES, DataError, is_image


class FolderImages:
    """The images of a folder and its sub-folders by their positions, sorted by path.

    Hidden files and folders, and links to folders, are left out.

    Attributes:
        paths: Where each lies, relative to the folder, with / between the parts.
        unpacked_bytes: None are unpacked.
    """

    unpacked_bytes = 0

    def __init__(self, folder: Path) -> None:
        """List a folder.

        Raises:
            DataError: There is no such folder, or it holds no image, or more than ``MAX_IMAGES``.
        """
        if not folder.is_dir():
            raise DataError(f"There is no folder at {str(folder)!r}; check the path.")
        self._folder = folder
        self.paths = tuple(sorted(islice(image_paths(folder), MAX_IMAGES + 1)))
        if not self.paths:
            raise DataError(f"There are no images in {str(folder)!r}; choose another folder.")
        if len(self.paths) > MAX_IMAGES:
            raise DataError(
                f"There are more than {MAX_IMAGES:,} images in {str(folder)!r}; "
                "choose one of its sub-folders."
            )

    @property
    def key(self) -> Hashable:
        """Identifies the folder with its files' names, sizes and times."""
        digest = hashlib.blake2b(digest_size=16)
        for path in self.paths:
            try:
                facts = os.stat(f"{self._folder}/{path}")  # noqa: PTH116 - pathlib takes twice as long
            except OSError:  # It has gone since; opening it will say so.
                continue
            state = f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0"
            digest.update(state.encode(errors="replace"))
        return ("folder", str(self._folder.resolve()), digest.hexdigest())

    def content(self, position: int) -> Path:
        """The file of the image at a position."""
        return self._folder / self.paths[position]


def image_paths(folder: Path, most_folders: int | None = None) -> Iterator[str]:
    """The paths of a folder's images, relative to it, as they come; of a file, none.

    Args:
        folder: Where to look.
        most_folders: Stop after so many folders.
    """
    for place, folders, files in islice(os.walk(folder), most_folders):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(place).relative_to(folder).as_posix()
        start = "" if inside == "." else f"{inside}/"
        yield from filter(is_image, (start + name for name in files))
