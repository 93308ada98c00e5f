"""The file that loads a run's weights: alone, it gives the network's logits."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from cnnviz.analysis.source.loading import loading_code
from cnnviz.architectures import build, specify
from cnnviz.architectures.base import TrainedOn

ALONE = """
import importlib, os, sys
import numpy, torch
from PIL import Image
sys.path.insert(0, ".")
for folder in sys.argv[1:]:
    os.chdir(folder)
    sys.modules.pop("loaded", None)
    importlib.invalidate_caches()
    loaded = importlib.import_module("loaded")
    image = Image.fromarray(numpy.load("image.npy"))
    with torch.inference_mode():
        numpy.save("logits.npy", loaded.trained()(loaded.prepared(image)).numpy())
assert "cnnviz" not in sys.modules
"""


def written(folder, name, channels):
    """Write the file, its weights and an image into a folder; give the logits they must give."""
    folder.mkdir()
    sight = TrainedOn("Noise", tuple("abcdefghij"), 32, (0.3, 0.4, 0.5), (0.2, 0.3, 0.4))
    spec = replace(specify(name), trained_on=sight)
    network = build(spec).eval()
    save_file(network.state_dict(), folder / "best.safetensors")
    (folder / "loaded.py").write_text(loading_code(spec))
    shape = (32, 32) if channels == 1 else (32, 32, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.save(folder / "image.npy", pixels)
    mean, std = (torch.tensor(v[:channels]).view(1, -1, 1, 1) for v in (sight.mean, sight.std))
    image = torch.from_numpy(pixels).view(1, 32, 32, channels).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        return network((image - mean) / std).numpy()


def test_alone_it_gives_the_same_logits(tmp_path):
    grey, colour = tmp_path / "grey", tmp_path / "colour"
    expected = {grey: written(grey, "lenet5_full", 1), colour: written(colour, "resnet20_cifar", 3)}
    subprocess.run([sys.executable, "-I", "-c", ALONE, *expected], cwd=tmp_path, check=True)
    for folder, logits in expected.items():
        np.testing.assert_allclose(np.load(folder / "logits.npy"), logits, atol=1e-4)


def test_an_untrained_network_is_refused():
    with pytest.raises(ValueError, match="a run has trained"):
        loading_code(specify("lenet5_full"))
