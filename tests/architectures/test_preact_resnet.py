"""Pre-activation ResNet: the units of Figure 4, the shortcuts of Table 1, equation 4."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz.architectures import build, specify
from tests.networks import summary_of

EXACT_PARAMS = {
    "preact_resnet110_cifar": 1_727_962,
    "preact_resnet164_cifar": 1_703_258,
    "preact_resnet1001_cifar": 10_327_706,
    # ResNet's without the norms on its projections: the other norms only change their places.
    "preact_resnet18": 11_689_512 - 2 * (128 + 256 + 512),
    "preact_resnet50": 25_557_032 - 2 * (256 + 512 + 1024 + 2048),
}


def tiny(blocks=2, **hyperparameters):
    """A CIFAR network with few basic units a stage."""
    depths = {f"stage{stage}_blocks": blocks for stage in (1, 2, 3)}
    return build("preact_resnet110_cifar", **depths, **hyperparameters)


def random_statistics(network):
    """Norms that do something in eval mode."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    return network


def norm(layer, x):
    return functional.batch_norm(
        x, layer.running_mean, layer.running_var, layer.weight, layer.bias, eps=layer.eps
    )


def conv(layer, x):
    return functional.conv2d(x, layer.weight, layer.bias, layer.stride, layer.padding)


@pytest.mark.parametrize("name", EXACT_PARAMS)
def test_parameters_are_exact(name):
    assert summary_of(name).totals.params == EXACT_PARAMS[name]


def test_10_2_million_are_the_convolutions_and_the_linear_layer():
    rows = summary_of("preact_resnet1001_cifar").layers
    assert rows.loc[rows["kind"] != "batch norm", "params"].sum() == 10_178_490


ORDERS = {
    "original": "conv norm relu conv norm + relu",
    "bn-after-addition": "conv norm relu conv + norm relu",
    "relu-before-addition": "conv norm relu conv norm relu +",
    "relu-only-pre-activation": "relu conv norm relu conv norm +",
    "full-pre-activation": "norm relu conv norm relu conv +",
}


@pytest.mark.parametrize("order", ORDERS)
def test_an_inner_unit_has_the_layers_that_figure_4_draws(order):
    unit = tiny(order=order).stages[1][1]
    path = [*unit.before.named_children(), *unit.residual.named_children()]
    names = [name.rstrip("123") for name, _ in path]
    after = [name for name, _ in unit.after.named_children()]
    assert " ".join([*names, "+", *after]) == ORDERS[order]


@pytest.mark.parametrize("order", ORDERS)
def test_the_equation_of_each_order_by_hand(order):
    torch.manual_seed(0)
    unit = random_statistics(tiny(order=order)).stages[1][1]
    x = torch.randn(2, 32, 8, 8)
    steps = {name: layer for part in unit.children() for name, layer in part.named_children()}
    norms = [steps[name] for name in ("norm", "norm1", "norm2") if name in steps]
    conv1, conv2, relu = steps["conv1"], steps["conv2"], torch.relu
    if order == "original":
        y = relu(x + norm(norms[1], conv(conv2, relu(norm(norms[0], conv(conv1, x))))))
    elif order == "bn-after-addition":
        y = relu(norm(norms[0], x + conv(conv2, relu(norm(norms[1], conv(conv1, x))))))
    elif order == "relu-before-addition":
        y = x + relu(norm(norms[1], conv(conv2, relu(norm(norms[0], conv(conv1, x))))))
    elif order == "relu-only-pre-activation":
        y = x + norm(norms[1], conv(conv2, relu(norm(norms[0], conv(conv1, relu(x))))))
    else:
        y = x + conv(conv2, relu(norm(norms[1], conv(conv1, relu(norm(norms[0], x))))))
    with torch.no_grad():
        assert torch.allclose(unit(x), y, atol=1e-5)


