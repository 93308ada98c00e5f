import math

import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import get_model

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.summary import summary
from cnnviz.architectures import build, specify, variant, variants
from cnnviz.images.preprocessing import Preprocessing, preprocess
from cnnviz.images.samples import SAMPLE_FOLDER
from cnnviz.vision.prediction import network_input, preprocessing
from tests.weights.in_memory import load_state_dict

HALF_NORMALISED = [name for name in variants() if variant(name).half_normalised]


@pytest.mark.parametrize(("auxiliary", "params"), [(False, 23_834_568), (True, 27_161_264)])
def test_parameters_are_exact(auxiliary, params):
    assert summary(specify("inception_v3", auxiliary=auxiliary)).totals.params == params


def test_the_three_grids():
    shapes = {n.name: n.output_shape for n in network_graph(specify("inception_v3"), 299).nodes}
    assert shapes["stages.0.inception3.concatenation"] == (288, 35, 35)
    assert shapes["stages.1.inception4.concatenation"] == (768, 17, 17)
    assert shapes["stages.2.inception2.concatenation"] == (2048, 8, 8)


@pytest.mark.parametrize(
    ("stem", "resolution"), [("imagenet", 299), ("medium", 151), ("cifar", 79)]
)
def test_each_stem_gives_its_image_the_same_grids_at_nearly_the_same_cost(stem, resolution):
    """Section 8: lower resolutions at constant cost."""
    result = summary(specify("inception_v3", stem=stem), resolution)
    last = result.layers.set_index("name").loc["stages.2.inception2.concatenation"]
    assert last["output_shape"] == (2048, 8, 8)
    assert result.totals.macs / 1e9 == pytest.approx(5.7, abs=0.4)


def test_small_images_need_another_stem():
    with pytest.raises(GraphError, match=r"The image is too small: .* choose a larger resolution"):
        network_graph(specify("inception_v3"), 32)
    network_graph(specify("inception_v3"), 75)
    network_graph(specify("inception_v3", stem="cifar", auxiliary=True), 32)


def test_factorising_7x7_saves_what_section_3_says():
    """1x7 and 7x1 instead of 7x7 with as many channels: 14 products a pixel instead of 49."""

    def macs(factorised):
        layers = summary(specify("inception_v3", factorised=factorised)).layers
        return layers[layers["name"].str.startswith("stages.1.inception4.branch_7x7_twice.conv2")]

    whole, wide = macs(False)["macs"].sum(), macs(True)["macs"].sum()
    assert whole == 7 * wide


@pytest.mark.parametrize("resolution", [96, 299])
def test_the_auxiliary_head_answers_in_training_alone(resolution):
    with torch.device("meta"):
        network = build("inception_v3", auxiliary=True)
        images = torch.empty(2, 3, resolution, resolution)
    assert network(images).shape == (2, 1000)
    assert [logits.shape for logits in network.train()(images)] == [(2, 1000)] * 2


def with_signal(model):
    """The model, drawn so that signals keep their size through convolutions without shortcuts."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            bound = math.sqrt(6 / module.weight[0].numel())
            nn.init.uniform_(module.weight, -bound, bound)
    return model.eval()


@pytest.mark.parametrize("name", HALF_NORMALISED)
def test_a_photo_gets_the_logits_of_torchvisions_transformed_input(name):
    """torchvision's model takes ImageNet's normalisation and turns it into [-1, 1] by itself."""
    torch.manual_seed(0)
    model = variant(name).torchvision
    theirs = with_signal(get_model(model, transform_input=True, init_weights=False))
    ours = load_state_dict(build(name), theirs.state_dict(), "a test")
    photo = Image.open(SAMPLE_FOLDER / "cat.jpg")
    prepared = preprocessing(ours.spec)
    assert (prepared.mean, prepared.std) == ((0.5,) * 3, (0.5,) * 3)
    normalised = preprocess(photo, Preprocessing(prepared.resize, prepared.crop))
    with torch.no_grad():
        expected, logits = theirs(normalised), ours(network_input(ours.spec, photo))
        unprepared = ours(normalised)
    scale = expected.abs().max()
    assert (logits - expected).abs().max() < 1e-5 * scale
    assert (unprepared - expected).abs().max() > 1e-3 * scale, "the preparation makes no difference"
