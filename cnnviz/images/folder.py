"""The images of a folder on this machine."""

import hashlib
import os
from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from cnnviz.images.archive import MAX_TEXT, seen
from cnnviz.images.collection import MAX_IMAGES, DataError, is_image, is_visible
from cnnviz.images.names import decoded
from cnnviz.images.opening import ImageError


class FolderImages:
    """The images of a folder and its sub-folders by their positions, sorted by path.

    Hidden files and folders, and links to folders, are left out.

    Attributes:
        paths: Where each lies, relative to the folder, with / between the parts, in NFC.
        others: Where other visible files lie; folders without files end in /.
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
        files = list(islice(visible_paths(folder), 2 * MAX_IMAGES + 1))
        located = sorted(zip(decoded([os.fsencode(file) for file in files]), files, strict=True))
        images = [each for each in located if is_image(each[0])]
        others = [each for each in located if not is_image(each[0])]
        if not images:
            raise DataError(
                f"There are no images in {str(folder)!r}{seen(path for path, _ in others)}; "
                "choose another folder."
            )
        if len(images) > MAX_IMAGES:
            raise DataError(
                f"There are more than {MAX_IMAGES:,} images in {str(folder)!r}; "
                "choose one of its sub-folders."
            )
        self.paths = tuple(path for path, _ in images)
        self._files = [file for _, file in images]
        self.others, self._others = tuple(path for path, _ in others), dict(others)

    @property
    def key(self) -> Hashable:
        """Identifies the folder with its files' names, sizes and times."""
        return ("folder", str(self._folder.resolve()), digest_of(self._folder, self._files))

    def content(self, position: int) -> Path:
        """The file of the image at a position."""
        return self._folder / self._files[position]

    def side_file(self, path: str) -> bytes:
        """The first ``MAX_TEXT`` bytes of another file.

        Raises:
            ImageError: It cannot be read.
        """
        try:
            with (self._folder / self._others[path]).open("rb") as file:
                return file.read(MAX_TEXT)
        except OSError as error:
            raise ImageError(f"{path} cannot be read ({error.strerror}).") from error


def digest_of(folder: Path, paths: Iterable[str]) -> str:
    """A digest of the names, sizes and times of files of a folder."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            facts = os.stat(f"{folder}/{path}")  # noqa: PTH116 - pathlib takes twice as long
        except OSError:  # It has gone since; opening it will say so.
            continue
        state = f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0"
        digest.update(os.fsencode(state))
    return digest.hexdigest()


def image_paths(folder: Path, most_folders: int | None = None) -> Iterator[str]:
    """The paths of a folder's images, relative to it, as they come; of a file, none.

    Args:
        folder: Where to look.
        most_folders: Stop after so many folders.
    """
    return filter(is_image, visible_paths(folder, most_folders))


def visible_paths(folder: Path, most_folders: int | None = None) -> Iterator[str]:
    """The paths of a folder's visible files, and of folders in it without any, which end in /."""
    for place, folders, files in islice(os.walk(folder), most_folders):
        folders[:] = [name for name in folders if is_visible(name)]
        inside = Path(place).relative_to(folder).as_posix()
        start = "" if inside == "." else f"{inside}/"
        visible = [start + name for name in files if is_visible(name)]
        yield from visible if visible or folders or not start else (start,)
