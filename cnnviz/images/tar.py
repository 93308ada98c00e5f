"""The images of a tar, which may come from anybody: read as they come, none is unpacked to disk.

A packed tar can only be read from its start: once for the names, and once more for the images.
"""

import gzip
import io
import lzma
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path

from cnnviz.images.archive import FORMATS, LARGE_MEMBER, MAX_TEXT, MAX_UNPACKED, TOO_LARGE, seen
from cnnviz.images.collection import MAX_IMAGES, DataError, is_image, is_visible
from cnnviz.images.names import decoded
from cnnviz.images.opening import MAX_BYTES, ImageError

MAX_HEADER = 2**20  # bytes of what a tar says of one file
TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz")
BAD_TAR = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError)

# An image's content or why there is none, and how far into the file it was.
Member = tuple[bytes | ImageError, float]


def is_tar(path: Path) -> bool:
    """Whether a path is that of a tar, by its name; a folder may be called so too."""
    return path.name.lower().endswith(TARS) and not path.is_dir()


class TarImages:
    """The images of a tar, in its order.

    Attributes:
        paths: Where each lies inside of the tar, with / between the parts.
        others: Where other visible files lie; folders end in /.
    """

    def __init__(self, path: Path) -> None:
        """Read the names.

        Raises:
            DataError: It is damaged, holds no image, or has more files or bytes than can be taken.
        """
        self._path = path
        self._names = _names(path, path.stat().st_mtime_ns)
        self.paths = tuple(name for name in self._names if is_image(name))
        visible = filter(is_visible, self._names)
        self.others = tuple(name for name in visible if not is_image(name))
        if not self.paths:
            raise DataError(f"The tar holds no {FORMATS}{seen(self.others)}; choose another.")

    def contents(self) -> Iterator[Member]:
        """The images as they come.

        Raises:
            DataError: As above.
        """
        for number, (archive, member, share) in enumerate(_members(self._path)):
            if is_image(self._names[number]):
                yield _content(archive, member), share

    def side_file(self, path: str) -> bytes:
        """The first ``MAX_TEXT`` bytes of another file."""
        wanted = self._names.index(path)
        archive, member, _ = next(islice(_members(self._path), wanted, None))
        file = archive.extractfile(member)
        return file.read(MAX_TEXT) if file else b""


# Menus ask for the names again and again.
@lru_cache(maxsize=8)
def _names(path: Path, modified: int) -> tuple[str, ...]:
    """The names of files and folders; those of folders end in /, those of links are empty."""
    raw = [_raw_name(member) for _, member, _ in _members(path)]
    return tuple(name.removeprefix("./") for name in decoded(raw))


def _raw_name(member: tarfile.TarInfo) -> bytes:
    if not (member.isfile() or member.isdir()):
        return b""
    return (member.name + "/" * member.isdir()).encode("utf-8", "surrogateescape")


def _members(path: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo, float]]:
    """The members of a tar as they come, and how far into the file they are.

    Raises:
        DataError: It is damaged, or has more files or bytes than can be taken.
    """
    with _bad_tar(path), io.FileIO(path) as file, _unpacked(file) as stream:
        size = max(1, os.fstat(file.fileno()).st_size)
        # "r:" and not "r|": a member is read where it lies, and what is left out is skipped.
        with tarfile.open(
            fileobj=stream, mode="r:", encoding="utf-8", errors="surrogateescape"
        ) as archive:
            for member in _bounded(archive):
                yield archive, member, file.tell() / size


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
        if number >= MAX_IMAGES:
            raise DataError(f"The archive has more than {MAX_IMAGES:,} files; pack fewer.")
        if total > MAX_UNPACKED:
            raise DataError(TOO_LARGE)
        yield member


class _Guarded(io.BufferedReader):
    """An unpacked tar, of which no piece is read that is longer than any image.

    tarfile reads what a header announces in one piece.
    """

    def read(self, size: int | None = -1) -> bytes:
        """As of any file.

        Raises:
            DataError: It is asked for more.
        """
        if size is None or not 0 <= size <= MAX_BYTES + MAX_HEADER:
            raise DataError("The archive is damaged; pack the images again.")
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
            f"{path.name} is no tar, or damaged or cut off; pack the images again."
        ) from error
