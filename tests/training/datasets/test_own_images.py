"""One's own pictures: which class and split they are of, what is skipped, and what is refused."""

import io
import os
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.images import files as image_files
from cnnviz.images import tar
from cnnviz.progress import ignore_progress
from cnnviz.training.datasets import class_folders, dataset, known_datasets, load
from cnnviz.training.datasets.base import DataError
from cnnviz.training.datasets.own_images import _load


def picture(number=0, size=(40, 30), kind="PNG", mode="RGB"):
    """A picture of one colour, which differs with the number."""
    file = io.BytesIO()
    colour = (number * 7 % 256, 50, 100) if mode == "RGB" else number * 7 % 256
    Image.new(mode, size, colour).save(file, kind)
    return file.getvalue()


def pets(count=10, start="", **options):
    names = (f"{start}{kind}/{number}.png" for kind in ("cat", "dog") for number in range(count))
    return {name: picture(number, **options) for number, name in enumerate(names)}


def birds(start):
    return {f"{start}bird/{number}.png": picture(number) for number in range(2)}


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def as_folder(files, path):
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def as_tar(files, path):
    with tarfile.open(path, f"w:{path.suffix[1:]}" if path.suffix != ".tar" else "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def loaded(files, side=32, channels=3, seed=0):
    """The data of files in a zip, without what the menu wants to know first."""
    return _load(zipped(files), "pets", "pets", "", side, channels, seed, ignore_progress)


def test_folders_are_classes_and_a_seed_splits_each():
    data = class_folders(zipped(pets(10)), "pets.zip").load(32, 3, 0, ignore_progress)
    assert data.classes == ("cat", "dog")
    assert torch.bincount(data.train.labels).tolist() == [8, 8]
    assert torch.bincount(data.test.labels).tolist() == [2, 2]
    reds = torch.cat([data.train.images, data.test.images])[:, 16, 16, 0].tolist()
    assert sorted(reds) == [number * 7 for number in range(20)]
    assert not torch.equal(data.test.images, loaded(pets(10), seed=1).test.images)
    assert torch.equal(data.test.images, loaded(pets(10)).test.images)


@pytest.mark.parametrize("around", ["", "pets/", "my/old/pets/"])
@pytest.mark.parametrize("test", ["test", "Test", "val", "validation"])
def test_train_and_test_folders_split(around, test):
    files = pets(3, f"{around}train/") | pets(2, f"{around}{test}/")
    data = loaded(files)
    assert data.classes == ("cat", "dog")
    assert (len(data.train), len(data.test)) == (6, 4)


def test_where_there_is_a_test_folder_validation_is_trained_on():
    data = loaded(pets(3, "train/") | pets(2, "val/") | pets(1, "test/"))
    assert (len(data.train), len(data.test)) == (10, 2)


def test_a_folder_around_everything_may_be_called_test():
    data = loaded(pets(5, "test/"))
    assert (len(data.train), len(data.test)) == (8, 2)


def test_a_class_may_be_called_test():
    files = {f"{kind}/{i}.png": picture(i) for kind in ("test", "train") for i in range(4)}
    chosen = class_folders(zipped(files), reading="plain-folders")
    assert chosen.load(32, 3, 0, ignore_progress).classes == ("test", "train")


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "tar.xz", "folder"])
def test_every_kind_of_source_gives_the_same(suffix, tmp_path):
    files = pets(4, "./") | {"notes.txt": b"hello", ".hidden/cat.png": picture()}
    path = tmp_path / f"pets.{suffix}"
    if suffix == "zip":
        path.write_bytes(zipped(files))
    elif suffix == "folder":
        as_folder(files, path)
    else:
        as_tar(files, path)
    entry = dataset(str(path))
    assert entry.num_classes == 2
    data, expected = load(str(path)), loaded(pets(4))
    assert data.name == str(path)
    assert data.title == path.name
    assert torch.equal(data.train.images, expected.train.images)
    assert torch.equal(data.test.labels, expected.test.labels)
    assert data.skipped == ()


def test_the_shorter_side_is_resized_and_the_middle_cut_out():
    image = np.zeros((40, 80, 3), np.uint8)
    image[:, 20:60] = 255
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    data = loaded({f"{kind}/{i}.png": file.getvalue() for kind in "ab" for i in range(2)}, side=20)
    assert data.train.images.float().mean() > 245


@pytest.mark.parametrize(
    "size, side",
    [((32, 32), 32), ((20, 20), 32), ((60, 47), 32), ((60, 50), 48), ((900, 600), 128)],
)
def test_the_own_side_is_one_that_half_of_the_images_fill(size, side):
    assert class_folders(zipped(pets(2, size=size))).side == side


@pytest.mark.parametrize("mode, channels", [("L", 1), ("RGB", 3)])
def test_grey_images_have_one_channel(mode, channels):
    entry = class_folders(zipped(pets(2, mode=mode)))
    assert entry.channels == channels
    assert entry.load(32, channels, 0, ignore_progress).channels == channels


@pytest.mark.parametrize("kind, title", [("JPEG", "pets (JPEG pictures)"), ("PNG", "pets")])
def test_the_title_says_that_images_are_lossy(kind, title):
    assert loaded(pets(3, kind=kind)).title == title


