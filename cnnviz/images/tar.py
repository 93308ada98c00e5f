"""The images of a tar, which may come from anybody: read as they come, none is unpacked to disk."""

import gzip
import io
import lzma
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnviz.images.archive import LARGE_MEMBER, MAX_UNPACKED, TOO_LARGE
from cnnviz.images.collection import MAX_IMAGES, DataError, is_image
from cnnviz.images.opening import MAX_BYTES, ImageError

MAX_HEADER = 2**20  # bytes of what a tar says of one file
TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz")
BAD_TAR = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError)

# Where an image lies, its content or why there is none, and how far into the file it was.
Member = tuple[str, bytes | ImageError, float]


def is_tar(path: Path) -> bool:
    """Whether a path is that of a tar, by its name; a folder may be called so too."""
    return path.name.lower().endswith(TARS) and not path.is_dir()


def tar_images(path: Path) -> Iterator[Member]:
    """The images of a tar as they come: a packed one can only be read from its start.

    Raises:
        DataError: It is damaged, or has more files or bytes than can be taken.
    """
    with _bad_tar(path), io.FileIO(path) as file, _unpacked(file) as stream:
        size = max(1, os.fstat(file.fileno()).st_size)
        # "r:" and not "r|": a member is read where it lies, and what is left out is skipped.
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            for member in _bounded(archive):
                if member.isfile() and is_image(member.name):
                    yield member.name, _content(archive, member), file.tell() / size


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
