"""The command neighbours: what it prints, how it ends."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "cnnviz" / "sample_images"
MODEL = ("--model", "squeezenet1_1")


@pytest.fixture
def weights(test_data, tmp_path, monkeypatch):
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", tmp_path)
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    return tmp_path / "squeezenet1_1.pth"


WOLVES = ("n02090721_Irish_wolfhound", "n02114712_red_wolf")
SHOES = ("n03680355_Loafer",)


@pytest.fixture
def malamute(test_data):
    return test_data / "photos" / "imagenet" / "n02110063_malamute.JPEG"


@pytest.fixture
def animals(test_data, tmp_path):
    """Two folders of photos and a file that is no photo."""
    photos, folder = test_data / "photos" / "imagenet", tmp_path / "animals"
    for label, names in (("wolves", WOLVES), ("shoes", SHOES)):
        (folder / label).mkdir(parents=True)
        for name in names:
            shutil.copy(photos / f"{name}.JPEG", folder / label)
    (folder / "wolves" / "broken.jpg").write_bytes(b"no photo")
    return folder


def test_a_malamute_is_nearer_to_wolves_than_to_shoes(run, weights, animals, malamute):
    code, out, err = run("neighbours", malamute, "--among", animals, *MODEL, "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert list(result) == ["model", "metric", "photo", "neighbours", "unreadable"]
    assert (result["model"], result["metric"]) == ("squeezenet1_1", "euclidean")
    assert result["photo"] == str(malamute)
    neighbours = result["neighbours"]
    assert [list(each) for each in neighbours] == 3 * [["picture", "label", "distance"]]
    assert [each["label"] for each in neighbours] == ["wolves", "wolves", "shoes"]
    assert neighbours[2]["picture"] == f"shoes/{SHOES[0]}.JPEG"
    distances = [each["distance"] for each in neighbours]
    assert distances == sorted(distances)
    (broken,) = result["unreadable"]
    assert broken["picture"] == "wolves/broken.jpg"
    assert broken["error"].endswith(".")


def test_a_zip_is_as_good_as_a_folder(run, weights, animals, tmp_path):
    path = tmp_path / "animals.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(animals.rglob("*.*")):
            archive.write(file, file.relative_to(animals))
    options = (*MODEL, "--weights", weights, "--metric", "cosine", "--count", 2, "--json")
    _, of_folder, _ = run("neighbours", SAMPLES / "cat.jpg", "--among", animals, *options)
    code, of_zip, _ = run("neighbours", SAMPLES / "cat.jpg", "--among", path, *options)
    assert code == 0
    assert json.loads(of_zip) == json.loads(of_folder)
    assert len(json.loads(of_zip)["neighbours"]) == 2
    assert 0 < json.loads(of_zip)["neighbours"][0]["distance"] < 2


def test_as_text_and_without_the_photo_itself(run, weights):
    code, out, _ = run("neighbours", SAMPLES / "cat.jpg", "--among", SAMPLES, *MODEL)
    assert code == 0
    title, *lines = out.splitlines()
    assert title.endswith("cat.jpg: euclidean distance")
    assert len(lines) == 6
    assert "cat.jpg" not in "".join(lines)


def test_of_many_images_an_even_sample_is_searched_and_said(run, weights, animals):
    photo = SAMPLES / "cat.jpg"
    (animals / "wolves" / "broken.jpg").unlink()
    options = ("--among", animals, *MODEL, "--most", 2, "--json")
    code, out, err = run("neighbours", photo, *options)
    assert code == 0
    assert err == "2 of 3 images are searched.\n"
    assert {each["label"] for each in json.loads(out)["neighbours"]} == {"wolves", "shoes"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--among", "nowhere"), "no folder at 'nowhere'"),
        (("--among", ROOT / "README.md"), "no zip, or damaged"),
        (("--among", ROOT / "docs" / ".." / "pages"), "no images in"),
        (("--among", SAMPLES, "--count", 0), "count must be at least 1"),
        (("--among", SAMPLES, "--most", -1), "most must be at least 1"),
        (("--among", SAMPLES, "--metric", "manhattan"), "invalid choice: 'manhattan'"),
        (("--among", SAMPLES, "--weights", "missing.pth"), "missing.pth"),
        (("--among", SAMPLES, "--model", "resnet19"), "resnet19 is no variant"),
        (("--among", SAMPLES, "--model", "resnet18"), "python -m cnnviz fetch resnet18"),
        ((), "required: --among"),
    ],
)
def test_bad_input_is_one_sentence(refused, weights, options, words):
    assert words in refused("neighbours", SAMPLES / "cat.jpg", *MODEL, *options)


def test_a_photo_that_cannot_be_opened_is_one_sentence(refused, weights, tmp_path):
    wrong = tmp_path / "essay.jpg"
    wrong.write_text("This is no photo.")
    assert "damaged or is not a JPEG" in refused("neighbours", wrong, "--among", SAMPLES, *MODEL)
