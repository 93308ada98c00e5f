"""A trained network as one stand-alone file: its code, its weights' loader, its preprocessing."""

from cnnviz.analysis.source import Code, network_code
from cnnviz.analysis.source.definitions import Import
from cnnviz.architectures import NetworkSpec

WEIGHTS = "best.safetensors"
IMPORTS = {
    Import("pathlib", "Path"),
    Import("torch", ""),
    Import("PIL", "Image"),
    Import("safetensors.torch", "load_file"),
}
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


def prepared(image: Image.Image) -> torch.Tensor:
    """An image as the network saw those of its training: float32 (1, {channels}, SIDE, SIDE)."""
    square = image.convert("{mode}").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    pixels = torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8)
    pixels = pixels.view(1, SIDE, SIDE, {channels}).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (MEAN, STD))
    return (pixels - mean) / std


if __name__ == "__main__":
    import sys

    if len(sys.argv) != 2:
        raise SystemExit("Give an image, with {weights} in this folder.")
    with torch.inference_mode():
        answer = trained()(prepared(Image.open(sys.argv[1])))[0].softmax(dim=0)
    for value, index in zip(*answer.topk(min(5, len(CLASSES)))):
        print(f"{{value:7.2%}}  {{CLASSES[index]}}")
'''


def loading_code(spec: NetworkSpec) -> str:
    """A Python file that needs torch, safetensors and Pillow, and gives the trained network.

    Imported it offers ``trained()``, ``prepared(image)`` and ``CLASSES``; run as a script it
    says what is on an image.

    Args:
        spec: Of a network that a run has trained.

    Raises:
        ValueError: The network was not trained by a run.
    """
    seen = spec.trained_on
    if seen is None:
        raise ValueError("spec must be of a network that a run has trained; received another.")
    code = network_code(spec, seen.resolution)
    header = code.header.replace(
        "Its weights are random", "Without trained() its weights are random"
    )
    channels = spec.in_channels
    loading = LOADING.format(
        title=seen.title,
        classes=seen.classes,
        side=seen.resolution,
        mean=seen.mean[:channels],
        std=seen.std[:channels],
        weights=WEIGHTS,
        channels=channels,
        mode="L" if channels == 1 else "RGB",
    )
    return f"{Code(header, code.imports | IMPORTS, code.definitions)}{loading}"
