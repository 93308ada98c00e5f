"""Every method against pytorch-grad-cam and its paper's equation."""

import numpy as np
import pytest
import pytorch_grad_cam
import torch
from pytorch_grad_cam import GuidedBackpropReLUModel
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from pytorch_grad_cam.utils.svd_on_activations import get_2d_projection
from torchvision.models import squeezenet1_1

from cnnviz.vision.cam.class_activation import class_activation
from cnnviz.vision.cam.methods import METHODS, suits
from cnnviz.vision.cam.pixel_gradient import pixel_gradient
from cnnviz.vision.forward_pass import forward_pass, gradients
from tests.vision.cam.small import CLASS, QUICK, drawn, image, trainable_copy

LIBRARY = {
    "grad-cam": "GradCAM",
    "grad-cam++": "GradCAMPlusPlus",
    "hirescam": "HiResCAM",
    "xgradcam": "XGradCAM",
    "layercam": "LayerCAM",
    "eigengradcam": "EigenGradCAM",
    "scorecam": "ScoreCAM",
    "ablationcam": "AblationCAM",
}
NETWORKS = [
    ("resnet20_cifar", ("stages.2", "stages.1.0.conv1", "stages.0"), 32, {}),
    ("densenet40_k12_cifar", ("stages.2", "stages.1"), 32, {}),
    ("squeezenet1_1", ("stages.2", "stages.1.fire5.expand_3x3"), 112, {}),
    ("vgg11_bn", ("stages.4.conv2",), 112, {"hidden_units": 256}),
]


def stretched(values):
    """A map by the library's convention: its minimum is subtracted as well."""
    values = values - values.min()
    return values / values.max()


def oracle(network, image, layer, method, class_index=CLASS):
    copy = trainable_copy(network)
    library = getattr(pytorch_grad_cam, LIBRARY[method])(copy, [copy.get_submodule(layer)])
    return library(image, [ClassifierOutputTarget(class_index)])[0]


@pytest.mark.parametrize(("variant", "layers", "side", "settings"), NETWORKS)
@pytest.mark.parametrize("method", [name for name in QUICK if name in LIBRARY])
def test_equals_pytorch_grad_cam(method, variant, layers, side, settings):
    network = drawn(variant, **settings)
    if method == "grad-cam++":  # large gradients, beside which the 1e-6 of the library vanish
        last = [p for p in network.head.parameters() if p.dim() > 1][-1]
        last.mul_(1e5)
    for layer in layers:
        ours = class_activation(network, image(side), CLASS, [layer], method).maps[layer]
        theirs = oracle(network, image(side), layer, method)
        if method == "eigengradcam":
            theirs = eigen_grad_cam(network, image(side), layer)
        np.testing.assert_allclose(stretched(ours), stretched(theirs), atol=1e-4, err_msg=layer)
        assert ours.max() == 1


@pytest.mark.parametrize("scale", [1, 1e-3])
def test_grad_cam_plus_plus_is_the_papers_equation(scale):
    """Chattopadhay et al. 2018, equation 19 in float64, also for gradients below 1e-3."""
    network = drawn("squeezenet1_1")
    network.head.conv.weight.mul_(scale)
    shown = class_activation(network, image(112), CLASS, ["stages.2"], "grad-cam++").maps
    a, g = (each[0].double().numpy() for each in both(network, image(112), "stages.2"))
    assert np.median(np.abs(g[g != 0])) < 1e-3
    below = 2 * g**2 + a.sum(axis=(1, 2), keepdims=True) * g**3
    alpha = np.divide(g**2, below, out=np.zeros_like(g), where=g != 0)
    weights = (alpha * np.maximum(g, 0)).sum(axis=(1, 2))
    expected = enlarged(np.einsum("k,kij->ij", weights, a), (112, 112))
    np.testing.assert_allclose(shown["stages.2"], expected, atol=1e-4)


def both(network, image, layer):
    """Activation and gradient of a layer, each (1, K, h, w)."""
    return gradients(network, forward_pass(network, image), CLASS, [layer])[layer]


def enlarged(raw, size):
    raw = torch.from_numpy(np.maximum(raw, 0))[None, None]
    full = torch.nn.functional.interpolate(raw, size=size, mode="bilinear")[0, 0]
    return (full / full.max()).numpy()


