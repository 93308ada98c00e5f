"""The files of a zip, a tar or a folder of pictures, one after the other; none is unpacked to disk.

They may come from anybody: how many files there are and how large each one is, is bounded before
any of it is unpacked.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from cnnviz.images import MAX_PICTURES, CollectionError
from cnnviz.images.archive import LARGE_MEMBER, PictureZip
from cnnviz.images.collection import is_picture
from cnnviz.images.folder import picture_paths
from cnnviz.images.opening import MAX_BYTES, ImageError
from cnnviz.training.datasets.base import DataError

MAX_UNPACKED = 4_000_000_000  # bytes of all pictures of an archive
MAX_HEADER = 2**20  # bytes of what a tar says of one file
TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz")
BAD_TAR = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError)

Source = bytes | Path
# Where a picture lies, what ``open_image`` takes or why there is nothing, and the share of all
# files that are given with it.
Entry = tuple[str, bytes | Path | ImageError, float]


def is_source(path: Path) -> bool:
    """Whether a path is a folder, or by its name an archive that can be read."""
    return path.is_dir() or path.name.lower().endswith((".zip", *TARS))


def entries(source: Source, most: int | None = None) -> Iterator[Entry]:
    """The pictures of a source by their names.

    Args:
        source: The content of a zip; or the path of a zip, a tar or a folder.
        most: No more than so many: spread over all, but of a tar the first ones.

    Raises:
        DataError: It cannot be read, is damaged, or is more than can be taken.
    """
    try:
        if isinstance(source, Path) and source.is_dir():
            yield from _of_folder(source, most)
        elif isinstance(source, Path) and source.name.lower().endswith(TARS):
            yield from _of_tar(source, most)
        else:
            yield from _of_zip(source, most)
    except CollectionError as error:
        raise DataError(str(error)) from error


def picture_names(source: Source) -> tuple[str, ...] | None:
    """Where the pictures of a source lie; None of a tar, which only reading through would tell.

    Raises:
        DataError: As of ``entries``.
    """
    if isinstance(source, Path) and source.is_dir():
        return tuple(_listed(source))
    if isinstance(source, Path) and source.name.lower().endswith(TARS):
        return None
    try:
        return PictureZip(source).paths
    except CollectionError as error:
        raise DataError(str(error)) from error


def _spread(count: int, most: int | None) -> Sequence[int]:
    """Positions of all, or of at most so many with equal steps between them."""
    if most is None or count <= most:
        return range(count)
    return [int(position) for position in np.linspace(0, count - 1, most)]


def _listed(folder: Path) -> list[str]:
    paths = []
    for path in picture_paths(folder):
        paths.append(path)
        if len(paths) > MAX_PICTURES:
            raise DataError(
                f"{folder.name} has more than {MAX_PICTURES:,} pictures; choose fewer of them."
            )
    return sorted(paths)


def _of_folder(folder: Path, most: int | None) -> Iterator[Entry]:
    paths = _listed(folder)
    positions = _spread(len(paths), most)
    for number, position in enumerate(positions, start=1):
        yield paths[position], folder / paths[position], number / len(positions)


def _of_zip(source: Source, most: int | None) -> Iterator[Entry]:
    archive = PictureZip(source)
    if archive.total_bytes > MAX_UNPACKED:
        raise DataError("The zip unpacks to more than 4 GB; zip fewer or smaller pictures.")
    positions = _spread(len(archive.paths), most)
    for number, position in enumerate(positions, start=1):
        content: bytes | ImageError
        try:
            content = archive.content(position)
        except ImageError as error:
            content = error
        yield archive.paths[position].removeprefix("./"), content, number / len(positions)


def _of_tar(path: Path, most: int | None) -> Iterator[Entry]:
    """The pictures of a tar as they come: a packed one can only be read from its start."""
    given = 0
    with _bad_tar(path), io.FileIO(path) as file, _unpacked(file) as stream:
        size = max(1, os.fstat(file.fileno()).st_size)
        # "r:" and not "r|": a member is read where it lies, and what is left out is skipped.
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            for member in _bounded(archive):
                if not (member.isfile() and is_picture(member.name)):
                    continue
                if given == most:
                    return
                given += 1
                yield member.name.removeprefix("./"), _content(archive, member), file.tell() / size


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes | ImageError:
    if member.size > MAX_BYTES:
        return ImageError(LARGE_MEMBER)
    file = archive.extractfile(member)
    return file.read() if file else b""


def _bounded(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members of a tar, as long as they are not too many and not too much."""
    total = 0
    for number, member in enumerate(archive):
        total += member.size
        if number >= MAX_PICTURES:
            raise DataError(f"The archive has more than {MAX_PICTURES:,} files; pack fewer.")
        if total > MAX_UNPACKED:
            raise DataError("The archive unpacks to more than 4 GB; pack fewer or smaller files.")
        yield member


class _Guarded(io.BufferedReader):
    """An unpacked tar, of which no piece is read that is longer than any picture.

    tarfile reads what a header announces in one piece.
    """

    def read(self, size: int | None = -1) -> bytes:
        """As of any file.

        Raises:
            DataError: It is asked for more.
        """
        if size is None or not 0 <= size <= MAX_BYTES + MAX_HEADER:
            raise DataError("The archive is damaged; pack the pictures again.")
        return super().read(size)


def _unpacked(file: io.FileIO) -> _Guarded:
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return _Guarded(gzip.GzipFile(fileobj=file))
    if start == b"\xfd7zXZ\0":
        return _Guarded(lzma.LZMAFile(file))
    return _Guarded(file)


@contextmanager
def _bad_tar(path: Path) -> Iterator[None]:
    try:
        yield
    except BAD_TAR as error:
        raise DataError(
            f"{path.name} is no tar, or damaged or cut off; pack the pictures again."
        ) from error
