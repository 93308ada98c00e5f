"""How a folder of images is understood: the class of each image, and whether it is for the test."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cnnviz.images.files import ImageFiles
from cnnviz.images.names import printable
from cnnviz.images.tar import TarImages
from cnnviz.training.datasets.layout.paths import Place, places
from cnnviz.training.datasets.layout.refusals import READINGS, refusal
from cnnviz.training.datasets.layout.tables import table_rows
from cnnviz.training.datasets.layout.words import (
    is_masks,
    name_class,
    named,
    sorts,
    spelling,
    split_of,
)

OUTSIDE = "It lies in no class folder."
UNNAMED = "Its name begins with no class."
UNLISTED = "No table names its class."
UNLABELLED = "Its folder holds images without classes."
MIN_SHARE = 0.9  # of the names of files that must begin with a class
Files = ImageFiles | TarImages


@dataclass(frozen=True, eq=False)
class Layout:
    """How images are understood, in the order of their files.

    Attributes:
        reading: One of ``READINGS``.
        labels: Their classes; None of those that are not used.
        splits: "train", "validation", "test" or "" by image.
        reasons: Why images are not used, by position.
        notes: What a reader should know, in sentences.
    """

    reading: str
    labels: tuple[str | None, ...]
    splits: tuple[str, ...]
    reasons: Mapping[int, str]
    notes: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes by label: in alphabetical order."""
        return tuple(sorted({label for label in self.labels if label is not None}))

    @property
    def test_split(self) -> str | None:
        """The split that is tested on: the test, else the validation; None: a seed chooses."""
        return _test_split({s for s, label in zip(self.splits, self.labels, strict=True) if label})


def _test_split(splits: set[str]) -> str | None:
    return next(
        (each for each in ("test", "validation") if each in splits and splits != {each}), None
    )


# The class of each image, or why it has none.
Labels = list[tuple[str | None, str]]


def layout(files: Files, reading: str = "") -> Layout:
    """How images are understood.

    Args:
        files: The images, with what lies beside them.
        reading: One of ``READINGS``; by default the first that gives two classes.

    Raises:
        DataError: They cannot be understood so; the message names what was seen.
    """
    located, around = places(files.paths, splits=reading != "plain-folders")
    if reading:
        made = _read(reading, located, files)
        if len(made.classes) < 2:
            raise refusal(files, located, around, made.classes, reading)
        return made
    for each in ("folders", "table", "file-names"):
        labels = READERS[each](located, files)
        if len(_classes(labels)) > 1 and (each != "file-names" or _are_named(located, labels)):
            return _made(each, located, labels, files)
    classes = _classes(_by_first_folder(located, files))
    raise refusal(files, located, around, classes, others=readings(files))


def readings(files: Files) -> tuple[str, ...]:
    """The readings that give two or more classes, each other ones."""
    made: dict[Hashable, str] = {}
    located = {splits: places(files.paths, splits)[0] for splits in (True, False)}
    for reading in READINGS:
        understood = _read(reading, located[reading != "plain-folders"], files)
        if _is_plausible(understood):
            made.setdefault((understood.labels, understood.splits), reading)
    return tuple(made.values())


def _read(reading: str, located: Sequence[Place], files: Files) -> Layout:
    return _made(reading, located, READERS[reading](located, files), files)


def _is_plausible(understood: Layout) -> bool:
    counts = Counter(filter(None, understood.labels))
    return len(counts) > 1 and 2 * len(counts) <= counts.total()


def _classes(labels: Labels) -> set[str]:
    return {label for label, _ in labels if label is not None}


def _by_first_folder(located: Sequence[Place], files: Files) -> Labels:
    """The first folder that does not only sort images."""
    inside = [each for each in located if each.folders and each.is_trained]
    depth = 0
    while inside and all(sorts(each.folders[depth]) for each in inside):
        depth += 1
        if any(len(each.folders) <= depth for each in inside):
            return [(None, OUTSIDE)] * len(located)
    return [
        (each.folders[depth], "") if len(each.folders) > depth else (None, OUTSIDE)
        for each in located
    ]


def _by_last_folder(located: Sequence[Place], files: Files) -> Labels:
    return [(each.folders[-1], "") if each.folders else (None, OUTSIDE) for each in located]


