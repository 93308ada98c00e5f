"""The images of a zip, which may come from anybody: one is read at a time, none is unpacked."""

import hashlib
import io
import threading
import weakref
import zipfile
import zlib
from collections import Counter
from collections.abc import Hashable, Iterable
from contextlib import suppress
from pathlib import Path

from cnnviz.images.collection import MAX_IMAGES, DataError, is_image, is_visible
from cnnviz.images.names import zip_names
from cnnviz.images.opening import BAD_DATA, MAX_BYTES, ImageError

MAX_UNPACKED = 4_000_000_000  # bytes of all images of an archive
MAX_DIRECTORY_BYTES = 32_000_000
ENTRY = b"PK\x01\x02"  # How an entry of a zip's directory begins.
ENCRYPTED = 0x1 | 0x40  # APPNOTE.TXT, section 4.4.4: bits 0 and 6.
# Others can be slow or want much memory to unpack, and no usual tool writes them.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BAD_ZIP = (zipfile.BadZipFile, zlib.error, *BAD_DATA)

MAX_TEXT = 20_000_000  # bytes of a table beside the images
DAMAGED = "The file is no zip, or damaged or cut off; zip the images again."
SPLIT = "The file is one part of a zip in several parts; put them together and zip the images."
TOO_LARGE = "The archive unpacks to more than 4 GB; pack fewer or smaller images."
TOO_MANY = "The zip has more than 100,000 files; zip fewer of them."
LOCKED = "The zip is encrypted; zip the images again without a password."
NESTED = "The zip holds another zip; unpack that one, then zip the images again."
FORMATS = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
# What other archives begin with.
OTHER_ARCHIVES = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"PK\x07\x08": "split zip",
}
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
        others: Where other visible files lie; folders end in /.
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
            weakref.finalize(self, file.close)  # refused or in a cycle, it is closed all the same
            self._archive = zipfile.ZipFile(_Guarded(file))
        except DataError:
            raise
        except BAD_ZIP as error:
            raise DataError(_no_zip(source)) from error
        if _is_split(source):  # zipfile opens what it has of it
            raise DataError(SPLIT)
        self._source = source
        self._lock = threading.Lock()
        images, others = _members(self._archive)
        self._members, self._others = [member for _, member in images], dict(others)
        self.paths = tuple(path for path, _ in images)
        self.others = tuple(path for path, _ in others)
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
        return self._unpacked(member, MAX_BYTES + 1)

    def side_file(self, path: str) -> bytes:
        """The first ``MAX_TEXT`` bytes of another file.

        Raises:
            ImageError: It cannot be unpacked; the message says why.
        """
        return self._unpacked(self._others[path], MAX_TEXT)

    def _unpacked(self, member: zipfile.ZipInfo, most: int) -> bytes:
        if member.compress_type not in COMPRESSIONS:
            raise ImageError(ODD_MEMBER)
        try:
            with self._lock, self._archive.open(member) as file:
                return file.read(most)
        except BAD_ZIP as error:
            raise ImageError(DAMAGED_MEMBER) from error


# Where a member lies, with / between the parts, and the member.
Located = tuple[str, zipfile.ZipInfo]


def _members(archive: zipfile.ZipFile) -> tuple[list[Located], list[Located]]:
    """The images, and the other visible members, both sorted by path."""
    members = archive.infolist()
    located = sorted(zip(zip_names(members), members, strict=True), key=lambda each: each[0])
    files = [(path, member) for path, member in located if not member.is_dir()]
    if any(member.flag_bits & ENCRYPTED for _, member in files):
        raise DataError(LOCKED)
    if any(path.lower().endswith(".zip") for path, _ in files if is_visible(path)):
        raise DataError(NESTED)
    images = [each for each in files if is_image(each[0])]
    others = [each for each in located if is_visible(each[0]) and not is_image(each[0])]
    if not images:
        raise DataError(
            f"The zip holds no {FORMATS}{seen([p for p, _ in others])}; choose another."
        )
    return images, others


def seen(paths: Iterable[str]) -> str:
    """The middle of a sentence that says which other files there are: ", but 3 x PARQUET"."""
    names = [path.rpartition("/")[2] for path in paths]
    endings = Counter(name.rpartition(".")[2].upper() for name in names if "." in name)
    counted = [f"{count:,} x {ending[:20]}" for ending, count in endings.most_common(3)]
    return f", but {', '.join(counted)}" if counted else ""


def _no_zip(source: bytes | Path) -> str:
    start = source[:8] if isinstance(source, bytes) else _piece(source, 0)
    for signature, kind in OTHER_ARCHIVES.items():
        if start.startswith(signature):
            return f"The file is a {kind} archive and no zip; unpack it and zip the images."
    return DAMAGED


def _is_split(source: bytes | Path) -> bool:
    """Whether it is the last part of a zip in several files, by the number of its disk."""
    end = source[-(2**16) :] if isinstance(source, bytes) else _piece(source, -(2**16))
    _, mark, record = end.rpartition(b"PK\x05\x06")
    return bool(mark) and record[:2] not in (b"\0\0", b"\xff\xff", b"")


def _piece(path: Path, start: int) -> bytes:
    """At most 64 KB of a file from a position, which counts from the end if it is below 0."""
    with suppress(OSError), path.open("rb") as file:
        size = path.stat().st_size
        file.seek(max(0, size + start) if start < 0 else start)
        return file.read(2**16)
    return b""
