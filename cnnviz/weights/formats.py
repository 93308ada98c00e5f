"""What a file of weights is, told by its content; its name and suffix tell nothing."""

import pickletools
import re
import tarfile
import tomllib
import zipfile
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, Literal

Format = Literal["safetensors", "pytorch"]

DAMAGED = "is damaged; copy or download it again."
HEAD = 512  # bytes that tell a file's format
TORCH_ZIP = re.compile(r"(^|/)data\.pkl$")
# Before it wrote zip archives, torch.save began with this number in a pickle of its own.
TORCH_MAGIC = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
# A pickled module is its dictionary of attributes, and these are among them.
MODULE_ATTRIBUTES = {"_parameters", "_modules"}
PICKLES_OF_TORCH = 5  # of the older format: magic number, version, machine, content, storages


@dataclass
class Pickled:
    """What a pickle names, read without running anything of it.

    Attributes:
        names: Classes and functions that it would import, in its order: "collections.OrderedDict".
        strings: All strings in it.
        protocol: The largest that it declares.
        is_of_torch: Whether ``torch.save`` has written it.
    """

    names: list[str] = field(default_factory=list)
    strings: set[str] = field(default_factory=set)
    protocol: int = 0
    is_of_torch: bool = True

    @property
    def is_module(self) -> bool:
        """Whether it is a torch.nn.Module with its code's name instead of tensors by name."""
        return self.strings >= MODULE_ATTRIBUTES


def file_format(path: Path) -> Format | str:
    """The format of a file, or what it is and what to do: "is empty; download it again."

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    # The header's length, then the header.
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 2**32:
        return "safetensors"
    if head.startswith(b"PK\x03\x04"):
        return _zip_format(path)
    if head.startswith(b"\x80"):
        return "pytorch"
    if head[257:262] == b"ustar":
        return _of_members(path, "archives", _tar_members(path))
    for entry in _table()["files"]:
        if re.match(entry["begins"].encode("latin-1"), head, re.DOTALL):
            return _words(entry, path)
    return (
        "is damaged or is no file of weights (neither PyTorch's nor safetensors); "
        "copy or download it again."
    )


def folder_format(path: Path) -> str:
    """What a folder is and what to do instead; empty where that cannot be told."""
    return _of_members(path, "folders", sorted(member.name for member in path.iterdir()))


def pickled(path: Path) -> Pickled:
    """What a file of PyTorch's names in its pickles; nothing of them is run.

    Raises:
        Exception: The file is damaged.
    """
    result = Pickled()
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            result.is_of_torch = TORCH_MAGIC in file.read(HEAD)
            file.seek(0)
            for _ in range(PICKLES_OF_TORCH if result.is_of_torch else 1):
                _scan(file, result)
        return result
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if TORCH_ZIP.search(name))
        with archive.open(name) as file:
            _scan(file, result)
    return result


def is_intact(path: Path) -> bool:
    """Whether all of a zip archive has its checksum; False for any other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except Exception:  # so they do here
        return False


def _zip_format(path: Path) -> Format | str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except Exception:  # damaged bytes end in nearly every exception that there is
        return DAMAGED
    special = _table()["archives"][:3]  # they hold a data.pkl too
    is_special = any(re.search(entry["member"], name) for entry in special for name in members)
    if not is_special and any(map(TORCH_ZIP.search, members)):
        return "pytorch"
    return _of_members(path, "archives", members) or "is an empty archive; download it again."


def _tar_members(path: Path) -> list[str]:
    try:
        with tarfile.open(path, "r:") as archive:
            return archive.getnames()
    except tarfile.TarError:
        return ["damaged"]


def _of_members(path: Path, kind: str, members: Iterable[str]) -> str:
    names = list(members)
    entries = _table()[kind]
    fitting = (e for e in entries if any(re.search(e["member"], name) for name in names))
    return next((_words(entry, path) for entry in fitting), "")


def _words(entry: dict[str, str], path: Path) -> str:
    return f"{entry['is']}; {entry['do'].format(file=path.name)}"


@cache
def _table() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _present_name(module: str, name: str) -> str:
    """The name of what protocols up to 2 call as Python 2 did: "builtins.list"."""
    module, name = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
    return f"{module}.{name}"


def _scan(file: IO[bytes], into: Pickled) -> None:
    """Note what one pickle names; the file then stands behind it."""
    memo: dict[int, str] = {}
    recent = ["", ""]  # the last two strings, which a later protocol's STACK_GLOBAL joins
    value: Any
    for code, value, _ in pickletools.genops(file):
        if code.name == "PROTO":
            into.protocol = max(into.protocol, value)
        elif code.name == "GLOBAL":
            into.names.append(_present_name(*value.split(" ", 1)))
        elif code.name == "STACK_GLOBAL":
            into.names.append(".".join(recent))
        elif code.name == "MEMOIZE" or code.name.endswith("PUT"):
            memo[len(memo) if value is None else value] = recent[1]
        elif code.name.endswith("GET"):
            recent = [recent[1], memo.get(value, "")]
        elif isinstance(value, str):
            into.strings.add(value)
            recent = [recent[1], value]
