"""Download a file over HTTP, complete and verified or not at all.

``torch.hub.download_url_to_file`` has no time-out, tells nobody but stderr how far it is, knows no
MD5 and takes a file that was cut off for whole; pooch is not on a machine that only trains.
"""

import glob
import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from io import FileIO
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cnnviz.files import written_whole

# Bytes received so far, and bytes in all where the server tells.
Progress = Callable[[int, int | None], None]

CHUNK = 2**16  # bytes
SLOWEST = 1024  # bytes/s: at this rate 46 MB take half a day.
REPORT_EVERY = 0.1  # s: a visitor's progress bar is redrawn at each report.
HEXADECIMAL = 32 * "[0-9a-f]"  # how the name of a temporary file ends
ABANDONED_AFTER = 3600  # s without a write: no download that still runs pauses so long.


class DownloadError(Exception):
    """A clause that says why there is no file: "example.org answered 404 Not Found"."""


@dataclass
class _Transfer:
    """What the threads of this process know about one file being fetched."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    state: tuple[int, int | None] = (0, None)


_transfers: defaultdict[Path, _Transfer] = defaultdict(_Transfer)


def download(
    url: str,
    path: Path,
    sha256_prefix: str = "",
    progress: Progress | None = None,
    timeout: float = 20.0,
    md5: str = "",
) -> None:
    """Put what the URL serves into a file, which appears when it is complete and right.

    Whatever ends the download early, an exception of ``progress`` too, leaves no trace. Several
    processes may do this at once: each writes a file of its own, and the last one stays.

    Args:
        url: HTTP or HTTPS; redirects are followed.
        path: The file; its folder is created, and an older file is replaced.
        sha256_prefix: First hexadecimal digits that the content's SHA-256 must have.
        progress: Called with 0 bytes, at most ten times a second while they come, and at the end.
        timeout: Seconds that the connection, and then each piece, may keep us waiting. A server
            that sends less than ``SLOWEST`` bytes a second over that time is given up too.
        md5: Hexadecimal digits that the content's MD5 must begin with, where only that is known.

    Raises:
        DownloadError: The server refuses, stalls, breaks off or sends something else, or the
            file cannot be written.
    """
    host = urlsplit(url).hostname or url
    with _network_errors(host, timeout):
        response = urlopen(Request(url, headers={"User-Agent": "cnnviz"}), timeout=timeout)
    with response, _complete_or_absent(path) as file:
        name, expected = ("MD5", md5) if md5 else ("SHA-256", sha256_prefix)
        digest = hashlib.md5(usedforsecurity=False) if md5 else hashlib.sha256()
        for piece in _pieces(response, host, timeout, progress or (lambda received, total: None)):
            rest = memoryview(piece)
            with writing_errors(path):
                while rest:  # a nearly full disk takes only a part
                    rest = rest[file.write(rest) :]
            digest.update(piece)
        if not digest.hexdigest().startswith(expected):
            raise DownloadError(
                f"{host} sent something else (its {name} does not begin with {expected}; "
                "a login page of the network, perhaps)"
            )


@contextmanager
def one_at_a_time(path: Path, progress: Progress | None = None) -> Iterator[Progress]:
    """A turn at fetching a file, for one thread of this process after the other.

    A thread that waits has its ``progress`` called with what the thread before it has received,
    so that its visitor sees the same bar and can leave.

    Yields:
        The progress function of the thread whose turn it is.
    """
    transfer = _transfers[path]
    tell = progress or (lambda received, total: None)

    def report(received: int, total: int | None) -> None:
        transfer.state = (received, total)
        tell(received, total)

    while not transfer.lock.acquire(timeout=REPORT_EVERY):
        tell(*transfer.state)
    try:
        yield report
    finally:
        transfer.state = (0, None)
        transfer.lock.release()


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's content in hexadecimal; computed once for each state of the file.

    Raises:
        OSError: The file cannot be read.
    """
    state = path.stat()
    return _sha256(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _sha256(path: Path, modified: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pieces(response: HTTPResponse, host: str, timeout: float, report: Progress) -> Iterator[bytes]:
    """A response's body as it comes in, counted aloud.

    Raises:
        DownloadError: The server stalls, is slower than ``SLOWEST`` or breaks off.
    """
    total, received, counted = response.length, 0, 0
    since = reported_at = time.monotonic()
    report(received, total)
    while True:
        with _network_errors(host, timeout):
            # read() would wait for a full buffer, however slowly it fills.
            piece = response.read1(CHUNK)
        if not piece:
            break
        yield piece
        received += len(piece)
        now = time.monotonic()
        if now - reported_at >= REPORT_EVERY and received != total:
            report(received, total)
            reported_at = now
        if now - since > timeout:
            if received - counted < SLOWEST * (now - since):
                raise DownloadError(f"{host} sends less than {SLOWEST} bytes a second")
            since, counted = now, received
    if total is not None and received < total:
        raise DownloadError(f"{host} broke off after {received} of {total} bytes")
    report(received, total)


@contextmanager
def _complete_or_absent(path: Path) -> Iterator[FileIO]:
    """A temporary file beside the path, which takes its place if the block ends well."""
    with ExitStack() as files:
        with writing_errors(path):
            part = files.enter_context(written_whole(path, is_shared=True))
            _remove_abandoned(path)
            # Unbuffered: closing a buffered file after a failed write would fail once more.
            file = files.enter_context(FileIO(part, "xb"))
        yield file
        with writing_errors(path):
            files.close()


def _remove_abandoned(path: Path) -> None:
    """Remove the temporary files of processes that were killed in the middle of this download."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.{HEXADECIMAL}"):
        # It may be gone since, or another user's: neither stands in the way of this download.
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > ABANDONED_AFTER:
                part.unlink()


@contextmanager
def _network_errors(host: str, timeout: float) -> Iterator[None]:
    """Every way in which the network fails becomes a DownloadError that names the host."""
    try:
        yield
    except HTTPError as error:
        error.close()
        answer = _words(f"{error.code} {error.reason}")
        raise DownloadError(f"{host} answered {answer}") from error
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, TimeoutError):
            raise DownloadError(f"{host} did not answer for {timeout:g} s") from error
        raise DownloadError(f"the connection to {host} failed ({_words(reason)})") from error


@contextmanager
def writing_errors(path: Path) -> Iterator[None]:
    """A failure to write becomes a DownloadError that names the folder."""
    try:
        yield
    except OSError as error:
        raise DownloadError(f"{path.parent} cannot be written to ({_words(error)})") from error


def _words(reason: object) -> str:
    """What an error says, on one line and without its number."""
    words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return " ".join(words.split())