SHORTCUTS = {
    "identity": lambda x, f, g: x + f,
    "none": lambda x, f, g: f,
    "constant-scaling": lambda x, f, g: 0.5 * x + f,
    "frozen-gating": lambda x, f, g: 0.5 * x + 0.5 * f,
    "exclusive-gating": lambda x, f, g: (1 - g) * x + g * f,
    "shortcut-only-gating": lambda x, f, g: (1 - g) * x + f,
    "dropout": lambda x, f, g: x + f,
}


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_the_equation_of_each_row_of_table_1_by_hand(shortcut):
    torch.manual_seed(0)
    unit = tiny(shortcut=shortcut, order="original", gate_bias=-2).stages[0][1]
    x = torch.rand(2, 16, 8, 8)
    with torch.no_grad():
        gated = "gating" in shortcut and shortcut != "frozen-gating"
        g = torch.sigmoid(conv(unit.junction.gate.conv, x)) if gated else None
        y = torch.relu(SHORTCUTS[shortcut](x, unit.residual(x), g))
        assert torch.allclose(unit(x), y, atol=1e-6)


def test_the_1x1_convolution_is_on_every_shortcut():
    network = random_statistics(tiny(shortcut="1x1-convolution", order="original"))
    x = torch.rand(2, 16, 8, 8)
    units = [unit for stage in network.stages for unit in stage]
    assert [unit.reshape.conv.stride[0] for unit in units] == [1, 1, 2, 1, 2, 1]
    unit = units[0]
    h = norm(unit.reshape.norm, conv(unit.reshape.conv, x))
    with torch.no_grad():
        assert torch.allclose(unit(x), torch.relu(h + unit.residual(x)), atol=1e-5)


def test_dropout_on_the_shortcut_is_off_in_eval_mode_and_half_of_x_in_training():
    unit = tiny(shortcut="dropout", order="original").stages[0][1]
    torch.manual_seed(0)
    x, zero = torch.rand(8, 16, 8, 8), torch.zeros(8, 16, 8, 8)
    assert torch.equal(unit.junction(x, zero), x)
    kept = unit.train().junction(x, zero) / x
    assert set(kept.unique().tolist()) == {0.0, 2.0}
    assert kept.mean() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("shortcut", ["exclusive-gating", "shortcut-only-gating"])
@pytest.mark.parametrize("initialisation", ["paper", "he"])
def test_gates_start_at_their_bias(shortcut, initialisation):
    network = tiny(shortcut=shortcut, gate_bias=-7, initialisation=initialisation)
    biases = [value for name, value in network.named_parameters() if "gate" in name]
    assert len(biases) == 2 * 6
    assert all(bias.unique().tolist() == [-7.0] for bias in biases if bias.dim() == 1)


def test_equation_4_the_last_signal_is_any_earlier_one_plus_the_residuals_between():
    torch.manual_seed(0)
    stage = random_statistics(tiny(blocks=9)).stages[2][1:]
    x = start = torch.randn(2, 64, 8, 8)
    residuals = []
    for unit in stage:
        unit.residual.register_forward_hook(lambda _, __, f: residuals.append(f))
    sums = []
    stage[-1].junction.register_forward_hook(lambda _, __, y: sums.append(y))
    with torch.no_grad():
        stage(x)
    assert len(residuals) == 8
    assert torch.allclose(sums[0] - start, sum(residuals), atol=1e-4)


def test_the_first_unit_takes_the_stems_activation_and_the_last_has_one_more():
    network = build("preact_resnet164_cifar", stage1_blocks=2, stage3_blocks=2)
    assert [name for name, _ in network.stem.named_children()] == ["conv", "norm", "relu"]
    assert list(network.stages[0][0].before) == []
    assert [name for name, _ in network.stages[2][1].after.named_children()] == ["norm", "relu"]
    assert all(not list(unit.after) for unit in network.stages[1])


@pytest.mark.parametrize("settings", [{}, {"block": "bottleneck", "dimension_shortcut": "B"}])
def test_the_original_order_is_resnet(settings):
    torch.manual_seed(0)
    ours = random_statistics(tiny(order="original", **settings))
    depths = {f"stage{stage}_blocks": 2 for stage in (1, 2, 3)}
    settings = {"shortcut": settings.get("dimension_shortcut", "A"), "block": "basic"} | settings
    settings.pop("dimension_shortcut", None)
    resnet = build(specify("resnet20_cifar", **depths, **settings))
    tensors = ours.state_dict().values()
    resnet.load_state_dict(dict(zip(resnet.state_dict(), tensors, strict=True)))
    image = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(ours(image), resnet(image), atol=1e-4)
