"""Where images lie: split folders, folders around everything, masks, and what is left."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cnnviz.training.datasets.layout.words import (
    is_images,
    is_masks,
    sorts,
    split_of,
)

Folders = tuple[str, ...]
BESIDE = "beside"  # the role of folders beside train and test
MASKED = "It is a mask or an annotation and no image of a class."


@dataclass(frozen=True)
class Place:
    """Where the images of a folder lie.

    Attributes:
        split: "train", "validation", "test", "unlabelled" or "" where no folder says it.
        folders: Those below the split and below what is around everything.
        reason: Why they are not used, or "".
    """

    split: str
    folders: Folders
    reason: str = ""

    @property
    def is_trained(self) -> bool:
        """Whether its images are for the training, as far as folders say."""
        return _is_trained(self)


@dataclass
class _Located:
    """A folder on its way to a place: what is above and below the split's folder."""

    above: Folders
    below: Folders
    split: str = ""
    reason: str = ""


def _is_trained(place: Place | _Located) -> bool:
    return not place.reason and place.split in ("", "train")


@dataclass
class _Children:
    """The folders in each folder."""

    of: dict[Folders, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def among(cls, all_folders: Iterable[Folders]) -> "_Children":
        children = cls()
        for folders in set(all_folders):
            for depth, name in enumerate(folders):
                children.of[folders[:depth]].add(name)
        return children


def places(paths: Sequence[str], splits: bool = True) -> tuple[list[Place], Folders]:
    """The place of each image, and the folders around everything.

    Args:
        paths: With / between the parts.
        splits: Whether folders may be splits.
    """
    inside = [path.rpartition("/")[0] for path in paths]
    folders = {name: _parts(name) for name in set(inside)}
    children = _Children.among(folders.values())
    roles = {parent: _roles(parent, children) if splits else {} for parent in [*children.of]}
    located = {name: _located(parts, children, roles) for name, parts in folders.items()}
    around = _join([*located.values()])
    made = {name: Place(each.split, each.below, each.reason) for name, each in located.items()}
    return [made[name] for name in inside], around


def _parts(folder: str) -> Folders:
    return tuple(part for part in folder.split("/") if part not in ("", ".", ".."))


def _located(
    folders: Folders, children: _Children, roles: dict[Folders, dict[str, str]]
) -> _Located:
    if _is_mask(folders, children):
        return _Located((), folders, reason=MASKED)
    for depth, name in enumerate(folders):
        if beside := roles[folders[:depth]]:
            role = beside.get(name, "")
            above, below = folders[:depth], folders[depth + bool(role) :]
            if role == BESIDE:
                reason = f"Its folder {name!r} lies beside those of the splits."
                return _Located(above, below, reason=reason)
            return _Located(above, below, role)
    return _Located((), folders)


def _is_mask(folders: Folders, children: _Children) -> bool:
    return any(
        is_masks(name) and any(is_images(other) for other in children.of[folders[:depth]])
        for depth, name in enumerate(folders)
    )


def _roles(parent: Folders, children: _Children) -> dict[str, str]:
    """The splits of the folders in a folder; none where they are classes."""
    names = children.of[parent]
    said = {name: split for name in names if (split := split_of(name))}
    if len({rest for _, rest in said.values()}) > 1:  # the names differ in more than the split
        said = {name: (split, rest) for name, (split, rest) in said.items() if not rest}
    roles = {name: split for name, (split, _) in said.items()}
    kinds, others = set(roles.values()), names - roles.keys()
    if "train" in kinds and len(kinds) > 1:
        trained = [name for name, role in roles.items() if role == "train"]
        if others and not any(children.of.get((*parent, name)) for name in trained):
            return {}  # a train among cars
        return {**dict.fromkeys(others, BESIDE), **roles}
    if not others:
        return roles if len(kinds) > 1 else {}
    # A test folder beside class folders.
    return roles if "train" not in kinds and len(others) > 1 and not any(_rests(said)) else {}


def _rests(said: dict[str, tuple[str, str]]) -> list[str]:
    return [rest for _, rest in said.values()]


def _join(located: list[_Located]) -> Folders:
    """Take away what is above the splits and around everything; returns the latter."""
    trained = [each for each in located if _is_trained(each)]
    if not all(each.below for each in trained) or all(sorts(each.below[0]) for each in trained):
        for each in located:  # cat/train/1.png
            each.below = each.above + each.below
    around: list[str] = []
    used = [each for each in located if not each.reason]
    while (first := _common(used)) is not None:
        around.append(first)
        _strip(used)
    for split in {each.split for each in used}:
        alike = [each for each in used if each.split == split]
        while (first := _common(alike)) is not None and (is_images(first) or split_of(first)):
            _strip(alike)
    return tuple(around)


def _common(located: Sequence[_Located]) -> str | None:
    """The folder in which all images with folders lie."""
    firsts = {each.below[0] for each in located if each.below}
    return firsts.pop() if len(firsts) == 1 else None


def _strip(located: Sequence[_Located]) -> None:
    for each in located:
        each.below = each.below[1:]