def eigen_grad_cam(network, image, layer):
    """The library's, with the sign that HiResCAM has: LAPACK's is any."""
    product = np.multiply(*both(network, image, layer))
    (raw,) = get_2d_projection(product.numpy())
    return enlarged(raw * np.sign((raw * product.numpy()[0].sum(axis=0)).sum()), image.shape[2:])


@pytest.mark.parametrize(("variant", "layers", "side", "settings"), NETWORKS)
def test_eigen_cam_is_the_papers_equation(variant, layers, side, settings):
    """Muhammad and Yeasin 2020: A = U S V^T, L = A V_1, by eigenvectors of A^T A, nothing centred.

    Where A is not negative, the first eigenvector is of one sign (Perron and Frobenius), and with
    it no place of L is negative.
    """
    network = drawn(variant, **settings)
    for layer in layers:
        shown = class_activation(network, image(side), CLASS, [layer], "eigencam").maps[layer]
        maps = both(network, image(side), layer)[0][0].flatten(1).T.double().numpy()
        _, vectors = np.linalg.eigh(maps.T @ maps)
        raw = maps @ vectors[:, -1]
        raw = raw * np.sign(raw.sum())
        places = both(network, image(side), layer)[0].shape[2:]
        expected = enlarged(raw.reshape(places), (side, side))
        np.testing.assert_allclose(shown, expected, atol=1e-4, err_msg=layer)
        if (maps >= 0).all():
            assert raw.min() >= -1e-9 * raw.max()


def test_the_sign_of_eigen_cam_is_not_left_to_lapack(monkeypatch):
    """On another machine the first singular vector is the opposite one; the map is the same."""
    network, svd = drawn("resnet20_cifar"), np.linalg.svd
    methods = ("eigencam", "eigengradcam")
    maps = [class_activation(network, image(), CLASS, ["stages.1"], each).maps for each in methods]

    def other_machine(*arguments, **options):
        u, s, v = svd(*arguments, **options)
        return -u, s, -v

    monkeypatch.setattr(np.linalg, "svd", other_machine)
    for method, here in zip(methods, maps, strict=True):
        there = class_activation(network, image(), CLASS, ["stages.1"], method).maps
        np.testing.assert_array_equal(here["stages.1"], there["stages.1"])


def test_hirescam_adds_up_to_the_logit_behind_one_linear_layer_alone():
    """Draelos and Carin 2020: what it shows was used where one linear layer follows the maps."""
    network = drawn("resnet20_cifar")
    for module in network.modules():  # biases, without which a network of ReLUs is homogeneous
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.bias)
    passed = forward_pass(network, image())

    def total(layer):
        return float(np.multiply(*both(network, image(), layer)).sum())

    logit = float(passed.logits[CLASS] - network.head.linear.bias[CLASS])
    assert total("stages.2") == pytest.approx(logit, rel=1e-4)
    assert total("stages.1") != pytest.approx(logit, rel=1e-2)
    assert "one linear layer alone" in METHODS["hirescam"].paper


@pytest.mark.parametrize("method", ["scorecam", "ablationcam"])
def test_slow_methods_are_the_librarys(method):
    network = drawn("resnet20_cifar")
    shares = []
    activation = class_activation(network, image(), CLASS, ["stages.1"], method, shares.append)
    theirs = oracle(network, image(), "stages.1", method)
    values = activation.maps["stages.1"]
    assert values.max() == 1
    np.testing.assert_allclose(stretched(values), theirs, atol=1e-4)
    assert shares == sorted(shares)
    assert len(shares) >= 2
    assert shares[-1] == 1


def test_several_layers_share_one_gradient():
    network, layers = drawn("resnet20_cifar"), ["stages.0", "stages.1.1.conv2", "stages.2"]
    for method in QUICK:
        together = class_activation(network, image(), CLASS, layers, method).maps
        for layer in layers:
            alone = class_activation(network, image(), CLASS, [layer], method).maps[layer]
            np.testing.assert_allclose(together[layer], alone, atol=1e-5, err_msg=method)


