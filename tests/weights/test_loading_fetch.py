"""Fetching torchvision's file of a variant: once, checked, by one thread at a time."""

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cnnviz.weights.loading import fetch
from cnnviz.weights.sources import sources
from cnnviz.weights.state_dict import WeightsError
from tests.weights.served import damage


def test_fetch_downloads_once(published, server):
    reports = []
    assert fetch("resnet18", lambda *report: reports.append(report)) == published.path
    assert published.path.read_bytes() == published.content
    assert reports[-1] == (len(published.content), len(published.content))
    assert fetch("resnet18", lambda *report: reports.append("again")) == published.path
    assert len(server.requests) == 1
    assert "again" not in reports
    assert [source.kind for source in sources("resnet18")] == ["file", "random"]


def test_a_damaged_file_is_named_removed_and_fetched_again(published, server, caplog):
    damage(published.path)
    with caplog.at_level(logging.WARNING):
        fetch("resnet18")
    assert published.path.read_bytes() == published.content
    assert server.requests == [f"/{published.name}"]
    assert str(published.path) in caplog.text
    assert "is removed and fetched again: its SHA-256 does not begin with" in caplog.text


def test_a_file_damaged_later_is_noticed(published, server):
    fetch("resnet18")
    published.path.write_bytes(published.content[:-1])
    fetch("resnet18")
    assert published.path.read_bytes() == published.content
    assert len(server.requests) == 2


def test_threads_that_want_one_file_wait_for_one_download(published, server):
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(fetch, ["resnet18"] * 4))
    assert results == [published.path] * 4
    assert published.path.read_bytes() == published.content
    assert len(server.requests) == 1
    assert list(published.path.parent.iterdir()) == [published.path]


def test_after_a_cancelled_download_the_next_in_line_fetches(published, server):
    def slowly(request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(published.content)))
        request.end_headers()
        request.wfile.write(published.content[:1000])
        time.sleep(0.3)
        request.wfile.write(published.content[1000:])

    def cancel(received, total):
        if received:
            raise KeyboardInterrupt

    server.answer(published.name, slowly)
    with ThreadPoolExecutor(2) as pool:
        cancelled = pool.submit(fetch, "resnet18", cancel)
        while not server.requests:
            time.sleep(0.01)
        assert pool.submit(fetch, "resnet18").result(10) == published.path
        assert isinstance(cancelled.exception(), KeyboardInterrupt)
    assert len(server.requests) == 2
    assert list(published.path.parent.iterdir()) == [published.path]


def test_a_failed_download_says_what_to_do(published, server, folder):
    server.answer(published.name, lambda request: request.send_error(404))
    with pytest.raises(WeightsError) as caught:
        fetch("resnet18")
    assert str(caught.value) == (
        f"{published.name} could not be fetched because 127.0.0.1 answered 404 Not Found; "
        f"put the file into {folder} or choose other weights."
    )


def test_without_internet_the_sentence_names_the_host(folder, monkeypatch):
    def offline(*args, **kwargs):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    monkeypatch.setenv("no_proxy", "*")
    clause = "because the connection to download.pytorch.org failed .Temporary failure in name"
    with pytest.raises(WeightsError, match=rf"resnet18-f37072fd.pth could not be fetched {clause}"):
        fetch("resnet18")


def test_a_stalling_server_is_given_up(published, server):
    server.answer(published.name, lambda request: server.closing.wait(10))
    began = time.monotonic()
    with pytest.raises(WeightsError, match=r"127.0.0.1 did not answer for 0.2 s; put the file"):
        fetch("resnet18", timeout=0.2)
    assert time.monotonic() - began < 3


def test_what_lies_there_and_is_no_file_is_named(published):
    published.path.mkdir(parents=True)
    with pytest.raises(WeightsError, match=r"cannot be read \(Is a directory\)"):
        fetch("resnet18")


def test_fetch_names_an_unknown_variant():
    with pytest.raises(KeyError, match="resnet51 is no variant; known are"):
        fetch("resnet51")


def test_fetch_needs_torchvisions_weights():
    with pytest.raises(WeightsError, match="torchvision has no weights for resnet20_cifar; choose"):
        fetch("resnet20_cifar")
