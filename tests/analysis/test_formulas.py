"""Every formula is right as it is written: its left side, evaluated, gives the table's number."""

import math
import re

import pytest
import torch
from torch import nn

from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.formulas.geometry import output_shape, receptive_field
from cnnviz.analysis.formulas.side import equation
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.kinds.window import Side
from cnnviz.analysis.layers import layer_table
from cnnviz.analysis.node import Node
from cnnviz.analysis.receptive_field import ReceptiveField, receptive_fields
from cnnviz.architectures import ARCHITECTURES, specify, variant

VARIANTS = sorted(
    {min(family.variants, key=len) for family in ARCHITECTURES}
    | {"lenet5_full", "alexnet", "googlenet_aux", "inception_v3", "densenet121", "resnet20_cifar"}
    | {"squeezenet1_1", "resnet50", "preact_resnet110_cifar"}
)
# Images for which adaptive pooling has overlapping windows, and an odd one.
OTHER_RESOLUTIONS = [("vgg11", 256), ("alexnet", 257), ("resnet18", 97), ("squeezenet1_1", 63)]


def graph_of(name, resolution=None):
    return network_graph(specify(name), resolution or variant(name).resolution)


def formula(name, layer, quantity):
    graph = graph_of(name)
    position = [node.name for node in graph.nodes].index(layer)
    return next(f for f in formulas(graph, position) if f.quantity == quantity)


def calculated(left: str) -> float:
    """What a calculator shows for the left side of an equation: x is times, words are names."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", left)
    text = re.sub(r"(?<=[\d)])\s*x\s*(?=[\d(])", "*", text)
    text = re.sub(r"\b(?!max\b)[a-z]\w*\b", "", text)
    assert re.fullmatch(r"(max|[\d\s.,+\-*/()])+", text), left
    return eval(text, {"max": max, "__builtins__": {}})


def number(text: str) -> float:
    return float(text.replace(",", "").rstrip("."))


def final(line: str) -> float:
    """Check one line "label: left = number, rounded down to number" and return its last number."""
    left, equals, right = line.rpartition(": ")[2].partition(" = ")
    if not equals:
        return number(re.match(r"[\d,.]+", left.removeprefix("set to "))[0].rstrip(","))
    quotient = calculated(left)
    shown, *rounded = re.split(r", (?=rounded|less)", right)
    assert number(shown) == pytest.approx(quotient, abs=0.01 if shown.endswith("...") else 1e-9)
    if not rounded:
        return quotient
    how = {"down": math.floor, "up": math.ceil, "to": round}[rounded[0].split()[1]]
    result = number(rounded[0].split()[-1])
    assert how(quotient) == result
    return number(rounded[1].rpartition(": ")[2]) if len(rounded) > 1 else result


def shape_of(numbers: str) -> tuple[int, ...]:
    """The shape that the lines of an output shape's numbers say."""
    lines = dict(line.rpartition(": ")[::2] for line in numbers.split("\n"))
    if "channels" not in lines:
        (only,) = lines.values()
        if "=" in only:
            return (int(final(only)),)
        text = re.split(r",? (?:as|units)", only)[0]
        return tuple(int(number(size)) for size in text.split(" x "))
    sides = lines.get("height and width", "")
    if " = " in sides:
        height = width = final(sides)
    elif sides:
        height, width = map(number, re.findall(r"\d+", sides)[:2])
    else:
        height, width = final(lines["height"]), final(lines["width"])
    return (int(final(lines["channels"])), int(height), int(width))


@pytest.mark.parametrize(
    ("name", "resolution"), [(name, None) for name in VARIANTS] + OTHER_RESOLUTIONS
)
def test_each_formula_evaluates_to_the_number_of_the_table(name, resolution):
    graph = graph_of(name, resolution)
    fields = receptive_fields(graph)
    for position, row in enumerate(layer_table(graph).to_dict("records"), start=1):
        explained = formulas(graph, position, fields)
        assert len({f.quantity for f in explained}) == 7
        for one in explained:
            where = f"{name} {row['name']}: {one.numbers}"
            assert one.value == row[one.quantity], where
            if one.quantity == "output_shape":
                assert shape_of(one.numbers) == one.value, where
            else:
                finals = [final(line) for line in one.numbers.split("\n")]
                assert finals[-1] == pytest.approx(one.value, abs=1e-6), where
            for left, right in re.findall(r"([\d,]+ [x/] [\d,]+) = ([\d,]+\d)", one.note):
                assert calculated(left) == number(right), one.note


def test_the_stem_of_resnet_as_on_the_blackboard():
    shape = formula("resnet18", "stem.conv", "output_shape")
    assert shape.general == "floor((H + 2P - F) / S) + 1"
    assert shape.numbers == (
        "channels: 64 filters\n"
        "height and width: (224 + 2x3 - 7) / 2 + 1 = 112.5, rounded down to 112"
    )
    assert shape.result == "64 x 112 x 112"
    params = formula("resnet18", "stem.conv", "params")
    assert params.numbers == "64 x (3 x 7 x 7) = 9,408"
    assert "the batch norm after it adds a shift" in params.note
    macs = formula("resnet18", "stem.conv", "macs")
    assert macs.numbers == "112 x 112 x 64 x (3 x 7 x 7) = 118,013,952"
    assert "236,027,904" in macs.note
    field = formula("resnet18", "stages.0.0.conv1", "receptive_field")
    assert (field.numbers, field.result) == ("11 + (3 - 1) x 4 = 19", "19 px")
    assert formula("resnet18", "stem.pool", "jump").numbers == "2 x 2 = 4"


