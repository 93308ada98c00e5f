"""The pictures of a zip, which may come from anybody: one is read at a time, none is unpacked."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import zipfile
import zlib
from collections.abc import Hashable
from pathlib import Path

from PIL import Image

from cnnviz.images.collection import Collection, CollectionError, described, is_picture
from cnnviz.images.opening import BAD_DATA, MAX_BYTES, ImageError, open_image

MAX_ENTRIES = 100_000  # Python keeps about 700 bytes of each.
MAX_DIRECTORY_BYTES = 32_000_000
ENTRY = b"PK\x01\x02"  # How an entry of a zip's directory begins.
ENCRYPTED = 0x1 | 0x40  # APPNOTE.TXT, section 4.4.4: bits 0 and 6.
# Others can be slow or want much memory to unpack, and no usual tool writes them.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BAD_ZIP = (zipfile.BadZipFile, zlib.error, *BAD_DATA)

DAMAGED = "The file is no zip, or damaged or cut off; zip the pictures again."
TOO_MANY = "The zip has more than 100,000 files; zip fewer of them."
LOCKED = "The zip is encrypted; zip the pictures again without a password."
NESTED = "The zip holds another zip; unpack that one, then zip the pictures again."
EMPTY = "The zip holds no JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC; choose another."
LARGE_MEMBER = "The picture has more than 20 MB; save it smaller, or as JPEG."
DAMAGED_MEMBER = "The picture is damaged inside of the zip; zip it again."
ODD_MEMBER = "The picture is compressed in an unusual way; zip it again."


def zip_collection(source: bytes | str | os.PathLike[str], title: str) -> Collection:
    """The pictures in a zip, sorted by name; their classes are the folders that hold them.

    Directories, hidden files and what is no picture by its name are left out. Names only name:
    nothing is written anywhere.

    Args:
        source: The zip's content, or its path; then the file is read whenever a picture is wanted.
        title: What a menu shows.

    Raises:
        CollectionError: It cannot be read, is damaged, encrypted or has more than ``MAX_ENTRIES``
            entries, holds another zip or no picture.
    """
    found = PictureZip(source)
    return Collection(_key(source), title, described(found.paths), found.picture)


class _Guarded(io.BufferedReader):
    """A binary file whose reader will not read a directory that is too long.

    zipfile reads the directory in one piece and then makes an object of each entry.
    """

    def read(self, size: int | None = -1) -> bytes:
        """As of any file.

        Raises:
            CollectionError: There are too many entries in it.
        """
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise CollectionError(TOO_MANY)
        content = super().read(size)
        if content.startswith(ENTRY) and content.count(ENTRY) > MAX_ENTRIES:
            raise CollectionError(TOO_MANY)
        return content


class PictureZip:
    """The pictures in a zip by their positions, sorted by name; threads take turns at the file.

    Attributes:
        paths: Where each lies inside of the zip, with / between the parts.
        total_bytes: What all of them take when they are unpacked, as the zip announces.
    """

    def __init__(self, source: bytes | str | os.PathLike[str]) -> None:
        """Read the directory of a zip, as ``zip_collection`` does.

        Raises:
            CollectionError: As there.
        """
        try:
            self._archive = zipfile.ZipFile(_Guarded(_binary(source)))
        except CollectionError:
            raise
        except BAD_ZIP as error:
            raise CollectionError(DAMAGED) from error
        self._members = _members(self._archive)
        self._lock = threading.Lock()
        self.paths = tuple(_path(member) for member in self._members)
        self.total_bytes = sum(member.file_size for member in self._members)

    def picture(self, position: int) -> Image.Image:
        """The picture at a position as upright RGB.

        Raises:
            ImageError: It cannot be opened; the message says why.
        """
        return open_image(self.content(position))

    def content(self, position: int) -> bytes:
        """A picture's bytes; of more than ``MAX_BYTES``, whatever it announces, one too many.

        Raises:
            ImageError: It cannot be unpacked; the message says why.
        """
        member = self._members[position]
        if member.file_size > MAX_BYTES:
            raise ImageError(LARGE_MEMBER)
        if member.compress_type not in COMPRESSIONS:
            raise ImageError(ODD_MEMBER)
        try:
            with self._lock, self._archive.open(member) as file:
                return file.read(MAX_BYTES + 1)
        except BAD_ZIP as error:
            raise ImageError(DAMAGED_MEMBER) from error


def _key(source: bytes | str | os.PathLike[str]) -> Hashable:
    if isinstance(source, bytes):
        return ("zip", hashlib.blake2b(source, digest_size=16).hexdigest())
    facts = Path(source).stat()
    return ("zip", str(Path(source).resolve()), facts.st_mtime_ns, facts.st_size)


def _binary(source: bytes | str | os.PathLike[str]) -> io.BytesIO | io.FileIO:
    return io.BytesIO(source) if isinstance(source, bytes) else io.FileIO(source)


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The pictures in a zip, sorted by name."""
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.flag_bits & ENCRYPTED for entry in files):
        raise CollectionError(LOCKED)
    if any(_path(entry).lower().endswith(".zip") for entry in files):
        raise CollectionError(NESTED)
    pictures = [entry for entry in files if is_picture(_path(entry))]
    if not pictures:
        raise CollectionError(EMPTY)
    return sorted(pictures, key=lambda entry: entry.filename)


def _path(entry: zipfile.ZipInfo) -> str:
    """Where an entry says it lies; some tools of Windows write backslashes."""
    return entry.filename.replace("\\", "/")
