"""The page of neighbours: samples, zips and data sets on disk, good photos and bad ones."""

import io
import shutil
import time
import zipfile
from functools import partial

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.apps import checked, open_page

SMALL = {"variant": "resnet32_cifar"}  # a network that is quick


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    folder = tmp_path / "weights"
    folder.mkdir()
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(folder))
    monkeypatch.delenv("CNNVIZ_DATA", raising=False)
    return folder


open_neighbours = partial(open_page, "neighbours")


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.subheader]


def strips(app: AppTest) -> list[str]:
    """The HTML of the rows of pictures."""
    return [html.proto.body for html in app.get("html") if 'class="tiles"' in html.proto.body]


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption))


def start(app: AppTest, name: str) -> AppTest:
    """Ask for a task and wait for its end."""
    app.button(key=f"start_{name}").click()
    checked(app)
    deadline = time.monotonic() + 60
    while any(button.key == f"stop_{name}" for button in app.button):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        checked(app)
    return app


def picture(shade: int) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(shade).integers(shade, shade + 40, (32, 32, 3))
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def class_folders(each: int = 10) -> bytes:
    shades = {"dark": 0, "grey": 100, "light": 200}
    return zipped({f"{c}/{i}.png": picture(s + i) for c, s in shades.items() for i in range(each)})


def test_it_opens_with_the_sample_photos_and_without_the_photo_itself(test_data, no_weights):
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", no_weights)
    app = open_neighbours()
    assert app.selectbox(key="variant").value == "squeezenet1_1"
    assert not app.warning
    assert headings(app) == ["Nearest by Euclidean distance", "Map of all images"]
    (strip,) = strips(app)
    assert strip.count("<figure") == 7
    assert strip.count('alt="Chelsea the cat"') == 1
    assert "512 numbers that head.conv, the last layer with weights, reads" in said(app)
    assert "over 13 x 13 positions" in said(app)
    assert "all 11 images were compared" in said(app)


def test_random_weights_are_labelled_as_random():
    app = open_neighbours(**SMALL)
    assert "Random weights: this network is untrained" in app.warning[0].value
    assert len(strips(app)) == 1


def test_both_distances_side_by_side():
    app = open_neighbours(**SMALL, metric="both", neighbours="3")
    assert headings(app)[:2] == ["Nearest by Euclidean distance", "Nearest by cosine distance"]
    assert [strip.count("<figure") for strip in strips(app)] == [4, 4]
    assert "of 3 neighbours in common" in said(app)


@pytest.mark.parametrize("variant", ["mlp", "nin_cifar", "lenet5"])
def test_networks_of_every_kind(variant):
    app = open_neighbours(variant=variant)
    assert not app.error
    assert len(strips(app)) == 1


@pytest.mark.parametrize(
    "query",
    [{"metric": "manhattan"}, {"neighbours": "5"}, {"among": "internet"}, {"map": "umap"}],
)
def test_a_bad_url_falls_back(query):
    app = open_neighbours(**SMALL, **query)
    assert not app.error
    assert strips(app)[0].count("<figure") == 7


def test_without_weights_it_says_what_to_do():
    app = open_neighbours(variant="squeezenet1_1")
    assert any("not on this machine yet" in info.value for info in app.info)
    assert not strips(app)


def test_a_damaged_file_of_weights_is_one_sentence(no_weights):
    (no_weights / "squeezenet1_1.pth").write_bytes(b"damaged")
    app = open_neighbours(variant="squeezenet1_1")
    assert len(app.error) == 1
    assert "squeezenet1_1.pth" in app.error[0].value


def test_t_sne_is_computed_on_demand():
    app = open_neighbours(**SMALL, map="t-SNE")
    assert "van der Maaten" not in said(app)
    start(app, "t_sne")
    assert "van der Maaten" in said(app)


def test_a_zip_of_class_folders():
    app = open_neighbours(**SMALL, among="zip")
    assert any("Upload a zip of images" in info.value for info in app.info)
    app.file_uploader(key="zip").upload("shades.zip", class_folders())
    checked(app)
    assert app.button(key="start_embedding").label == "Compare with 30 images"
    start(app, "embedding")
    assert not app.error
    assert "all 30 images were compared" in said(app)
    assert "nearest are of" in said(app)
    legends = " ".join(html.proto.body for html in app.get("html"))
    assert all(f"</span>{name}</span>" in legends for name in ("dark", "grey", "light"))


