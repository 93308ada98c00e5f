"""The official files of known data sets: prepared by the teacher, or downloaded once and kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from cnnviz.progress import Progress
from cnnviz.settings import settings
from cnnviz.training.datasets.base import DataError
from cnnviz.weights.download import (
    REPORT_EVERY,
    DownloadError,
    download,
    one_at_a_time,
    writing_errors,
)
from cnnviz.weights.download import Progress as Received


@dataclass(frozen=True)
class OfficialFile:
    """A file that torchvision knows.

    Attributes:
        place: Where it lies, relative to the folder that torchvision calls root.
        urls: Who serves it, tried in this order.
        md5: What its content's MD5 must be, in hexadecimal digits.
    """

    place: str
    urls: tuple[str, ...]
    md5: str


def folders() -> tuple[Path, ...]:
    """Where official files may lie: the teacher's folder CNNVIZ_DATA first, then the cache."""
    return tuple(
        folder for folder in (settings().data, settings().data_cache) if folder is not None
    )


def official(file: OfficialFile, title: str, progress: Progress) -> Path:
    """The file in the teacher's folder or the cache, into which it is downloaded if need be.

    Whoever wants the same file at the same time, in this process or in another, waits for the one
    download. A file that was found is not hashed again: who reads it says what is wrong.

    Raises:
        DataError: It is not there and cannot be downloaded; the message says where to put it.
    """
    paths = [folder / file.place for folder in folders()]
    for path in paths:
        if path.is_file():
            progress(1.0)
            return path
    path = paths[-1]
    try:
        with one_at_a_time(path, _received(progress)) as report, _across_processes(path, progress):
            if not path.is_file():
                _download(file, path, report)
    except DownloadError as error:
        raise DataError(
            f"{title} could not be downloaded: {error}. Connect to the internet and try again, or "
            f"put {path.name} into {path.parent}."
        ) from error
    return path


def _download(file: OfficialFile, path: Path, report: Received) -> None:
    """Ask one server after the other.

    Raises:
        DownloadError: None has it; the reason is that of the first.
    """
    reasons = []
    for url in file.urls:
        try:
            return download(url, path, progress=report, md5=file.md5)
        except DownloadError as error:
            reasons.append(error)
    raise reasons[0]


def _received(progress: Progress) -> Received:
    """A download's progress function that tells the share, where the server tells the whole."""
    return lambda received, total: progress(received / total if total else 0.0)


@contextmanager
def _across_processes(path: Path, progress: Progress) -> Iterator[None]:
    """A turn at fetching a file, for one process of this machine after the other.

    Raises:
        DownloadError: The folder cannot be written to.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=REPORT_EVERY)
    while not _acquired(lock, path):
        progress(0.0)
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: BaseFileLock, path: Path) -> bool:
    with writing_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            return False
        return True
