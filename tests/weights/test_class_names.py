"""Names of classes: from texts in any form, and from beside the weights."""

import pytest

from cnnviz.architectures import specify
from cnnviz.vision.prediction import labels
from cnnviz.weights.class_names import (
    by_index,
    class_names_in,
    read_class_names,
    with_class_names,
    written_class_names,
)


@pytest.mark.parametrize(
    "written",
    [
        ["a", "b"],
        ("a", "b"),
        {"b": 1, "a": 0},
        {1: "b", 0: "a"},
        {"0": "a", "1": "b"},
        {"0": ["n1", "a"], "1": ["n2", "b"]},
    ],
)
def test_names_are_read_in_every_form(written):
    assert by_index(written) == ("a", "b")


@pytest.mark.parametrize(
    "written", [None, 3, "ab", [1, 2], {}, {"a": 0, "b": 2}, {"a": 0, "b": 0}, {"x": "y"}, [["a"]]]
)
def test_what_names_no_classes_is_empty(written):
    assert by_index(written) == ()


def test_a_name_a_line_with_spaces_and_accents():
    assert written_class_names("  Golden Retriever\n\ncafé\n", "text") == (
        "Golden Retriever",
        "café",
    )


def test_a_number_a_line_is_a_name():
    assert written_class_names("0\n1\n", "text") == ("0", "1")
    assert written_class_names("7", "text") == ("7",)


def test_what_is_no_text_is_refused(tmp_path):
    (tmp_path / "names.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ValueError, match=r"names.txt must be a text in UTF-8"):
        read_class_names(tmp_path / "names.txt")


def test_names_are_found_at_any_depth():
    assert list(class_names_in({"hyper": {"classes": ["a"]}, "labels": 3})) == [("a",)]


def test_dictionaries_that_hold_themselves_are_looked_through_once():
    content = {"classes": ["a"]}
    content |= {str(number): content for number in range(1000)}
    assert list(class_names_in(content)) == [("a",)]


def test_names_are_the_labels_of_a_network_and_as_many():
    spec = specify("resnet18", num_classes=2)
    assert labels(with_class_names(spec, ("a", "b"), "names.txt")) == ("a", "b")
    with pytest.raises(ValueError, match=r"names.txt must name the 2 classes .* has 1 names"):
        with_class_names(spec, ("a",), "names.txt")
