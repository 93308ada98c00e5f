"""Downloads that fail: each is named in one clause, and leaves what was there."""

import socket
import time

import pytest

from cnnviz.weights.download import DownloadError, download
from tests.weights.served import CONTENT, SHA256, files_beside, start


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
