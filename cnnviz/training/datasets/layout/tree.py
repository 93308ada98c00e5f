"""A layout as a tree of text: what is trained on, what is tested on, and what is not used."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from cnnviz.images.names import printable
from cnnviz.training.datasets.layout.reading import Layout
from cnnviz.training.datasets.layout.refusals import READINGS

MAX_LINES = 30  # of one part of the tree
TITLES = {"train": "to train on", "test": "to test on"}
Branch = tuple[str, list[str]]


def tree(layout: Layout, paths: Sequence[str], title: str) -> str:
    """How images were understood, line by line.

    Args:
        layout: Of the images.
        paths: Where they lie.
        title: What is at the top.
    """
    branches = [*_used(layout, paths), *_unused(layout, paths)]
    lines = [f"{title}: the class comes from the {READINGS[layout.reading]}"]
    for number, (head, leaves) in enumerate(branches, start=1):
        is_last = number == len(branches)
        lines.append(f"{'└' if is_last else '├'}─ {head}")
        start = "   " if is_last else "│  "
        lines += [
            f"{start}{'└' if leaf is leaves[-1] else '├'}─ {leaf}" for leaf in _bounded(leaves)
        ]
    return "\n".join([*lines, *layout.notes])


def counted(count: int, noun: str = "image") -> str:
    """A number with its noun: 1 image, 2 images."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _bounded(leaves: list[str]) -> list[str]:
    if len(leaves) <= MAX_LINES:
        return leaves
    leaves[MAX_LINES - 1 :] = [f"… and {len(leaves) - MAX_LINES + 1:,} more"]
    return leaves


def _used(layout: Layout, paths: Sequence[str]) -> list[Branch]:
    """Training and test images with their classes and the folders of these."""
    folders: dict[str, defaultdict[str, Counter[str]]]
    folders = {"train": defaultdict(Counter), "test": defaultdict(Counter)}
    test = layout.test_split
    for path, label, split in zip(paths, layout.labels, layout.splits, strict=True):
        if label is not None:
            part = "test" if test and split == test else "train"
            folders[part][label][path.rpartition("/")[0]] += 1
    branches = []
    for part, classes in folders.items():
        total = sum(inside.total() for inside in classes.values())
        says = TITLES[part] if test else "of which a fifth of each class is tested on"
        leaves = [_class_line(name, inside) for name, inside in sorted(classes.items())]
        if leaves:
            branches.append((f"{counted(total)} {says}", leaves))
    return branches


def _class_line(name: str, folders: Counter[str]) -> str:
    first = printable(min(folders))
    places = (
        f"{first}/" if len(folders) == 1 else f"{counted(len(folders), 'folder')}, {first}/ ..."
    )
    return f"{name}: {counted(folders.total())}" + (f" ({places})" if first else "")


def _unused(layout: Layout, paths: Sequence[str]) -> list[Branch]:
    """Images that are not used: why, and in which folder."""
    places = Counter(
        (reason, paths[position].rpartition("/")[0]) for position, reason in layout.reasons.items()
    )
    leaves = [
        f"{printable(folder) + '/' if folder else 'at the top'}: {counted(count)} "
        f"({reason[:1].lower()}{reason[1:].rstrip('.')})"
        for (reason, folder), count in sorted(places.items())
    ]
    return [(f"{counted(len(layout.reasons))} not used", leaves)] if leaves else []
