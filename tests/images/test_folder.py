"""Folders of pictures as collections."""

import os

import pytest

from cnnviz.images import DataError, Picture, open_collection
from cnnviz.images.opening import ImageError
from tests.images.files import value


def test_a_folder(folder):
    collection = open_collection(folder)
    assert collection.title == "pets"
    assert collection.images == (
        Picture("cats/1.png", "cats"),
        Picture("cats/2.png", "cats"),
        Picture("dogs/old/1.png", "old"),
    )
    assert [value(collection, i) for i in range(3)] == [1, 2, 3]
    assert open_collection(str(folder)).key == collection.key


def test_the_key_of_a_folder_changes_with_an_image(folder):
    before = open_collection(folder).key
    assert open_collection(folder).key == before
    os.utime(folder / "cats" / "1.png", (1, 1))
    assert open_collection(folder).key != before


def test_a_folder_of_no_use_is_refused_with_one_sentence(folder, monkeypatch):
    with pytest.raises(DataError, match=r"no folder at .* check the path"):
        open_collection(folder / "birds")
    (folder / "empty").mkdir()
    with pytest.raises(DataError, match="no images in"):
        open_collection(folder / "empty")
    monkeypatch.setattr("cnnviz.images.folder.MAX_IMAGES", 2)
    with pytest.raises(DataError, match="more than 2 images in"):
        open_collection(folder)


def test_an_image_that_was_removed_is_one_sentence(folder):
    collection = open_collection(folder)
    (folder / "cats" / "1.png").unlink()
    with pytest.raises(ImageError, match="no image file"):
        collection.open(0)
