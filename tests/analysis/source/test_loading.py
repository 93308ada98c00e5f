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
import sys
sys.path.insert(0, ".")
import numpy, torch, loaded
from PIL import Image
picture = Image.fromarray(numpy.load("picture.npy"))
assert "cnnviz" not in sys.modules
with torch.inference_mode():
    numpy.save("logits.npy", loaded.trained()(loaded.prepared(picture)).numpy())
"""


@pytest.mark.parametrize(("name", "channels"), [("lenet5_full", 1), ("resnet20_cifar", 3)])
def test_alone_it_gives_the_same_logits(tmp_path, name, channels):
    sight = TrainedOn("Noise", tuple("abcdefghij"), 32, (0.3, 0.4, 0.5), (0.2, 0.3, 0.4))
    spec = replace(specify(name), trained_on=sight)
    network = build(spec).eval()
    save_file(network.state_dict(), tmp_path / "best.safetensors")
    (tmp_path / "loaded.py").write_text(loading_code(spec))
    shape = (32, 32) if channels == 1 else (32, 32, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.save(tmp_path / "picture.npy", pixels)
    subprocess.run([sys.executable, "-I", "-c", ALONE], cwd=tmp_path, check=True)
    mean, std = (torch.tensor(v[:channels]).view(1, -1, 1, 1) for v in (sight.mean, sight.std))
    image = torch.from_numpy(pixels).view(1, 32, 32, channels).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        expected = network((image - mean) / std).numpy()
    np.testing.assert_allclose(np.load(tmp_path / "logits.npy"), expected, atol=1e-4)


def test_an_untrained_network_is_refused():
    with pytest.raises(ValueError, match="a run has trained"):
        loading_code(specify("lenet5_full"))
