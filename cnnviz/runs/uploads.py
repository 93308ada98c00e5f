"""Zips that visitors upload: kept while a run or an open session names them.

Nothing is deleted to make room: what would exceed a limit is refused, with the reason.
"""

import hashlib
import re
import shutil
import threading
import weakref
from pathlib import Path

from cnnviz.files import write_whole, written_whole
from cnnviz.images.names import nfc
from cnnviz.runs.store import Store, StoreError
from cnnviz.settings import settings
from cnnviz.training.datasets.base import DataError

ODD_LETTERS = re.compile(r"[^\w .-]")
OWNER = "owner"  # the file with the id of the visitor who sent the zip first
FREE = 1_000_000_000  # bytes of the disk that stay free for the runs
ALL_RUNS = 1_000_000

_lock = threading.Lock()


class Upload:
    """A zip that is kept on this server, at least as long as this object lives.

    Attributes:
        path: Where it lies.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _open.add(self)


# Those that sessions hold.
_open: weakref.WeakSet[Upload] = weakref.WeakSet()


def stored_upload(content: bytes, name: str, owner: str) -> Upload:
    """Keep a zip in the runs' folder, in a folder named by its content.

    Args:
        content: Of the zip.
        name: What the visitor calls it.
        owner: Id of the visitor.

    Raises:
        DataError: It cannot be written, or would exceed a limit of the visitor or the server.
    """
    uploads = settings().runs / "uploads"
    folder = uploads / hashlib.blake2b(content, digest_size=12).hexdigest()
    stem = ODD_LETTERS.sub("_", nfc(name).removesuffix(".zip")).strip(" .")[:60]
    path = folder / f"{stem or 'pictures'}.zip"
    try:
        with _lock:
            upload = Upload(path)  # from now on named by this session
            if not path.exists():
                _remove_unnamed(uploads)
                _require_room(uploads, owner, len(content))
                with written_whole(path, is_shared=True) as part:
                    part.write_bytes(content)
                write_whole(folder / OWNER, owner)
    except (OSError, StoreError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        raise DataError(
            f"The zip cannot be kept on this server ({reason}); tell whoever runs it."
        ) from error
    return upload


def _remove_unnamed(uploads: Path) -> None:
    """Remove what neither a run nor an open session names."""
    folders = [*uploads.glob("*")]
    if not folders:
        return
    named = {Path(run.plan.data.partition("::")[0]).parent for run in Store().runs(limit=ALL_RUNS)}
    named |= {upload.path.parent for upload in _open}
    for folder in folders:
        if folder not in named:
            shutil.rmtree(folder, ignore_errors=True)


def _require_room(uploads: Path, owner: str, size: int) -> None:
    """Refuse a zip that exceeds the limit of its owner, of all visitors, or of the disk.

    Raises:
        DataError: It does; the message says what is kept and what to do.
    """
    allowed = settings()
    kept = {path: path.stat().st_size for path in uploads.glob("*/*.zip")}
    own = {path.name: size for path, size in kept.items() if _owner(path) == owner}
    if sum(own.values()) + size > allowed.upload_mb * 1e6:
        raise DataError(
            f"Your zips take {_mb(sum(own.values()))} on this server ({', '.join(sorted(own))}), "
            f"this one has {_mb(size)}, and a visitor may keep {_mb(allowed.upload_mb * 1e6)}; "
            "delete the runs that use one of them, or choose a smaller zip."
        )
    if sum(kept.values()) + size > allowed.uploads_mb * 1e6 or _free(uploads) < size + FREE:
        raise DataError(
            f"This server has no room for a zip of {_mb(size)}; delete runs on own zips that "
            "nobody needs, choose a smaller zip, or tell whoever runs it."
        )


def _owner(path: Path) -> str:
    file = path.parent / OWNER
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def _free(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"