def test_a_large_zip_is_sampled_and_says_so():
    app = open_neighbours(**SMALL, among="zip")
    app.file_uploader(key="zip").upload("shades.zip", class_folders(40))
    checked(app)
    app.selectbox(key="most").select(100)
    checked(app)
    start(app, "embedding")
    assert "100 of 120 images were compared, as many of each class" in said(app)


def test_names_in_a_zip_mean_nothing_but_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ("../**a**.png", "<script>alert(1)</script>/b.png", "[x](http://x)/c.png")
    files = {name: picture(60 * i) for i, name in enumerate(names)}
    app = open_neighbours(**SMALL, among="zip")
    app.file_uploader(key="zip").upload("odd.zip", zipped({**files, "bad/[y](z).png": b"no"}))
    checked(app)
    assert not app.error
    assert "<script>" not in strips(app)[0]
    assert "&lt;script&gt;" not in strips(app)[0]  # the path's last folder is script>
    assert r"bad/\[y\]\(z\)\.png" in said(app)
    assert [path.name for path in tmp_path.iterdir()] == ["weights"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "no zip, or damaged"),
        (class_folders()[:-100], "no zip, or damaged"),
        (zipped({"a.txt": b"words"}), "holds no JPEG"),
        (zipped({"a.zip": class_folders()}), "another zip"),
        (zipped({"a.png": b"no picture"}), "None of the 1 images can be opened"),
    ],
)
def test_a_zip_of_no_use_is_one_sentence_and_a_good_one_follows(content, words):
    app = open_neighbours(**SMALL, among="zip")
    app.file_uploader(key="zip").upload("bad.zip", content)
    checked(app)
    assert len(app.error) == 1
    assert words in app.error[0].value
    assert not strips(app)
    app.file_uploader(key="zip").set_value(("good.zip", class_folders(4), "application/zip"))
    checked(app)
    assert not app.error
    assert len(strips(app)) == 1


def test_a_data_set_on_disk(tmp_path, monkeypatch):
    app = open_neighbours(**SMALL, among="disk")
    assert any("CNNVIZ_DATA names no folder" in info.value for info in app.info)
    data = tmp_path / "data"
    (data / "shades").mkdir(parents=True)
    monkeypatch.setenv("CNNVIZ_DATA", str(data))
    app = open_neighbours(**SMALL, among="disk")
    assert any("contains no folder of images" in info.value for info in app.info)
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "other"))
    with zipfile.ZipFile(io.BytesIO(class_folders(5))) as archive:
        archive.extractall(tmp_path / "other" / "shades")
    (tmp_path / "other" / "bad.zip").write_bytes(b"no zip")
    app = open_neighbours(**SMALL, among="disk", data_set="shades")
    assert not app.error
    assert "Of “shades” all 15 images were compared" in said(app)
    app.selectbox(key="data_set").select("bad.zip")
    checked(app)
    assert "no zip, or damaged" in app.error[0].value


def test_odd_pictures_get_an_answer_or_one_sentence(nasty, upload_each):
    app = open_neighbours(**SMALL, photo="upload")
    assert any("Choose a sample photo" in info.value for info in app.info)
    files, opening = nasty
    answered = upload_each(app, files, lambda a: [s.count("<figure") for s in strips(a)] == [7])
    assert answered == opening


def test_every_nasty_photo_in_one_zip_and_the_next_visitor_notices_nothing(test_data):
    files = {path.name: path.read_bytes() for path in sorted((test_data / "nasty").iterdir())}
    before = strips(open_neighbours(**SMALL))
    app = open_neighbours(**SMALL, among="zip")
    app.file_uploader(key="zip").upload("nasty.zip", zipped(files))
    checked(app)
    start(app, "embedding")
    assert not app.error
    assert strips(app)[0].count("<figure") == 7
    (skipped,) = app.expander
    assert "images could not be opened" in skipped.label
    sentences = [element.value for element in skipped.markdown]
    assert 5 < len(sentences) < 30
    assert all(": " in sentence and sentence.endswith(r"\.") for sentence in sentences)
    assert strips(open_neighbours(**SMALL)) == before
