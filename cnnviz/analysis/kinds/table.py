"""The table: every layer of torch.nn and every operation that the program knows."""

from typing import Any

from torch import nn

from cnnviz.analysis.kinds import kept as keeps
from cnnviz.analysis.kinds import operations as count
from cnnviz.analysis.kinds.kind import Kind
from cnnviz.architectures import Role


def _same(title: str, role: Role, *classes: type[nn.Module], **columns: Any) -> Kind:
    """A layer whose output is its input number by number, whatever the shape."""
    return Kind(title, role, classes, keeps_shape=True, keeps_channels=True, **columns)


def _activation(title: str, *classes: type[nn.Module], **columns: Any) -> Kind:
    """A function of each number: one operation, however it is evaluated."""
    usual = {"operations": count.per_output(1), "kept": keeps.the_input}
    return _same(title, "activation", *classes, **usual | columns)


def _normalisation(title: str, *classes: type[nn.Module], **columns: Any) -> Kind:
    usual = {"operations": count.normalised, "kept": keeps.statistics}
    return _same(title, "normalisation", *classes, **usual | columns)


def _joining(title: str, *functions: str, **columns: Any) -> Kind:
    """An operation on inputs of one shape, number by number."""
    usual: dict[str, Any] = {"keeps_shape": True, "operations": count.joined, "kept": keeps.nothing}
    return Kind(title, "join", functions=functions, **usual | columns)


CONVOLUTION = Kind(
    "convolution",
    "convolution",
    (nn.Conv2d,),
    has_filters=True,
    macs=count.multiplied,
    kept=keeps.the_input,
)
TRANSPOSED_CONVOLUTION = Kind(
    "transposed convolution",
    "transposed convolution",
    (nn.ConvTranspose2d,),
    has_filters=True,
    macs=count.spread,
    kept=keeps.the_input,
)
BATCH_NORM = _normalisation(
    "batch norm",
    *(nn.BatchNorm1d, nn.BatchNorm2d),
    operations=count.per_output(2),  # at inference a scale and a shift by stored numbers
    kept=keeps.batch_statistics,
)
MAX_POOLING = Kind(
    "max pooling",
    "pooling",
    (nn.MaxPool2d, nn.AdaptiveMaxPool2d),
    keeps_channels=True,
    operations=count.compared,
    kept=keeps.where_maxima_were,
)
AVERAGE_POOLING = Kind(
    "average pooling",
    "pooling",
    (nn.AvgPool2d, nn.AdaptiveAvgPool2d),
    keeps_channels=True,
    operations=count.averaged,
    kept=keeps.what_is_averaged,
)
UPSAMPLING = Kind(
    "upsampling",
    "upsampling",
    (nn.Upsample,),
    keeps_channels=True,
    operations=count.interpolated,
    kept=keeps.nothing,
)
PADDING = (nn.ReflectionPad2d, nn.ReplicationPad2d)

KINDS: tuple[Kind, ...] = (
    CONVOLUTION,
    TRANSPOSED_CONVOLUTION,
    Kind("linear", "linear", (nn.Linear,), macs=count.multiplied, kept=keeps.the_input),
    BATCH_NORM,
    _normalisation("layer norm", nn.LayerNorm),
    _normalisation("group norm", nn.GroupNorm),
    _normalisation("instance norm", nn.InstanceNorm2d),
    _normalisation(
        "local response norm",
        nn.LocalResponseNorm,
        operations=count.response_normalised,
        kept=keeps.squares_and_powers,
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
    _activation("tanh", nn.Tanh, kept=keeps.the_output),
    _activation("sigmoid", nn.Sigmoid, kept=keeps.the_output),
    # An exponential, a sum and a quotient.
    _activation(
        "softmax",
        *(nn.Softmax, nn.Softmax2d),
        operations=count.per_output(3),
        kept=keeps.the_output,
    ),
    MAX_POOLING,
    AVERAGE_POOLING,
    UPSAMPLING,
    Kind("zero padding", "padding", (nn.ZeroPad2d,), keeps_channels=True, kept=keeps.nothing),
    Kind("padding", "padding", PADDING, keeps_channels=True, kept=keeps.the_input),
    _same("dropout", "dropout", nn.Dropout, kept=keeps.a_mask),
    _same("dropout", "dropout", nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout),
    Kind("flatten", "reshaping", (nn.Flatten,), functions=("flatten",), kept=keeps.nothing),
    Kind("unflatten", "reshaping", (nn.Unflatten,), functions=("unflatten",), kept=keeps.nothing),
    _same("identity", "identity", nn.Identity, kept=keeps.nothing),
    _joining("addition", "add", "iadd"),
    _joining("subtraction", "sub", "rsub", "isub"),
    _joining("multiplication", "mul", "imul", kept=keeps.factors),
    _joining("concatenation", "cat", keeps_shape=False, operations=count.nothing),
)
