"""Any tree of any names: understood, or refused in one sentence."""

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.images.files import listed
from cnnviz.images.names import decoded
from cnnviz.training.datasets.base import DataError
from cnnviz.training.datasets.layout.reading import layout
from tests.cases.sources import source_of, understood

PROFILE = settings(derandomize=True, max_examples=60, deadline=None, database=None)
PARTS = st.one_of(
    st.sampled_from(
        ["train", "test", "val", "images", "masks", "cat", "Cat", "2023", ".git", "100APPLE"]
    ),
    st.text(
        st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)),
        min_size=1,
        max_size=6,
    ),
)
PATHS = st.lists(
    st.tuples(
        st.lists(PARTS, max_size=4), PARTS, st.sampled_from([".png", ".JPG", ".txt", ".csv"])
    ),
    min_size=1,
    max_size=25,
)


@PROFILE
@given(PATHS)
def test_any_tree_is_understood_or_refused_in_one_sentence(paths):
    """Any tree: each image has a class or a reason, or one sentence refuses all."""
    names = dict.fromkeys("/".join([*folders, name + end]) for folders, name, end in paths)
    try:
        made = understood(list(names))
    except DataError as error:
        assert str(error).count("\n") == 0
        assert str(error).endswith(".")
        return
    assert len(made.classes) > 1
    for position, label in enumerate(made.labels):
        assert (label is None) == (position in made.reasons)


@settings(PROFILE, max_examples=20)
@given(PATHS)
def test_a_tree_is_the_same_in_every_kind_of_source(paths):
    """The same tree as a zip, a tar and a folder: the same classes, splits and reasons."""
    trees = {
        "/".join([*folders, name + end])
        for folders, name, end in paths
        if not any("\\" in part or part in (".", "..") for part in (*folders, name))
    }
    names = [name.encode() for name in sorted(trees) if len({*name.split("/")} & trees) == 0]
    seen = []
    with TemporaryDirectory() as folder:
        for kind in ("zip", "tar", "folder"):
            if names:
                seen.append(outcome(source_of(kind, names, Path(folder))))
    assert all(each == seen[0] for each in seen)


def outcome(source):
    """What a source's layout says of each image, or nothing where it is refused."""
    try:
        files = listed(source)
        made = layout(files)
    except DataError:
        return None
    reasons = [made.reasons.get(i) for i in range(len(files.paths))]
    labels = map(str, made.labels)
    return sorted(zip(files.paths, labels, made.splits, map(str, reasons), strict=True))


@PROFILE
@given(st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=12, unique=True))
def test_any_bytes_are_names(names):
    """Any bytes: a name each, the same in NFC."""
    texts = decoded(names)
    assert len(texts) == len(names)
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)


@PROFILE
@given(
    st.sampled_from(["cp949", "cp932", "gb18030", "big5", "cp866", "utf-8"]),
    st.lists(
        st.sampled_from("가나다라마바사猫犬東京蘋果苹汉кошядом表ソ能"),
        min_size=2,
        max_size=8,
        unique=True,
    ),
)
def test_classes_stay_apart_in_any_encoding(encoding, signs):
    """Even where an encoding is guessed wrong, as many classes come out as went in."""
    names = []
    for sign in signs:
        try:
            names.append(f"{sign}{sign}".encode(encoding))
        except UnicodeEncodeError:
            continue
    assert len(set(decoded(names))) == len(names)