@pytest.mark.parametrize("variant", ["resnet20_cifar", "squeezenet1_1"])
def test_guided_backpropagation_equals_the_librarys(variant):
    side = 32 if "cifar" in variant else 96
    network = drawn(variant)
    theirs = GuidedBackpropReLUModel(trainable_copy(network))(image(side), CLASS)
    ours = pixel_gradient(network, image(side), CLASS, guided=True).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * abs(theirs).max())
    shown = class_activation(network, image(side), CLASS, method="guided-backprop").maps
    expected = abs(theirs).max(axis=2)
    np.testing.assert_allclose(*shown.values(), expected / expected.max(), atol=1e-4)


def test_saliency_is_the_gradient_by_finite_differences():
    network, x = drawn("resnet20_cifar").double(), image().double()
    slope = pixel_gradient(network, x, CLASS)
    for channel, row, column in ((0, 5, 7), (2, 16, 16), (1, 31, 0)):
        step = torch.zeros_like(x)
        step[0, channel, row, column] = 1e-6
        rise = (network(x + step) - network(x - step))[0, CLASS] / 2e-6
        assert slope[channel, row, column].item() == pytest.approx(rise.item(), rel=1e-3)


def test_cam_is_hirescam_where_the_average_is_linear():
    """Behind global average pooling the gradient of map k is w_k / (h w) everywhere."""
    network = drawn("resnet20_cifar")
    weights = network.head.linear.weight[CLASS]
    maps = forward_pass(network, image()).outputs["stages.2"][0]
    raw = torch.einsum("k,khw->hw", weights, maps).clamp(min=0)
    full = torch.nn.functional.interpolate(raw[None, None], size=(32, 32), mode="bilinear")[0, 0]
    expected = full / full.max()
    for method in ("cam", "hirescam", "grad-cam"):
        (activation,) = class_activation(network, image(), CLASS, method=method).maps.values()
        np.testing.assert_allclose(activation, expected, atol=1e-5, err_msg=method)


def test_cam_of_a_convolution_as_the_classifier_is_the_map_of_the_class():
    network = drawn("nin_cifar")
    (shown,) = class_activation(network, image(), 5, method="cam").maps.values()
    own = forward_pass(network, image()).outputs["stages.2"][0, 5]
    assert own.max() > 0
    full = torch.nn.functional.interpolate(own[None, None], size=(32, 32), mode="bilinear")[0, 0]
    np.testing.assert_allclose(shown, full / full.max(), atol=1e-5)


@pytest.mark.parametrize(
    ("variant", "method", "words"),
    [
        ("vgg11", "cam", "must end in global average pooling"),
        ("lenet5", "guided-backprop", "must have ReLUs"),
    ],
)
def test_what_does_not_suit_is_one_sentence(variant, method, words):
    network = drawn(variant)
    x = torch.zeros(1, network.spec.in_channels, *[network.spec.fixed_resolution or 32] * 2)
    if variant == "vgg11":
        x = torch.zeros(1, 3, 64, 64)
    with pytest.raises(ValueError, match=words):
        class_activation(network, x, 0, method=method)


def test_cam_is_offered_where_the_head_allows_it():
    assert suits("cam", drawn("resnet20_cifar"))
    assert not suits("cam", drawn("lenet5"))
    assert suits("grad-cam", drawn("lenet5"))
    assert not suits("guided-backprop", drawn("lenet5"))


def test_an_in_place_relu_makes_the_library_wrong_where_ours_is_right():
    """torchvision's networks overwrite a convolution's output by their in-place ReLU.

    pytorch-grad-cam keeps a reference to that output and so reads the rectified values; with
    copies, as here, the activation is the convolution's.
    """
    torch.manual_seed(0)
    theirs = squeezenet1_1(weights=None, num_classes=10).eval()
    x, layer = image(96), theirs.features[9].expand3x3
    library = pytorch_grad_cam.HiResCAM(theirs, [layer])
    library(x, [ClassifierOutputTarget(CLASS)])
    kept = library.activations_and_grads.activations[0]
    library.activations_and_grads.release()
    right = []
    handle = layer.register_forward_hook(lambda m, i, o: right.append(o.detach().clone()))
    theirs(x)
    handle.remove()
    assert (right[0] < 0).any()
    assert not (kept < 0).any()


def test_every_method_says_its_equation_and_its_paper():
    for name, method in METHODS.items():
        assert "$" in method.equation, name
        assert any(digit in method.paper for digit in "12") or "no paper" in method.paper, name
        assert method.cost
