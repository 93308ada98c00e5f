import hashlib
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cnnviz.weights.download import download, file_sha256, one_at_a_time
from tests.weights.served import CONTENT, SHA256, files_beside, start


def test_a_file_arrives_whole_and_alone(server, path):
    reports = []
    url = server.serve("good", CONTENT)
    download(url, path, SHA256[:8], lambda *report: reports.append(report))
    assert path.read_bytes() == CONTENT
    assert files_beside(path) == ["weights.pth"]
    assert reports[0] == (0, len(CONTENT))
    assert reports[-1] == (len(CONTENT), len(CONTENT))


def test_progress_only_grows_and_is_told_at_most_ten_times_a_second(server, path):
    def slow(request):
        start(request)
        for first in range(0, len(CONTENT), 10_000):
            request.wfile.write(CONTENT[first : first + 10_000])
            time.sleep(0.02)

    reports, began = [], time.monotonic()
    download(server.answer("slow", slow), path, SHA256, lambda *report: reports.append(report))
    received = [number for number, _ in reports]
    assert received == sorted(set(received))
    assert received[-1] == len(CONTENT)
    assert {total for _, total in reports} == {len(CONTENT)}
    assert 4 <= len(reports) <= 3 + 10 * (time.monotonic() - began)


def test_no_progress_is_told_twice(server, path, monkeypatch):
    monkeypatch.setattr("cnnviz.weights.download.REPORT_EVERY", 0)
    received = []
    download(server.serve("good", CONTENT), path, "", lambda number, total: received.append(number))
    assert len(received) > 2
    assert received == sorted(set(received))


def test_a_server_may_keep_the_length_to_itself(server, path):
    def unannounced(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(CONTENT)

    reports = []
    url = server.answer("unannounced", unannounced)
    download(url, path, SHA256, lambda *report: reports.append(report))
    assert path.read_bytes() == CONTENT
    assert reports[0] == (0, None)
    assert reports[-1] == (len(CONTENT), None)


def test_a_redirect_is_followed(server, path):
    server.serve("good", CONTENT)

    def elsewhere(request):
        request.send_response(302)
        request.send_header("Location", "/good")
        request.end_headers()

    download(server.answer("moved", elsewhere), path, SHA256)
    assert path.read_bytes() == CONTENT
    assert server.requests == ["/moved", "/good"]


def test_others_may_read_the_file(server, path):
    download(server.serve("good", CONTENT), path)
    plain = path.with_name("plain")
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode


def test_what_killed_downloads_left_is_removed_and_what_runs_is_not(server, path):
    path.parent.mkdir()
    old, new = "0" * 32, "f" * 32
    names = (f".weights.pth.{old}", f".weights.pth.{new}", f".other.pth.{old}", ".weights.pth.lock")
    for name in names:
        path.with_name(name).touch()
    yesterday = time.time() - 86_400
    for name in (names[0], *names[2:]):
        os.utime(path.with_name(name), (yesterday, yesterday))
    download(server.serve("good", CONTENT), path)
    assert files_beside(path) == sorted(["weights.pth", *names[1:]])


def test_simultaneous_downloads_of_one_file_do_not_mix(server, path):
    together = threading.Barrier(4)

    def answer(request):
        start(request)
        together.wait(5)
        for first in range(0, len(CONTENT), 50_000):
            request.wfile.write(CONTENT[first : first + 50_000])
            time.sleep(random.random() / 100)

    url = server.answer("busy", answer)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: download(url, path, SHA256), range(4)))
    assert path.read_bytes() == CONTENT
    assert len(server.requests) == 4
    assert files_beside(path) == ["weights.pth"]


def test_who_waits_for_a_turn_sees_the_progress_of_the_other(path):
    seen, sees = [], threading.Event()

    def wait_for_turn():
        def progress(received, total):
            seen.append((received, total))
            if received:
                sees.set()

        with one_at_a_time(path, progress):
            pass

    with one_at_a_time(path) as report:
        waiting = threading.Thread(target=wait_for_turn)
        waiting.start()
        report(70, 100)
        assert sees.wait(5)
    waiting.join(5)
    assert not waiting.is_alive()
    assert seen[-1] == (70, 100)


def test_who_waits_for_a_turn_can_leave(path):
    def leave(received, total):
        raise KeyboardInterrupt

    with one_at_a_time(path), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: one_at_a_time(path, leave).__enter__())
        assert isinstance(waiting.exception(5), KeyboardInterrupt)
    with one_at_a_time(path, leave):
        """The turn is free again."""


def test_a_checksum_is_computed_once_for_each_state_of_a_file(tmp_path, monkeypatch):
    path, computed, digest = tmp_path / "file", [], hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *a: computed.append(a) or digest(*a))
    path.write_bytes(CONTENT)
    assert file_sha256(path) == file_sha256(path) == SHA256
    assert len(computed) == 1
    path.write_bytes(CONTENT[:-1])
    assert file_sha256(path) != SHA256
    assert len(computed) == 2
    with pytest.raises(FileNotFoundError):
        file_sha256(tmp_path / "missing")
