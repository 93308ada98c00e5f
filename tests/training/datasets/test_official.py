"""Downloads from a server on this machine, with the official files of MNIST's family."""

import gzip
import hashlib
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from torchvision import datasets as theirs

from cnnviz.progress import ignore_progress
from cnnviz.training.datasets import load
from cnnviz.training.datasets.base import DataError
from cnnviz.training.datasets.official import OfficialFile, official

FILE = "data.bin"
CONTENT = bytes(range(256)) * 500
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.delenv("CNNVIZ_DATA", raising=False)
    monkeypatch.setenv("CNNVIZ_DATA_CACHE", str(folder))
    return folder


def visible(folder):
    return sorted(path.name for path in folder.glob("*") if not path.name.startswith("."))


@pytest.fixture
def fashion(web, test_data, monkeypatch):
    """torchvision's address of Fashion-MNIST is this machine's server."""
    for path in (test_data / "torchvision" / "FashionMNIST" / "raw").iterdir():
        web.serve(f"fashion/{path.name}", path.read_bytes())
    monkeypatch.setattr(theirs.FashionMNIST, "mirrors", [f"{web.url}/fashion/"])
    return web


def test_fashion_mnist_is_downloaded_once_and_kept(fashion, cache):
    told = []
    data = load("fashion_mnist", progress=told.append)
    assert (len(data.train), len(data.test)) == (60_000, 10_000)
    assert told == sorted(told)
    assert len(told) > 8
    assert len(fashion.requests) == 4
    load("fashion_mnist")
    assert len(fashion.requests) == 4
    assert len(visible(cache / "FashionMNIST" / "raw")) == 4


def test_the_second_mirror_is_asked_where_the_first_has_nothing(fashion, monkeypatch):
    fashion.answers["/none/train-images-idx3-ubyte.gz"] = lambda request: request.send_error(503)
    mirrors = [f"{fashion.url}/none/", f"{fashion.url}/fashion/"]
    monkeypatch.setattr(theirs.FashionMNIST, "mirrors", mirrors)
    for name, _ in theirs.FashionMNIST.resources:
        fashion.answers[f"/none/{name}"] = lambda request: request.send_error(503)
    assert len(load("fashion_mnist").test) == 10_000


FAILURES = {
    "wrong content": (lambda web: web.serve(FILE, b"<html>log in</html>"), "sent something else"),
    "cut off": (lambda web: web.serve(FILE, CONTENT[:1000], len(CONTENT)), "broke off after 1000"),
    "refused": (
        lambda web: web.answer(FILE, lambda request: request.send_error(403)),
        "answered 403",
    ),
    "nobody there": (lambda web: "http://127.0.0.1:9/data.bin", "connection to 127.0.0.1 failed"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_is_one_sentence_that_says_what_to_do(case, web, cache):
    address, reason = FAILURES[case]
    with pytest.raises(DataError, match=reason) as caught:
        official(OfficialFile(FILE, (address(web),), MD5), "Data", ignore_progress)
    assert str(caught.value).endswith(f"or put {FILE} into {cache}.")
    assert visible(cache) == []


def test_a_folder_that_cannot_be_written_to_is_named(web, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNVIZ_DATA_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="cannot be written to"):
        official(OfficialFile(FILE, (web.serve(FILE, CONTENT),), MD5), "Data", ignore_progress)


def test_what_progress_raises_ends_the_download_and_leaves_nothing(web, cache):
    def end(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        official(OfficialFile(FILE, (web.serve(FILE, CONTENT),), MD5), "Data", end)
    assert visible(cache) == []


def test_threads_wait_for_one_download(web, cache):
    address = web.serve(FILE, CONTENT)
    file = OfficialFile(FILE, (address,), MD5)
    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(lambda _: official(file, "Data", ignore_progress), range(8)))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert len(web.requests) == 1


def _fetched(file):
    return official(file, "Data", ignore_progress).read_bytes()


def test_processes_wait_for_one_download(web, cache):
    asked = threading.Event()

    def slow(request):
        asked.wait(0.5)
        request.send_response(200)
        request.send_header("Content-Length", str(len(CONTENT)))
        request.end_headers()
        request.wfile.write(CONTENT)

    file = OfficialFile(FILE, (web.answer(FILE, slow),), MD5)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_fetched, [file, file]) == [CONTENT, CONTENT]
    assert len(web.requests) == 1


def test_a_damaged_file_in_the_teachers_folder_is_named(tmp_path, monkeypatch):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    for name, _ in theirs.MNIST.resources:
        (raw / name).write_bytes(gzip.compress(b"other"))
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte.gz is damaged or not the offic"):
        load("mnist")
    for name, _ in theirs.MNIST.resources:
        (raw / name.removesuffix(".gz")).write_bytes(b"\0\0\x08\x03short")
    with pytest.raises(DataError, match="files of MNIST are damaged or incomplete"):
        load("mnist")
