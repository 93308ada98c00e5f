import pytest

from cnnviz.files import entries, write_whole, written_whole


def test_a_file_is_replaced_as_a_whole_and_its_folder_created(tmp_path):
    path = tmp_path / "runs" / "run.json"
    write_whole(path, "first")
    write_whole(path, "second")
    assert path.read_text() == "second\n"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_failure_leaves_the_older_file_and_nothing_else(tmp_path, is_shared):
    path = tmp_path / "run.json"
    write_whole(path, "whole")
    with pytest.raises(OSError, match="full"), written_whole(path, is_shared) as part:
        part.write_text("ha")
        raise OSError("the disk is full")
    assert path.read_text() == "whole\n"
    assert list(tmp_path.iterdir()) == [path]


def test_two_processes_write_files_of_their_own(tmp_path):
    path = tmp_path / "photos.zip"
    with (
        written_whole(path, is_shared=True) as first,
        written_whole(path, is_shared=True) as second,
    ):
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"


def test_a_table_of_the_package_is_a_list_of_entries():
    assert [entry["name"] for entry in entries("training/recipes.toml")][:2] == ["short", "lenet"]