def _by_file_name(located: Sequence[Place], files: Files) -> Labels:
    names = [name_class(path.rpartition("/")[2]) for path in files.paths]
    known = {name for name, each in zip(names, located, strict=True) if each.is_trained}
    return [(name, "") if name and name in known else (None, UNNAMED) for name in names]


def _by_table(located: Sequence[Place], files: Files) -> Labels:
    rows = table_rows(files)
    return [(rows[path], "") if path in rows else (None, UNLISTED) for path in range(len(located))]


READERS: Mapping[str, Callable[[Sequence[Place], Files], Labels]] = {
    "folders": _by_first_folder,
    "inner-folders": _by_last_folder,
    "file-names": _by_file_name,
    "table": _by_table,
    "plain-folders": _by_last_folder,
}


def _are_named(located: Sequence[Place], labels: Labels) -> bool:
    """Whether nearly all names begin with a class, and each class has some images."""
    trained = [label for place, (label, _) in zip(located, labels, strict=True) if place.is_trained]
    counts = Counter(filter(None, trained))
    return counts.total() >= MIN_SHARE * len(trained) and min(counts.values()) > 1


def _made(reading: str, located: Sequence[Place], labels: Labels, files: Files) -> Layout:
    reasons: dict[int, str] = {}
    used: list[str | None] = []
    for position, (place, (label, reason)) in enumerate(zip(located, labels, strict=True)):
        if place.split == "unlabelled":
            label, reason = None, UNLABELLED
        reason = place.reason or reason
        if reason:
            reasons[position] = reason
        used.append(None if reason else label)
    splits = tuple(place.split for place in located)
    spelt = _spelt(used, splits)
    shown = _shown({label for label in spelt if label is not None})
    notes = (*_alike(shown.values()), *_empty(files, shown if "folders" in reading else {}))
    shown_labels = tuple(None if label is None else shown[label] for label in spelt)
    return Layout(reading, shown_labels, splits, reasons, notes)


def _spelt(labels: Sequence[str | None], splits: Sequence[str]) -> list[str | None]:
    """Classes as the training images spell them: the test's Cat is train's cat.

    Two names beside each other are two classes, however alike they are.
    """
    pairs = list(zip(labels, splits, strict=True))
    test = _test_split({split for label, split in pairs if label is not None})
    trained = {label for label, split in pairs if label is not None and split != test}
    tested = {label for label, split in pairs if label is not None and split == test}
    counts = Counter(map(spelling, trained))
    by_spelling = {spelling(name): name for name in trained if counts[spelling(name)] == 1}
    other = {
        name: by_spelling[spelling(name)]
        for name in tested - trained
        if spelling(name) in by_spelling and by_spelling[spelling(name)] not in tested
    }
    return [None if label is None else other.get(label, label) for label in labels]


def _shown(names: Iterable[str]) -> dict[str, str]:
    """The names as they can be shown, no two alike."""
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        plain = candidate = printable(name)
        number = 1
        while candidate in taken:
            number += 1
            candidate = f"{plain} ({number})"
        shown[name] = candidate
        taken.add(candidate)
    return shown


def _alike(names: Iterable[str]) -> list[str]:
    """Notes on classes whose names differ only in case or spacing."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(spelling(name), []).append(name)
    return [
        f"{named(group)} differ only in case or spacing and are {len(group)} classes; give them "
        "one name if they are one."
        for group in groups.values()
        if len(group) > 1
    ]


def _empty(files: Files, classes: Mapping[str, str]) -> list[str]:
    """Notes on folders beside the class folders that hold no image."""
    parts = [tuple(name.split("/")) for name in {path.rpartition("/")[0] for path in files.paths}]
    used = {folders[:depth] for folders in parts for depth in range(1, len(folders) + 1)}
    beside = {folders[:-1] for folders in used if folders[-1] in classes}
    others = {tuple(name.split("/")) for name in {p.rpartition("/")[0] for p in files.others}}
    empty = {
        name
        for folders in others
        for depth, name in enumerate(folders)
        if folders[:depth] in beside and folders[: depth + 1] not in used
        if not (is_masks(name) or split_of(name))
    }
    return [f"Folders without images are no classes: {named(empty)}."] if empty else []
