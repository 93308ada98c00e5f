"""Names of files as text: archives and disks keep bytes, and often do not tell in which encoding.

All names are in Unicode's form NFC, so that macOS and Windows write one name in one way.
"""

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from itertools import islice

LONGEST_NAME = 200  # characters
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
# What acts on the text around it: control characters, separators of lines, halves of characters;
# and of the format characters those that change the direction. Joiners are part of words.
ACTING = {"Cc", "Zl", "Zp", "Cs"}
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# The code pages of Windows, which archivers write: of Eastern Asia, Cyrillic, and so on.
WESTERN = ("cp437", "cp850", "cp1252")
CODE_PAGES = (
    *("cp949", "cp932", "gb18030", "big5", "cp866", "cp1251", "cp852", "cp1250", "cp737"),
    *("cp1253", "cp857", "cp1254", "cp862", "cp1255", "cp720", "cp1256", "cp874", *WESTERN),
)
MAX_PARTS = 2000  # parts of paths that an encoding is told from
MAX_WORDS = 100_000  # bytes of them
UTF8_FLAG = 0x800  # APPNOTE.TXT, section 4.4.4: bit 11.
UNICODE_PATH = 0x7075  # APPNOTE.TXT, section 4.6.9.


def nfc(name: str) -> str:
    """A name in Unicode's form NFC: each accent and each Korean syllable in one character."""
    return unicodedata.normalize("NFC", name)


def printable(name: str) -> str:
    """A name in NFC that no screen takes for a command; of a long one, the end."""
    shown = nfc(name)
    if not shown.isprintable():
        shown = "".join(UNPRINTABLE if _acts(sign) else sign for sign in shown)
    return shown if len(shown) <= LONGEST_NAME else f"…{shown[1 - LONGEST_NAME :]}"


def _acts(sign: str) -> bool:
    return sign in DIRECTIONS or unicodedata.category(sign) in ACTING


def decoded(names: Sequence[bytes]) -> list[str]:
    """The names of one archive or disk as text in NFC.

    They are UTF-8 where all of them can be, and otherwise in the code page of Windows in which
    they make the most likely words.
    """
    try:
        return [nfc(name.decode()) for name in names]
    except UnicodeDecodeError:
        page = _code_page(names)
        return [nfc(_text(name, page)) for name in names]


def _text(name: bytes, page: str) -> str:
    for encoding in (page, "utf-8"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("cp437")  # The encoding of a zip that says nothing; it has all 256 bytes.


def _code_page(names: Iterable[bytes]) -> str:
    """The code page in which names make the most likely words."""
    from chardet import detect  # A machine that only trains may do without.

    parts = (part for name in names for part in name.split(b"/") if not part.isascii())
    words = b"\n".join(islice(dict.fromkeys(parts), MAX_PARTS))
    if len(words) > MAX_WORDS:
        words = words[:MAX_WORDS].rpartition(b"\n")[0]
    western = [page for page in WESTERN if _are_latin_words(words, page)]
    page = detect(words, include_encodings=CODE_PAGES, compat_names=False)["encoding"] or ""
    return western[0] if western and page in (*WESTERN, "cp1250", "cp852") else page or "cp437"


def _are_latin_words(words: bytes, page: str) -> bool:
    """Whether all characters beyond ASCII are Latin letters, in words of one case."""
    try:
        text = words.decode(page)
    except UnicodeDecodeError:
        return False
    foreign = [sign for sign in text if not sign.isascii()]
    spelt = "".join(sign if sign.isalpha() else " " for sign in text).split()
    return all(unicodedata.name(sign, "").startswith("LATIN") for sign in foreign) and all(
        word.islower() or word.isupper() or word.istitle() for word in spelt if not word.isascii()
    )


def zip_names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The paths of a zip's entries, with / between the parts."""
    told = [_told_name(entry) for entry in entries]
    untold = [name for name in told if isinstance(name, bytes)]
    rest = iter(decoded(untold))
    names = [next(rest) if isinstance(name, bytes) else nfc(name) for name in told]
    # Some tools of Windows write backslashes; only now is a backslash no half of a character.
    return [name.replace("\\", "/").removeprefix("./") for name in names]


def _told_name(entry: zipfile.ZipInfo) -> str | bytes:
    """The name as text where the entry tells its encoding, else its bytes."""
    if entry.flag_bits & UTF8_FLAG:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437")  # as zipfile has decoded it
    return _unicode_path(entry.extra, raw) or raw


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the extra field of Info-ZIP, if it belongs to the raw one."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == UNICODE_PATH and len(field) >= 5:
            (checksum,) = struct.unpack_from("<L", field, 1)
            return field[5:].decode(errors="replace") if checksum == zlib.crc32(raw) else None
    return None
