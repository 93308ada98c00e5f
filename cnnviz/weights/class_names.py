"""Names of a network's classes, from a file of names or from beside its weights."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cnnviz.architectures import NetworkSpec

# Under these keys training scripts keep them: a list, or a dictionary by name or by index.
KEYS = ("classes", "class_names", "class_to_idx", "idx_to_class", "labels", "categories")


def read_class_names(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Names of classes by index: a name a line, or JSON (a list, {name: index}, {index: name}).

    Raises:
        ValueError: The file is missing or holds something else, or a name is there twice.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} must be a text in UTF-8, a class's name a line.") from None
    return written_class_names(text, path.name)


def written_class_names(text: str, origin: str) -> tuple[str, ...]:
    """Names of classes in a text, as ``read_class_names`` reads them.

    Args:
        text: A name a line, or JSON.
        origin: Where the text comes from, as the message calls it.

    Raises:
        ValueError: There are none, or a name is there twice.
    """
    try:
        names = by_index(json.loads(text))
    except ValueError:
        names = ()
    names = names or tuple(line.strip() for line in text.splitlines() if line.strip())
    if not names:
        raise ValueError(f"{origin} must hold the name of a class in each line; it is empty.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{origin} must name each class once; received {twice!r} twice.")
    return names


def with_class_names(spec: NetworkSpec, names: tuple[str, ...], origin: str) -> NetworkSpec:
    """The specification with names of its classes.

    Args:
        spec: A network.
        names: By index.
        origin: Where the names come from, as the message calls it.

    Raises:
        ValueError: They are more or fewer than the classes.
    """
    if len(names) != spec.num_classes:
        raise ValueError(
            f"{origin} must name the {spec.num_classes} classes of the weights; it has "
            f"{len(names)} names."
        )
    return replace(spec, class_names=names)


def by_index(written: object) -> tuple[str, ...]:
    """Names by index, of a list, of {name: index} or of {index: name}; () where it is no such."""
    if isinstance(written, Mapping):
        try:
            named = dict(_indexed(key, value) for key, value in written.items())
        except (TypeError, ValueError, IndexError):
            return ()
        written = [named.get(index) for index in range(len(written))]
    is_list = isinstance(written, list | tuple) and all(isinstance(each, str) for each in written)
    return tuple(written) if is_list and isinstance(written, list | tuple) else ()


def _indexed(key: object, value: object) -> tuple[int, object]:
    """The index and the name in one entry; ImageNet's has two: {"0": ["n01440764", "tench"]}."""
    if isinstance(value, int):
        return value, key
    return int(str(key)), value[-1] if isinstance(value, list | tuple) else value


def class_names_in(content: object) -> Iterator[tuple[str, ...]]:
    """All names of classes in dictionaries inside dictionaries, which may hold themselves."""
    waiting, seen = [content], set[int]()
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, Mapping) and id(each) not in seen:
            seen.add(id(each))
            yield from filter(None, (by_index(each.get(key)) for key in KEYS))
            waiting += each.values()