@pytest.mark.parametrize(
    ("name", "layer", "quantity", "text"),
    [
        ("vgg11", "head.linear1", "params", "25,088 x 4,096 + 4,096 = 102,764,544"),
        ("vgg11", "head.flatten", "output_shape", "512 x 7 x 7 = 25,088"),
        ("vgg11", "head.resize", "output_shape", "set to 7 x 7"),
        ("alexnet", "stages.0.conv2", "params", "256 x (48 x 5 x 5) + 256 = 307,456"),
        ("googlenet", "stages.1.pool", "output_shape", "= 13.5, rounded up to 14"),
        ("resnet18", "stages.1.0.addition", "receptive_field", "max(43, 67) = 67"),
        ("densenet121", "stages.0.block.concatenation", "output_shape", "64 + 6 x 32 = 256"),
        ("lenet5", "stages.1.c3", "params", "weight 60 x 1 x 5 x 5 + bias 16 = 1,516"),
        ("lenet5", "stages.1.s2", "params", "coefficient 6 + bias 6 = 12"),
        ("resnet18", "stem.norm", "params", "2 x 64 = 128"),
        ("resnet18", "stem.norm", "macs", "0"),
        (
            "inception_v3",
            "stages.1.inception1.branch_7x7.conv2.conv",
            "output_shape",
            "height: (17 + 2x0 - 1) / 1 + 1 = 17\nwidth: (17 + 2x3 - 7) / 1 + 1 = 17",
        ),
    ],
)
def test_numbers_that_a_teacher_writes(name, layer, quantity, text):
    assert text in formula(name, layer, quantity).numbers


@pytest.mark.parametrize(
    ("name", "layer", "quantity", "text"),
    [
        ("alexnet", "stages.0.conv2", "params", "each filter sees 96 / 2 = 48 channels"),
        ("resnet18", "stem.pool", "params", "nothing to learn"),
        ("resnet18", "stem.norm", "params", "running mean and variance are not learned"),
        ("lenet5", "head.output", "params", "fixed, not learned: codes 10 x 84"),
        ("lenet5", "stages.1.s2", "output_shape", "times a coefficient, plus a bias"),
        ("googlenet_aux", "auxiliary.1.conv.conv", "macs", "runs in training alone"),
        ("densenet121", "stages.0.block.concatenation", "output_shape", "channels add up"),
        (
            "inception_v3",
            "stages.1.inception1.branch_7x7.conv2.conv",
            "receptive_field",
            "Along the width",
        ),
    ],
)
def test_notes_say_what_the_law_does_not(name, layer, quantity, text):
    assert text in formula(name, layer, quantity).note


@pytest.mark.parametrize("position", [0, -1, 70])
def test_a_position_without_a_layer_is_refused(position):
    with pytest.raises(ValueError, match=f"between 1 and 69; received {position}"):
        formulas(graph_of("resnet18"), position)


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("size", range(3, 12))
@pytest.mark.parametrize(("kernel_size", "stride", "padding"), [(3, 2, 0), (2, 3, 1), (3, 3, 1)])
def test_a_side_is_what_torch_makes(size, kernel_size, stride, padding, ceil_mode):
    pool = nn.MaxPool2d(kernel_size, stride, padding, ceil_mode=ceil_mode)
    side = Side(size, kernel_size, stride, padding, rounds_up=ceil_mode)
    assert side.output == pool(torch.zeros(1, 1, size, size)).shape[-1]
    assert final(equation(side)) == side.output


def test_dilation_stands_in_the_law():
    module = nn.Conv2d(3, 8, 3, dilation=2, padding=2)
    node = Node("conv", "convolution", "stem", (0,), ((3, 9, 9),), (8, 9, 9), module)
    shape = output_shape(node)
    assert shape.general == "floor((H + 2P - D(F - 1) - 1) / S) + 1"
    assert shape_of(shape.numbers) == (8, 9, 9)
    seen = ReceptiveField(0, 0, 1)
    field = receptive_field(node, ReceptiveField(-2, 2, 1), [seen])
    assert field.numbers == "1 + 2 x (3 - 1) x 1 = 5"


def test_paths_that_are_shifted_see_more_than_the_widest():
    node = Node("sum", "addition", "stem", (1, 2), ((8, 9, 9),) * 2, (8, 9, 9), None)
    inputs = [ReceptiveField(-3, 1, 1), ReceptiveField(0, 3, 1)]
    field = receptive_field(node, ReceptiveField(-3, 3, 1), inputs)
    assert final(field.numbers) == field.value == 7
    assert "more than the widest" in field.note
