"""What the servers of the download tests send, and what then lies there."""

import hashlib
import io
import random

import torch

CONTENT = random.Random(0).randbytes(300_000)

SHA256 = hashlib.sha256(CONTENT).hexdigest()


def files_beside(path):
    return sorted(p.name for p in path.parent.iterdir()) if path.parent.exists() else []


def start(request):
    request.send_response(200)
    request.send_header("Content-Length", str(len(CONTENT)))
    request.end_headers()


def content_of(network):
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    return buffer.getvalue()


def damage(path):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x" * 1_250_000)
