"""Words of names: splits, masks, folders that only sort, classes in file names."""

import pytest

from cnnviz.training.datasets.layout.words import (
    is_images,
    is_masks,
    name_class,
    named,
    sorts,
    split_of,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("train", ("train", "")),
        ("Training_Set", ("train", "")),
        ("TrainImages", ("train", "")),
        ("val2017", ("validation", "")),
        ("test1", ("test", "")),
        ("seg_test", ("test", "seg")),
        ("entraînement", ("train", "")),
        ("训练集", ("train", "")),
        ("cat", None),
        ("invalid", None),
        ("trainer", None),
        ("train test", None),
    ],
)
def test_a_folder_says_its_split(name, said):
    assert split_of(name) == said


@pytest.mark.parametrize(
    "name", ["2023", "2023-01", "2023-01-15", "part_1", "batch 12", "100APPLE"]
)
def test_folders_that_only_sort(name):
    assert sorts(name)


@pytest.mark.parametrize("name", ["1", "42", "20000", "cat", "part", "batch", "2012 Audi"])
def test_folders_that_may_be_classes(name):
    assert not sorts(name)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("cat.0.png", "cat"),
        ("Abyssinian_12.jpg", "Abyssinian"),
        ("american_pit_bull_7.jpg", "american_pit_bull"),
        ("cat (3).png", "cat"),
        ("cat007.png", "cat"),
        ("17_frog.png", "frog"),
        ("cat_2023_01.png", "cat"),
        ("IMG_0001.JPG", ""),
        ("IMG_20230401_123456.jpg", ""),
        ("DSC00012.JPG", ""),
        ("0001.png", ""),
        ("cat.png", ""),
    ],
)
def test_the_class_in_a_files_name(file, name):
    assert name_class(file) == name


def test_masks_and_images():
    assert is_masks("masks")
    assert is_masks("ground_truth".replace("_", ""))
    assert not is_masks("with_mask")
    assert is_images("JPEGImages")
    assert not is_images("images of cats")


def test_a_long_list_of_names_is_cut():
    assert named("dbca") == "'a', 'b', 'c' and 1 more"