def test_unreadable_images_are_skipped_with_a_reason(test_data):
    nasty = {
        f"cat/{path.name}.png": path.read_bytes()
        for path in sorted((test_data / "nasty").iterdir())
        if "bomb" in path.name or "dos" in path.name or "200MP" in path.name
    }
    files = pets(3) | nasty | {"cat/empty.png": b"", "cat/words.jpg": b"hello", "alone.png": b"x"}
    data = loaded(files)
    assert len(data.train) + len(data.test) == 6 + len(nasty) + 3 - len(data.skipped)
    reasons = dict(data.skipped)
    assert "0 bytes" in reasons["cat/empty.png"]
    assert "not a JPEG" in reasons["cat/words.jpg"]
    assert reasons["alone.png"] == "It lies in no class folder."
    assert "megapixels" in " ".join(reasons.values())


BAD = {
    "no zip": (b"hello", "no zip"),
    "no images": (zipped({"a.txt": b"x"}), "holds no JPEG"),
    "no folders": (zipped({"a.png": picture(), "b.png": picture()}), "No image lies in a class"),
    "one class": (zipped({f"cat/{i}.png": picture() for i in range(3)}), "one class alone, 'cat'"),
    "a zip in it": (zipped({"a/pets.zip": zipped(pets())}), "holds another zip"),
    "one picture": (
        zipped(pets(3) | {"frog/1.png": picture()}),
        "class 'frog' has 1 usable image, and at least 2",
    ),
    "none usable": (
        zipped(pets(3) | {"frog/1.png": b"x", "frog/2.png": b"y"}),
        r"class 'frog' has no usable image.*2 could not be used, the first 'frog/1.png'",
    ),
    "only tests": (
        zipped(pets(3, "train/") | pets(3, "test/") | birds("test/")),
        "class 'bird' has images to test on and none to train on",
    ),
    "many classes": (
        zipped({f"{i}/{j}.png": b"x" for i in range(1001) for j in range(2)}),
        "1,001 folders with images, and at most 1,000",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_trained_on_is_explained_in_one_sentence(case):
    content, reason = BAD[case]
    with pytest.raises(DataError, match=reason) as caught:
        class_folders(content).load(32, 3, 0, ignore_progress)
    assert "\n" not in str(caught.value)


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(image_files, "MAX_UNPACKED", 100_000)
    files = {f"{kind}/{i}.bmp": bytes(30_000) for kind in "ab" for i in range(2)}
    assert len(zipped(files)) < 2000
    with pytest.raises(DataError, match="unpacks to more than"):
        class_folders(zipped(files))


def test_images_with_too_many_pixels_together_are_refused(monkeypatch):
    monkeypatch.setattr("cnnviz.training.datasets.own_images.MAX_MEGAPIXELS", 0.01)
    with pytest.raises(DataError, match="megapixels together"):
        loaded(pets(10))


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.xz"])
def test_a_cut_off_tar_is_damaged(suffix, tmp_path):
    path = as_tar(pets(30), tmp_path / f"pets.{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2048 * 1024 + 600])
    with pytest.raises(DataError, match="damaged or cut off"):
        load(str(path))


def test_a_tar_that_unpacks_to_too_much_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(tar, "MAX_UNPACKED", 1_000_000)
    path = as_tar({"big.bin": bytes(2_000_000)} | pets(3), tmp_path / "pets.tar.xz")
    with pytest.raises(DataError, match="unpacks to more than"):
        load(str(path))


def test_links_in_a_tar_are_not_followed(tmp_path):
    path = as_tar(pets(3), tmp_path / "pets.tar")
    with tarfile.open(path, "a") as archive:
        for name, target in (("cat/link.png", "/etc/passwd"), ("cat/up.png", "../../secret.png")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    data = load(str(path))
    assert len(data.train) + len(data.test) == 6


def test_paths_that_point_outside_only_name(tmp_path):
    files = {f"../../{kind}/{i}.png": picture(i) for kind in ("cat", "dog") for i in range(3)}
    path = tmp_path / "inside" / "pets.zip"
    path.parent.mkdir()
    path.write_bytes(zipped(files))
    assert load(str(path)).classes == ("cat", "dog")
    assert sorted(tmp_path.rglob("*")) == [path.parent, path]


def test_what_progress_raises_ends_the_work():
    def end(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        class_folders(zipped(pets())).load(32, 3, 0, end)


def test_the_teachers_folder_is_in_the_menu(tmp_path, monkeypatch, caplog):
    (tmp_path / "pets.zip").write_bytes(zipped(pets(3)))
    as_folder(pets(3), tmp_path / "animals")
    as_folder({"loose.png": picture()}, tmp_path / "photos")
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    names = [each.name for each in known_datasets()]
    assert names[-2:] == ["animals", "pets.zip"]
    assert "photos is no data set to train on" in caplog.text
    data = load("pets.zip")
    assert (data.name, data.title) == ("pets.zip", "pets.zip")
    assert load("animals", side=16).side == 16


def test_a_machine_that_only_trains_reads_images_without_heic(tmp_path):
    """Neither Streamlit nor pandas nor SQLAlchemy nor pillow_heif is there."""
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped(pets(3) | {"cat/phone.heic": b"x"}))
    code = (
        "import sys\n"
        "for name in ('streamlit', 'pandas', 'sqlalchemy', 'pillow_heif', 'plotly', 'matplotlib'):"
        " sys.modules[name] = None\n"
        "from cnnviz.training.datasets import load\n"
        "from cnnviz.images.opening import FORMATS\n"
        f"assert 'HEIF' not in FORMATS and len(load({str(path)!r}).train) == 4\n"
        "assert len(load('digits').test) == 359"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})
