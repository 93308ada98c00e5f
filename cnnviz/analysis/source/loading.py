"""A trained network as one stand-alone file: its code, its weights' loader, its preprocessing."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from cnnviz.analysis.source import source
from cnnviz.architectures import NetworkSpec

WEIGHTS = "best.safetensors"
SCRIPT = '\n\nif __name__ == "__main__":'  # where the network's own file ends
STATEMENTS = ("import ", "from ")
IMPORTS = (
    "from pathlib import Path",
    "import torch",
    "from PIL import Image",
    "from safetensors.torch import load_file",
)
LOADING = '''

# What it was trained on: {title}.
CLASSES = {classes!r}
SIDE = {side}  # px
MEAN = {mean!r}  # of the training pixels in [0, 1], a channel
STD = {std!r}


def trained(weights: str | Path = "{weights}") -> nn.Module:
    """The network with the weights that the run has learned, in eval mode."""
    network = build()
    network.load_state_dict(load_file(weights))
    return network


def prepared(picture: Image.Image) -> torch.Tensor:
    """A picture as the network saw those of its training: float32 (1, {channels}, SIDE, SIDE)."""
    square = picture.convert("{mode}").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    pixels = torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8)
    pixels = pixels.view(1, SIDE, SIDE, {channels}).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (MEAN, STD))
    return (pixels - mean) / std


if __name__ == "__main__":
    import sys

    if len(sys.argv) != 2:
        raise SystemExit("Give a picture, with {weights} in this folder.")
    with torch.inference_mode():
        answer = trained()(prepared(Image.open(sys.argv[1])))[0].softmax(dim=0)
    for value, index in zip(*answer.topk(min(5, len(CLASSES)))):
        print(f"{{value:7.2%}}  {{CLASSES[index]}}")
'''


def loading_code(spec: NetworkSpec) -> str:
    """A Python file that needs torch, safetensors and Pillow, and gives the trained network.

    Imported it offers ``trained()``, ``prepared(picture)`` and ``CLASSES``; run as a script it
    says what is on a picture.

    Args:
        spec: Of a network that a run has trained.

    Raises:
        ValueError: The network was not trained by a run.
    """
    seen = spec.trained_on
    if seen is None:
        raise ValueError("spec must be of a network that a run has trained; received another.")
    network = source(spec, seen.resolution).partition(SCRIPT)[0].rstrip()
    network = network.replace("Its weights are random", "Without trained() its weights are random")
    start, future, rest = network.partition("from __future__ import annotations\n")
    lines = rest.strip().splitlines()
    end = next(i for i, line in enumerate(lines) if line and not line.startswith(STATEMENTS))
    body = "\n".join(lines[end:])
    head = f"{start}{future}\n{_sorted_imports(lines[:end])}\n\n\n{body}\n"
    channels = spec.in_channels
    return head + LOADING.format(
        title=seen.title,
        classes=seen.classes,
        side=seen.resolution,
        mean=seen.mean[:channels],
        std=seen.std[:channels],
        weights=WEIGHTS,
        channels=channels,
        mode="L" if channels == 1 else "RGB",
    )


def _sorted_imports(lines: Iterable[str]) -> str:
    """Import statements of the network and of the loading: the standard library, then others."""
    every = dict.fromkeys(line for line in (*lines, *IMPORTS) if line)
    ordered = sorted(every, key=lambda line: (line.startswith("from"), _module(line)))
    sections = [
        [line for line in ordered if _is_standard(line) == is_standard]
        for is_standard in (True, False)
    ]
    return "\n\n".join("\n".join(section) for section in sections)


def _module(line: str) -> str:
    return line.split()[1].lower()


def _is_standard(line: str) -> bool:
    return _module(line).partition(".")[0] in sys.stdlib_module_names
