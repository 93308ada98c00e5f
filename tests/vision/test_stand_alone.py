"""The file that loads a run's weights: alone, it prepares photos and answers as the pages do."""

import ast
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from cnnviz.analysis.source import network_code
from cnnviz.architectures import ARCHITECTURES, build, specify
from cnnviz.architectures.base import TrainedOn
from cnnviz.images.opening import open_image
from cnnviz.vision.prediction import network_input
from cnnviz.vision.stand_alone import loading_code

ALONE = """
import importlib, pathlib, os, sys
import numpy, torch
from PIL import Image
sys.path.insert(0, ".")
photos = sorted(pathlib.Path("photos").resolve().iterdir())
for folder in sys.argv[1:]:
    os.chdir(folder)
    sys.modules.pop("loaded", None)
    importlib.invalidate_caches()
    loaded = importlib.import_module("loaded")
    for photo in photos:
        with torch.inference_mode():
            image = loaded.prepared(Image.open(photo))
            logits = loaded.trained()(image)
        numpy.savez(photo.name, image=image.numpy(), logits=logits.numpy())
assert "cnnviz" not in sys.modules
"""
NETWORKS = {"grey": "lenet5_full", "colour": "resnet20_cifar"}
SIZES = [(32, 32), (90, 40), (40, 90), (33, 31), (7, 5), (1, 1), (100, 1), (1, 64), (801, 334)]


def noise(width, height, mode="RGB"):
    rng = np.random.default_rng(width * height)
    pixels = rng.integers(0, 256, (height, width, len(mode)), dtype=np.uint8)
    return Image.fromarray(pixels.squeeze(2) if mode == "L" else pixels, mode)


def photos(folder):
    """Write photos of all shapes and of all kinds that people have."""
    for size in SIZES:
        noise(*size).save(folder / f"{size[0]}x{size[1]}.png")
    for mode in ("L", "RGBA", "LA"):
        noise(60, 44, mode).save(folder / f"{mode}.png")
    noise(60, 44).quantize(16).save(folder / "palette.gif", transparency=3)
    noise(60, 44, "CMYK").save(folder / "cmyk.jpg")
    deep = np.random.default_rng(0).integers(0, 2**16, (44, 60), dtype=np.uint16)
    Image.fromarray(deep).save(folder / "deep.png")
    Image.fromarray(deep.astype(np.float32)).save(folder / "float.tif")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        noise(64, 48).save(folder / f"turned{orientation}.jpg", exif=exif)
    noise(3000, 1400).save(folder / "large.jpg")
    noise(2600, 900).save(folder / "large.png", compress_level=1)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """What the files make of all photos: for each network its spec, the network, and a folder."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "photos").mkdir()
    photos(folder / "photos")
    made = {}
    for name, variant in NETWORKS.items():
        sight = TrainedOn("Noise", tuple("abcdefghij"), 32, (0.3, 0.4, 0.5), (0.2, 0.3, 0.4))
        if name == "grey":
            sight = replace(sight, mean=(0.3,) * 3, std=(0.2,) * 3)
        spec = replace(specify(variant), trained_on=sight)
        network = build(spec).eval()
        (folder / name).mkdir()
        save_file(network.state_dict(), folder / name / "best.safetensors")
        (folder / name / "loaded.py").write_text(loading_code(spec))
        made[name] = (network, folder / name)
    command = [sys.executable, "-I", "-c", ALONE, *(path for _, path in made.values())]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "photos", made


@pytest.mark.parametrize("name", NETWORKS)
def test_alone_it_prepares_every_photo_as_the_pages_do(answered, name):
    folder, made = answered
    network, results = made[name]
    files = sorted(folder.iterdir())
    assert len(files) == len(SIZES) + 17
    for photo in files:
        ours = network_input(network.spec, open_image(photo))
        with np.load(results / f"{photo.name}.npz") as alone:
            np.testing.assert_array_equal(alone["image"], ours.numpy(), photo.name)
            with torch.inference_mode():
                expected = network(ours).numpy()
            np.testing.assert_allclose(alone["logits"], expected, atol=1e-4)


def test_its_parts_have_names_of_their_own():
    sight = TrainedOn("Noise", ("a",), 32, (0.5,) * 3, (0.5,) * 3)
    for family in ARCHITECTURES:
        spec = replace(specify(next(iter(family.variants))), trained_on=sight)
        defined = [
            node.name for node in ast.parse(loading_code(spec)).body if hasattr(node, "name")
        ]
        assert len(defined) == len(set(defined)), family.name
        assert str(network_code(spec)).count("upright_rgb") == 0


def test_an_untrained_network_is_refused():
    with pytest.raises(ValueError, match="a run has trained"):
        loading_code(specify("lenet5_full"))
