"""The table: every layer of torch.nn and every operation that the program knows."""

from typing import Any

from torch import nn

from cnnviz.analysis.kinds import kept as keeps
from cnnviz.analysis.kinds import operations as count
from cnnviz.analysis.kinds.kind import Count, Kind
from cnnviz.architectures import Role


def _same(title: str, role: Role, *classes: type[nn.Module], **columns: Any) -> Kind:
    """A layer whose output is its input number by number, whatever the shape."""
    return Kind(title, role, classes, keeps_shape=True, keeps_channels=True, **columns)


def _activation(title: str, *classes: type[nn.Module], **columns: Any) -> Kind:
    """A function of each number: one operation, however it is evaluated."""
    return _same(title, "activation", *classes, **{"operations": count.per_output(1)} | columns)


def _normalisation(title: str, *classes: type[nn.Module], **columns: Any) -> Kind:
    return _same(title, "normalisation", *classes, **{"operations": count.normalised} | columns)


def _filters(title: Role, each: type[nn.Module], macs: Count) -> Kind:
    """A layer of filters, which make a channel each."""
    return Kind(title, title, (each,), has_filters=True, macs=macs, kept=keeps.the_input)


def _resizing(title: str, role: Role, *classes: type[nn.Module], **columns: Any) -> Kind:
    """A layer that makes maps of another size, each of the map in its place alone."""
    return Kind(title, role, classes, keeps_channels=True, **columns)


def _joining(title: str, *functions: str, **columns: Any) -> Kind:
    """An operation on inputs of one shape, number by number."""
    usual: dict[str, Any] = {"keeps_shape": True, "operations": count.joined, "kept": keeps.nothing}
    return Kind(title, "join", functions=functions, **usual | columns)


BATCH_NORM = _normalisation(
    "batch norm",
    *(nn.BatchNorm1d, nn.BatchNorm2d),
    operations=count.per_output(2),  # at inference a scale and a shift by stored numbers
    kept=keeps.batch_statistics,
)
AVERAGE_POOLING = _resizing(
    "average pooling",
    "pooling",
    *(nn.AvgPool2d, nn.AdaptiveAvgPool2d),
    operations=count.averaged,
)

KINDS: tuple[Kind, ...] = (
    _filters("convolution", nn.Conv2d, count.multiplied),
    _filters("transposed convolution", nn.ConvTranspose2d, count.spread),
    Kind("linear", "linear", (nn.Linear,), macs=count.multiplied, kept=keeps.the_input),
    BATCH_NORM,
    _normalisation("layer norm", nn.LayerNorm),
    _normalisation("group norm", nn.GroupNorm),
    _normalisation("instance norm", nn.InstanceNorm2d),
    _normalisation(
        "local response norm", nn.LocalResponseNorm, operations=count.response_normalised
    ),
    _activation("ReLU", nn.ReLU, rectifies=True, kept=keeps.the_output),
    _activation("ReLU6", nn.ReLU6, rectifies=True),
    _activation("hard tanh", nn.Hardtanh),
    _activation("hard swish", nn.Hardswish),
    _activation("hard sigmoid", nn.Hardsigmoid),
    _activation("leaky ReLU", nn.LeakyReLU),
    _activation("PReLU", nn.PReLU),
    _activation("ELU", nn.ELU),
    _activation("SELU", nn.SELU),
    _activation("GELU", nn.GELU),
    _activation("SiLU", nn.SiLU),
    _activation("Mish", nn.Mish),
    _activation("softplus", nn.Softplus),
    _activation("tanh", nn.Tanh),
    _activation("sigmoid", nn.Sigmoid),
    # An exponential, a sum and a quotient.
    _activation("softmax", nn.Softmax, nn.Softmax2d, operations=count.per_output(3)),
    _resizing(
        "max pooling",
        "pooling",
        *(nn.MaxPool2d, nn.AdaptiveMaxPool2d),
        operations=count.compared,
    ),
    AVERAGE_POOLING,
    _resizing("upsampling", "upsampling", nn.Upsample, operations=count.interpolated),
    _resizing("zero padding", "padding", nn.ZeroPad2d),
    _resizing("padding", "padding", nn.ReflectionPad2d, nn.ReplicationPad2d),
    _same("dropout", "dropout", nn.Dropout, kept=keeps.a_mask),
    _same("dropout", "dropout", nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout),
    Kind("flatten", "reshaping", (nn.Flatten,), functions=("flatten",)),
    Kind("unflatten", "reshaping", (nn.Unflatten,), functions=("unflatten",)),
    _same("identity", "identity", nn.Identity),
    _joining("addition", "add", "iadd"),
    _joining("subtraction", "sub", "rsub", "isub"),
    _joining("multiplication", "mul", "imul", kept=keeps.factors),
    _joining("concatenation", "cat", keeps_shape=False, operations=count.nothing),
)
