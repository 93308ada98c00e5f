import hashlib
import os
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cnnviz.weights.download import DownloadError, download, file_sha256, one_at_a_time

CONTENT = random.Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "weights.pth"


def files_beside(path):
    return sorted(p.name for p in path.parent.iterdir()) if path.parent.exists() else []


def start(request):
    request.send_response(200)
    request.send_header("Content-Length", str(len(CONTENT)))
    request.end_headers()


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


def silent(server):
    return lambda request: server.closing.wait(10)


def stalling(server):
    def answer(request):
        start(request)
        request.wfile.write(CONTENT[:1000])
        server.closing.wait(10)

    return answer


def dripping(server):
    """Never silent for long, and never done."""

    def answer(request):
        start(request)
        while not server.closing.wait(0.05):
            request.wfile.write(b"x")

    return answer


def redirecting(server):
    def answer(request):
        request.send_response(302)
        request.send_header("Location", request.path)
        request.end_headers()

    return answer


def chunked_and_cut_off(server):
    def answer(request):
        request.protocol_version = "HTTP/1.1"
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"1000\r\nonly this")
        request.close_connection = True

    return answer


def speaking_no_http(server):
    return lambda request: request.wfile.write(b"220 mail.example.org ready\r\n")


FAILURES = {
    "missing": (lambda s: lambda r: r.send_error(404), "127.0.0.1 answered 404 Not Found"),
    "broken": (lambda s: lambda r: r.send_error(500), "127.0.0.1 answered 500 Internal Server"),
    "circular": (redirecting, "127.0.0.1 answered 302 The HTTP server returned a redirect"),
    "silent": (silent, "127.0.0.1 did not answer for 0.3 s"),
    "stalling": (stalling, "127.0.0.1 did not answer for 0.3 s"),
    "dripping": (dripping, "127.0.0.1 sends less than 1024 bytes a second"),
    "chunked": (chunked_and_cut_off, "the connection to 127.0.0.1 failed"),
    "no-http": (speaking_no_http, "the connection to 127.0.0.1 failed (220 mail"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_server_is_named_in_time_and_leaves_nothing(server, path, name):
    failure, clause = FAILURES[name]
    url, began = server.answer(name, failure(server)), time.monotonic()
    with pytest.raises(DownloadError) as caught:
        download(url, path, SHA256, timeout=0.3)
    assert clause in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - began < 3
    assert files_beside(path) == []


def test_a_cut_off_file_is_told_from_a_whole_one(server, path):
    url = server.serve("short", CONTENT[:1000], announced=len(CONTENT))
    with pytest.raises(DownloadError, match=r"127.0.0.1 broke off after 1000 of 300000 bytes"):
        download(url, path)
    assert files_beside(path) == []


def test_another_content_is_refused(server, path):
    url = server.serve("login", b"<html>Please log in</html>")
    with pytest.raises(DownloadError, match=f"something else .* does not begin with {SHA256[:8]}"):
        download(url, path, SHA256[:8])
    assert files_beside(path) == []


def test_a_closed_port_is_named(path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/weights.pth"
        with pytest.raises(DownloadError, match=r"connection to 127.0.0.1 failed \(Connection re"):
            download(url, path)
    assert files_beside(path) == []


def test_no_name_service_is_named(path, monkeypatch):
    def offline(*args, **kwargs):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    monkeypatch.setenv("no_proxy", "*")
    clause = r"connection to weights.example failed \(Temporary failure in name resolution\)"
    with pytest.raises(DownloadError, match=clause):
        download("http://weights.example/weights.pth", path)


@pytest.mark.parametrize("reason", [RuntimeError, OSError, KeyboardInterrupt])
@pytest.mark.parametrize("after", [0, 1000, len(CONTENT)])
def test_a_cancelled_download_leaves_nothing(server, path, reason, after):
    def answer(request):
        start(request)
        request.wfile.write(CONTENT[:1000])
        time.sleep(0.15)
        request.wfile.write(CONTENT[1000:2000])
        time.sleep(0.15)
        request.wfile.write(CONTENT[2000:])

    def cancel(received, total):
        if received >= after:
            raise reason("The visitor has left.")

    with pytest.raises(reason, match="The visitor has left"):
        download(server.answer("cancelled", answer), path, SHA256, cancel)
    assert files_beside(path) == []


def test_a_failed_download_leaves_the_older_file(server, path):
    path.parent.mkdir()
    path.write_bytes(b"older")
    with pytest.raises(DownloadError):
        download(server.serve("other", b"other"), path, SHA256)
    assert path.read_bytes() == b"older"
    assert files_beside(path) == ["weights.pth"]


def test_a_full_disk_is_named_and_left_as_it_was(server, path):
    resource = pytest.importorskip("resource", reason="no limits on file sizes on this system")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(DownloadError, match=r"folder cannot be written to \(File too large\)"):
            download(server.serve("good", CONTENT), path, SHA256)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files_beside(path) == []


def test_a_folder_that_cannot_be_made_is_named(server, tmp_path):
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(DownloadError, match=r"folder cannot be written to \(File exists\)"):
        download(server.serve("good", CONTENT), tmp_path / "folder" / "weights.pth")


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
