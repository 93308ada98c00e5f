"""A web server on this machine, for what is downloaded, and the weights folder."""

import dataclasses
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch

from cnnviz.architectures import build
from cnnviz.weights import torchvision_files
from cnnviz.weights.torchvision_files import TorchvisionFile
from tests.weights.served import content_of

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class WebServer:
    """Answers each path as a test says, and remembers what was asked for."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def serve(self, name: str, content: bytes, announced: int | None = None) -> str:
        """The URL of a file; ``announced`` is a Content-Length that is not its own."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            length = len(content) if announced is None else announced
            request.send_header("Content-Length", str(length))
            request.end_headers()
            request.wfile.write(content)

        return self.answer(name, answer)

    def answer(self, name: str, answer: Answer) -> str:
        """The URL under which a request is answered so."""
        self.answers[f"/{name}"] = answer
        return f"{self.url}/{name}"


@pytest.fixture
def server(monkeypatch):
    """A web server that runs as long as the test."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    web = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            web.requests.append(self.path)
            web.answers[self.path](self)

        def log_message(self, *args):
            """Nothing on stderr."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            """A client that leaves early is what many tests are about."""

    with Server(("127.0.0.1", 0), Handler) as running:
        web.url = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield web
        web.closing.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The weights folder, which is not made yet."""
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


@pytest.fixture
def path(tmp_path):
    """Where a download goes; its folder is not made yet."""
    return tmp_path / "folder" / "weights.pth"


@pytest.fixture
def published(server, folder, monkeypatch):
    """A file that torchvision publishes for every variant, small and on this machine."""
    torch.manual_seed(1)
    content = content_of(build("squeezenet1_1"))
    name = f"squeezenet1_1-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    file = TorchvisionFile(server.serve(name, content), len(content))
    monkeypatch.setattr(torchvision_files, "_file_of", lambda model: file)
    return dataclasses.make_dataclass("Published", ["name", "content", "path", "url"])(
        name, content, folder / name, file.url
    )
