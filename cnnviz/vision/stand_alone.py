"""A trained network as one stand-alone file: its code, its weights' loader, its preprocessing."""

from cnnviz.analysis.source import Code, network_code
from cnnviz.analysis.source.definitions import Cut, Import
from cnnviz.architectures import NetworkSpec
from cnnviz.images import opening
from cnnviz.images import preprocessing as preparing
from cnnviz.vision.prediction import preprocessing

WEIGHTS = "best.safetensors"
IMPORTS = {
    Import("pathlib", "Path"),
    Import("torch", ""),
    Import("PIL", "Image"),
    Import("safetensors.torch", "load_file"),
}
LOADING = '''

# How cnnviz opens and prepares a photo.


{definitions}


# What it was trained on: {title}.
CLASSES = {classes!r}
# Mean and standard deviation of the training pixels in [0, 1], a channel.
PREPROCESSING = {preprocessing!r}


def trained(weights: str | Path = "{weights}") -> nn.Module:
    """The network with the weights that the run has learned, in eval mode."""
    network = build()
    network.load_state_dict(load_file(weights))
    return network


def prepared(image: Image.Image) -> torch.Tensor:
    """An image of any kind as the network wants it: float32 (1, {channels}, {side}, {side})."""
    seen = {seen}
    return {tensor}


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
    """A trained network as a Python file that needs torch, safetensors, Pillow and numpy.

    Imported it offers ``trained()``, ``prepared(image)`` and ``CLASSES``; run as a script it
    says what is on an image. Images are opened and prepared by this package's own functions, which
    are cut out as the network's are.

    Args:
        spec: Of a network that a run has trained.

    Raises:
        ValueError: The network was not trained by a run.
    """
    seen = spec.trained_on
    if seen is None:
        raise ValueError("spec must be of a network that a run has trained; received another.")
    code = network_code(spec, seen.resolution)
    cut = Cut(spec.config)
    cut.follow("upright_rgb", opening.__name__)
    cut.follow("preprocess", preparing.__name__)
    homes = (opening.__name__, preparing.__name__)
    definitions = "\n\n\n".join(text for home in homes for _, text in cut.taken(home))
    is_grey, side = spec.in_channels == 1, preprocessing(spec).crop
    loading = LOADING.format(
        definitions=definitions,
        title=seen.title,
        classes=seen.classes,
        preprocessing=preprocessing(spec),
        weights=WEIGHTS,
        channels=spec.in_channels,
        side=side,
        seen='upright_rgb(image).convert("L").convert("RGB")' if is_grey else "upright_rgb(image)",
        tensor="preprocess(seen, PREPROCESSING)" + ".mean(dim=1, keepdim=True)" * is_grey,
    )
    header = code.header.replace("needs only PyTorch", "needs torch, safetensors, Pillow, numpy")
    header = header.replace("Its weights are random", "Without trained() its weights are random")
    return f"{Code(header, code.imports | cut.imports | IMPORTS, code.definitions)}{loading}"
