"""What the addresses of pages hold: declared once, and nowhere else."""

import ast
import copy
import pickle
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from cnnviz.ui.parts import address
from cnnviz.ui.parts.address import KEYS, Key
from tests.apps import open_function

ROOT = Path(__file__).parents[3]
PARTS = ROOT / "cnnviz" / "ui" / "parts"
PAGES = sorted((ROOT / "pages").glob("*.py"))
SOURCES = [*sorted((ROOT / "cnnviz" / "ui").rglob("*.py")), *PAGES]
FAMILIES = [each for each in vars(address).values() if isinstance(each, Key) and "{" in each]
ASKS = {"get", "get_all", "pop", "setdefault"}


def test_one_key_means_one_thing_on_a_page():
    said = Counter((page, str(key)) for key in KEYS for page in key.pages)
    assert [each for each, count in said.items() if count > 1] == []


def test_every_key_is_on_a_page_that_there_is_and_says_what_it_means():
    pages = {path.stem for path in PAGES}
    for key in (*KEYS, *FAMILIES):
        assert key.pages
        assert set(key.pages) <= pages, key
    assert all(each.meaning.endswith(".") for each in (*KEYS, *FAMILIES))


@cache
def nodes(path):
    """All parts of a file's source."""
    return tuple(ast.walk(ast.parse(path.read_text())))


@cache
def imported(path):
    """The files of ours that a file imports."""
    files = set()
    for node in nodes(path):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        paths = (ROOT / f"{name.replace('.', '/')}.py" for name in names)
        files |= {file for file in paths if file.exists()}
    return files


def reached(page):
    """All files of ours that a page draws with."""
    files, new = set(), {page}
    while new:
        files |= new
        new = {file for path in new for file in imported(path)} - files
    return files - {PARTS / "address.py"}


@cache
def constants(path):
    """The keys that a file names, by the names of their constants."""
    return {getattr(node, "attr", getattr(node, "id", "")) for node in nodes(path)}


def test_a_key_is_used_by_the_pages_that_it_is_declared_for():
    used = {page.stem: set().union(*map(constants, reached(page))) for page in PAGES}
    for name, value in vars(address).items():
        if isinstance(value, Key):
            unused = [page for page in value.pages if name not in used[page]]
            assert not unused, f"{name} is used by none of the modules of {unused}"


def is_state(node):
    """Whether a part of the source is ``st.query_params`` or ``st.session_state``."""
    return isinstance(node, ast.Attribute) and node.attr in ("query_params", "session_state")


def literals(path):
    """Where a file writes the name of a key itself: in lines of its source."""
    names = {str(key) for key in KEYS}
    for node in nodes(path):
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Subscript) and is_state(node.value):
            keys = [node.slice]
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in ASKS:
                keys = node.args[:1] if is_state(node.func.value) else []
            for word in node.keywords:
                if word.arg == "query_params" and isinstance(word.value, ast.Dict):
                    keys += word.value.keys
                elif word.arg == "key":
                    keys.append(word.value)
                elif word.arg == "bind":
                    yield node.lineno
        for key in keys:
            if isinstance(key, ast.Constant) and key.value in names:
                yield node.lineno


def test_no_other_place_names_a_key_or_binds_a_widget():
    named = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if path.parent != PARTS and (lines := sorted(set(literals(path))))
    }
    assert named == {}
    assert [path.name for path in PARTS.glob("*.py") if '"query-params"' in path.read_text()] == [
        "choices.py"
    ]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda key: pickle.loads(pickle.dumps(key))])
def test_a_key_is_its_name_and_survives_a_copy(copied):
    key = copied(address.RUN)
    assert key == "run"
    assert (key.pages, key.meaning) == (address.RUN.pages, address.RUN.meaning)
    assert address.HYPERPARAMETER.of("resnet", "width") == "resnet_width"


def test_links_hold_choices():
    assert address.link("train", {address.RUNS: "a,b"}) == "train?runs=a,b"
    assert address.link("evaluate", {address.RUN: "a&b"}) == "evaluate?run=a%26b"
    assert {type(name) for name in address.query({address.RUN: "a"})} == {str}


def page():
    import streamlit as st

    from cnnviz.ui.parts import address

    st.session_state["arrived"] = False
    st.write(address.newly_requested(address.GROUP))
    address.write({address.GROUP: "mine", address.WITHOUT: ""})


def test_a_written_choice_is_not_newly_requested():
    app = open_function(page, group="theirs", without="1")
    assert app.markdown[0].value == "theirs"
    assert app.query_params["group"] == "mine"
    assert "without" not in app.query_params
    assert app.run().markdown[0].value == "`None`"
