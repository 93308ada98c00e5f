"""What a server or a terminal is told by environment variables, ``CNNVIZ_...``; read here alone."""

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "CNNVIZ_"


@dataclass(frozen=True)
class Kind:
    """What the text of a variable may be.

    Attributes:
        rule: What it must be, as a sentence's end.
        read: The value of a text; ``None`` or an error where the text breaks the rule.
    """

    rule: str
    read: Callable[[str], Any]


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) else None


def _megabytes(text: str) -> float | None:
    number = float(text)
    return number if 0 < number < math.inf else None


def _address(text: str) -> str | None:
    return text if re.match(r"(sqlite|postgresql)(\+\w+)?://", text) else None


def _slots(text: str) -> dict[str, int] | None:
    slot = re.compile(r"\s*(cpu|cuda:\d+)\s*=\s*(\d{1,3})\s*")
    parts = [slot.fullmatch(part) for part in text.split(",")]
    return {part[1]: int(part[2]) for part in parts if part} if all(parts) else None


FOLDER = Kind("a folder's path", _folder)
TEXT = Kind("a text", str)
COUNT = Kind("a whole number of at least 1", _count)
MEGABYTES = Kind("a number of megabytes above 0", _megabytes)
ADDRESS = Kind(
    "an address such as sqlite:////folder/runs.sqlite or postgresql://user:password@host/name",
    _address,
)
SLOTS = Kind("written like cpu=1 or cuda:0=2,cuda:1=1", _slots)


def _setting(kind: Kind, default: str, help: str, unset: str = "") -> Any:
    """A field of ``Settings``; ``unset`` says what holds where there is no default."""
    return field(metadata={"kind": kind, "default": default, "help": help, "unset": unset})


@dataclass(frozen=True)
class Settings:
    """All settings; the variable of ``max_runs`` is ``CNNVIZ_MAX_RUNS``."""

    weights: Path | None = _setting(
        FOLDER, "", "Trained weights are looked for and put here.", "torch hub's cache"
    )
    data: Path | None = _setting(
        FOLDER, "", "Data sets of the teacher: folders, zips, and torchvision's files.", "none"
    )
    data_cache: Path = _setting(FOLDER, "~/.cnnviz/data", "Downloaded data sets are kept here.")
    runs: Path = _setting(FOLDER, "~/.cnnviz/runs", "Training runs are kept here.")
    database: str | None = _setting(
        ADDRESS, "", "Measurements of runs are kept here.", "runs.sqlite in the folder of runs"
    )
    teacher_token: str | None = _setting(
        TEXT, "", "Whoever types it may stop and delete every run.", "nobody may"
    )
    slots: Mapping[str, int] | None = _setting(
        SLOTS, "", "How many runs train at once on each device.", "one on each GPU, or on the CPU"
    )
    max_running: int = _setting(COUNT, "1", "Runs of a visitor that train at once.")
    max_runs: int = _setting(
        COUNT, "20", "Runs kept for a visitor; each arm and seed of an experiment is one."
    )
    max_seconds: int = _setting(COUNT, "3600", "Longest training between two waits in the queue.")
    max_epochs: int = _setting(COUNT, "400", "Most epochs of a run.")
    upload_mb: float = _setting(MEGABYTES, "1000", "Zips of a visitor that are kept here.")
    uploads_mb: float = _setting(MEGABYTES, "20000", "Zips of all visitors that are kept here.")
    keep_days: int = _setting(COUNT, "30", "Days that a run is kept after its end.")
    cache_mb: float = _setting(MEGABYTES, "256", "Memory for what is computed on images.")
    networks_mb: float = _setting(MEGABYTES, "2000", "Memory for networks with weights.")
    data_mb: float = _setting(MEGABYTES, "2500", "Memory for data sets.")


def settings() -> Settings:
    """The settings of this process's environment at this moment; a blank variable is unset.

    Raises:
        ValueError: A variable is not what it must be.
    """
    return Settings(**{each.name: _read(each) for each in fields(Settings)})


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _read(setting: Field[Any]) -> Any:
    kind, name = setting.metadata["kind"], variable(setting.name)
    text = os.environ.get(name, "").strip() or setting.metadata["default"]
    if not text:
        return None
    try:
        value = kind.read(text)
    except (ValueError, RuntimeError):  # of a home folder that nobody has
        value = None
    if value is None:
        raise ValueError(f"{name} must be {kind.rule}; received {text}.")
    return value


def markdown() -> str:
    """The table of all settings that README shows."""
    rows = [
        ("Variable", "Must be", "Default", "Says"),
        ("---",) * 4,
        *(
            (
                f"`{variable(each.name)}`",
                each.metadata["kind"].rule,
                each.metadata["default"] or each.metadata["unset"],
                each.metadata["help"],
            )
            for each in fields(Settings)
        ),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    print(markdown())
