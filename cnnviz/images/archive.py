"""The images of a zip, which may come from anybody: one is read at a time, none is unpacked."""

import hashlib
import io
import threading
import zipfile
import zlib
from collections.abc import Hashable
from pathlib import Path

from cnnviz.images.collection import MAX_IMAGES, DataError, is_image
from cnnviz.images.opening import BAD_DATA, MAX_BYTES, ImageError

MAX_UNPACKED = 4_000_000_000  # bytes of all images of an archive
MAX_DIRECTORY_BYTES = 32_000_000
ENTRY = b"PK\x01\x02"  # How an entry of a zip's directory begins.
ENCRYPTED = 0x1 | 0x40  # APPNOTE.TXT, section 4.4.4: bits 0 and 6.
# Others can be slow or want much memory to unpack, and no usual tool writes them.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BAD_ZIP = (zipfile.BadZipFile, zlib.error, *BAD_DATA)

DAMAGED = "The file is no zip, or damaged or cut off; zip the images again."
TOO_LARGE = "The archive unpacks to more than 4 GB; pack fewer or smaller images."
TOO_MANY = "The zip has more than 100,000 files; zip fewer of them."
LOCKED = "The zip is encrypted; zip the images again without a password."
NESTED = "The zip holds another zip; unpack that one, then zip the images again."
EMPTY = "The zip holds no JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC; choose another."
LARGE_MEMBER = "The image has more than 20 MB; save it smaller, or as JPEG."
DAMAGED_MEMBER = "The image is damaged inside of the zip; zip it again."
ODD_MEMBER = "The image is compressed in an unusual way; zip it again."


class _Guarded(io.BufferedReader):
    """A binary file whose reader will not read a directory that is too long.

    zipfile reads the directory in one piece and then makes an object of each entry.
    """

    def read(self, size: int | None = -1) -> bytes:
        """As of any file.

        Raises:
            DataError: There are too many entries in it.
        """
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise DataError(TOO_MANY)
        content = super().read(size)
        if content.startswith(ENTRY) and content.count(ENTRY) > MAX_IMAGES:
            raise DataError(TOO_MANY)
        return content


class ZipImages:
    """The images of a zip by their positions, sorted by name; threads take turns at the file.

    Directories, hidden files and what is no image by its name are left out. Names only name:
    nothing is written anywhere.

    Attributes:
        paths: Where each lies inside of the zip, with / between the parts.
        unpacked_bytes: What all of them take when they are unpacked, as the zip announces.
    """

    def __init__(self, source: bytes | Path) -> None:
        """Read the directory of a zip.

        Args:
            source: The zip's content, or its path; then the file is read whenever an image is
                wanted.

        Raises:
            DataError: It cannot be read, is damaged, encrypted or has more than ``MAX_IMAGES``
                entries, holds another zip or no image.
        """
        try:
            file = io.BytesIO(source) if isinstance(source, bytes) else io.FileIO(source)
            self._archive = zipfile.ZipFile(_Guarded(file))
        except DataError:
            raise
        except BAD_ZIP as error:
            raise DataError(DAMAGED) from error
        self._source = source
        self._members = _members(self._archive)
        self._lock = threading.Lock()
        self.paths = tuple(_path(member) for member in self._members)
        self.unpacked_bytes = sum(member.file_size for member in self._members)

    @property
    def key(self) -> Hashable:
        """Identifies the zip: by its content, or by its path, time and size."""
        if isinstance(self._source, bytes):
            return ("zip", hashlib.blake2b(self._source, digest_size=16).hexdigest())
        facts = self._source.stat()
        return ("zip", str(self._source.resolve()), facts.st_mtime_ns, facts.st_size)

    def content(self, position: int) -> bytes:
        """An image's bytes; of more than ``MAX_BYTES``, whatever it announces, one too many.

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


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.flag_bits & ENCRYPTED for entry in files):
        raise DataError(LOCKED)
    if any(_path(entry).lower().endswith(".zip") for entry in files):
        raise DataError(NESTED)
    images = [entry for entry in files if is_image(_path(entry))]
    if not images:
        raise DataError(EMPTY)
    return sorted(images, key=lambda entry: entry.filename)


def _path(entry: zipfile.ZipInfo) -> str:
    """Where an entry says it lies; some tools of Windows write backslashes."""
    return entry.filename.replace("\\", "/")
