"""summary, compare, formula, export, tools and time: what they print, how they end."""

import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from cnnviz.analysis.export import FORMATS, has_onnx
from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import ARCHITECTURES, specify, variant
from cnnviz.commands import analysis


def test_summary_as_json(run):
    code, out, _ = run("summary", "resnet50", "--json")
    result = json.loads(out)
    assert code == 0
    assert list(result) == [
        *("architecture", "variant", "config", "input", "params", "macs", "activations"),
        *("receptive_field", "layers"),
    ]
    assert (result["architecture"], result["input"]) == ("resnet", [3, 224, 224])
    assert (result["params"], result["macs"]) == (25_557_032, 3_857_973_248)
    assert result["receptive_field"] == 483
    assert result["config"]["stride_in"] == "1x1"
    assert result["layers"][0] == {
        "name": "stem.conv",
        "kind": "convolution",
        "input": [3, 224, 224],
        "output": [64, 112, 112],
        "kernel_size": 7,
        "stride": 2,
        "padding": 3,
        "groups": 1,
        "params": 9408,
        "macs": 118_013_952,
        "receptive_field": 7,
    }
    assert sum(layer["params"] for layer in result["layers"]) == result["params"]
    assert sum(layer["macs"] for layer in result["layers"]) == result["macs"]


def test_summary_with_settings(run):
    code, out, _ = run(
        *("summary", "resnet18", "--set", "width=32", "--set", "shortcut=none"),
        *("--resolution", 64, "--json"),
    )
    result = json.loads(out)
    assert code == 0
    assert result["config"]["width"] == 32
    assert result["input"] == [3, 64, 64]
    assert "11,689,512 parameters" in run("summary", "resnet18")[1]


def test_a_network_may_be_written_with_its_changes(run):
    written = run("summary", "resnet18,width=32,num_classes=10,resolution=64", "--json")[1]
    result = json.loads(written)
    assert (result["config"]["width"], result["input"]) == (32, [3, 64, 64])
    assert result["layers"][-1]["output"] == [10]
    assert run("summary", "mlp", "--set", "resolution=64")[0] == 0


def test_compare(run):
    code, out, _ = run("compare", "vgg16", "resnet34")
    assert code == 0
    assert "6.3 times the parameters" in out
    code, out, _ = run("compare", "vgg16", "resnet34", "resnet34,width=32,resolution=64", "--json")
    assert code == 0
    networks = json.loads(out)["networks"]
    assert [network["written"] for network in networks] == [
        *("vgg16", "resnet34", "resnet34,width=32,resolution=64")
    ]
    assert networks[0]["params"] == 138_357_544
    code, out, _ = run("compare", "lenet5", "lenet5_full", "--markdown")
    assert code == 0
    assert out.startswith("# LeNet-5")
    assert "| Parameters | 60,000 | 61,706 |" in out


def test_formula(run):
    code, out, _ = run("formula", "resnet18", "stem.conv")
    lines = out.splitlines()
    assert code == 0
    assert any(line.startswith("Parameters [") for line in lines)
    assert any("64 x (3 x 7 x 7) = 9,408 parameters." in line for line in lines)
    code, out, _ = run("formula", "resnet18,width=32", "stem.conv", "--resolution", 64, "--json")
    by_quantity = {formula["quantity"]: formula for formula in json.loads(out)}
    assert code == 0
    assert by_quantity["output_shape"]["value"] == [32, 32, 32]
    assert by_quantity["params"]["value"] == 4704
    assert len(lines) == len(by_quantity)


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_every_kind_of_layer_has_formulas_of_a_line_each(family):
    name = next(iter(family.variants))
    graph = network_graph(specify(name), variant(name).resolution)
    for position in {node.kind: i for i, node in enumerate(graph.nodes) if i}.values():
        for formula in formulas(graph, position):
            line = analysis._line(formula)
            assert line.startswith(formula.title)
            assert line.endswith("."), line
            assert not line.endswith(".."), line
            assert "\n" not in line


@pytest.mark.parametrize("form", ["code", "csv", "markdown", "latex"])
def test_export_to_standard_output_and_to_a_file(run, tmp_path, form):
    code, out, _ = run("export", "lenet5", "--format", form)
    assert code == 0
    assert "c1" in out
    path = tmp_path / f"lenet5{FORMATS[form].suffix}"
    assert run("export", "lenet5", "--format", form, "--output", path) == (0, f"{path}\n", "")
    assert path.read_text(encoding="utf-8") == out


def test_exported_code_is_the_network_that_was_asked_for(run, tmp_path):
    path = tmp_path / "network.py"
    arguments = ("resnet18,num_classes=10", "--set", "width=32", "--resolution", 64)
    assert run("export", *arguments, "--output", path)[0] == 0
    params = json.loads(run("summary", *arguments, "--json")[1])["params"]
    done = subprocess.run(
        [sys.executable, "-I", path], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{params:,} parameters\n"
    assert "(N, 3, 64, 64)" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("view", ["volumes", "graph", "block"])
def test_export_of_the_drawing(run, tmp_path, view):
    path = tmp_path / "picture.svg"
    arguments = ("export", "googlenet", "--format", "svg", "--view", view, "--output", path)
    assert run(*arguments) == (0, f"{path}\n", "")
    drawing = ElementTree.parse(path).getroot()
    assert drawing.get("aria-label") == f"GoogLeNet: {view}"
    layers = [group.get("data-select") for group in drawing.iter() if group.get("data-select")]
    assert any(layer.startswith("stages.0.inception3a.branch_5x5") for layer in layers) == (
        view != "graph"
    )


@pytest.mark.skipif(not has_onnx(), reason="onnx and onnxscript are not installed")
def test_export_to_onnx(run, tmp_path):
    import onnx

    path = tmp_path / "lenet5.onnx"
    assert run("export", "lenet5", "--format", "onnx", "--output", path) == (0, f"{path}\n", "")
    onnx.checker.check_model(onnx.load(path))


def test_tools(run):
    code, out, err = run("tools", "resnet20_cifar")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert len(lines) == 3
    assert all(line.endswith(".") for line in lines)
    assert "269,722 parameters" in lines[0]
    code, out, _ = run("tools", "resnet20_cifar,num_classes=100", "--json")
    counts = json.loads(out)
    assert code == 0
    assert {"tool", "params", "operations", "counts", "why"} <= counts[0].keys()
    assert counts[0]["params"] == 275_572


def test_time(run):
    code, out, _ = run("time", "lenet5", "--batch", 2, "--seconds", 0.01)
    assert code == 0
    assert "for a batch of 2 images" in out
    assert "random weights" in out
    code, out, _ = run("time", "lenet5", "--seconds", 0.01, "--json")
    result = json.loads(out)
    assert code == 0
    assert result["batch"] == 1
    assert 0 < result["low"] <= result["median"] <= result["high"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("summary", "resnet19"), "resnet19 is no variant; known are mlp,"),
        (("summary", "resnet18", "--set", "width=33"), "width must be one of 16, 32"),
        (("summary", "resnet18", "--set", "breadth=32"), "breadth is no hyperparameter"),
        (("summary", "resnet18", "--set", "width"), "--set must be name=value"),
        (("summary", "resnet18", "--resolution", "0"), "resolution must be between 1 and 4096 px"),
        (("summary", "resnet18", "--resolution", "x"), "resolution must be a whole number"),
        (("summary", "vgg16", "--resolution", "16"), "The image is too small: head.pool"),
        (("compare", "vgg16"), "Networks to compare must be two to four; received 1."),
        (("compare", *["vgg16"] * 5), "Networks to compare must be two to four; received 5."),
        (("compare", "vgg16", "vgg99"), "vgg99 is no variant"),
        (("compare", "vgg16", "vgg16,width"), "A setting must be written name=value"),
        (("compare", "vgg16", "vgg16", "--json", "--markdown"), "not allowed with"),
        (("formula", "resnet18", "stem.con"), "close are stem.conv, "),
        (("formula", "resnet18", "input"), "input is no layer of resnet18"),
        (("formula", "resnet18", "%"), "python -m cnnviz summary resnet18 lists all."),
        (("formula", "vgg16", "stages.0.conv1", "--resolution", "16"), "The image is too small"),
        (("export", "lenet6"), "lenet6 is no variant"),
        (
            ("export", "lenet5", "--format", "pdf"),
            "be one of code, csv, markdown, latex, onnx, svg",
        ),
        (("export", "lenet5", "--format", "onnx"), "--format onnx needs --output FILE."),
        (("export", "lenet5", "--view", "side"), "invalid choice: 'side'"),
        (("export", "lenet5", "--output", "no/such/folder/lenet5.py"), "no/such/folder"),
        (("tools", "resnet19"), "resnet19 is no variant"),
        (("tools", "vgg16,resolution=16"), "The image is too small"),
        (("time", "lenet5", "--batch", "0"), "batch must be"),
        (("time", "lenet5", "--seconds", "0"), "seconds must be positive"),
        (("time", "lenet5", "--seconds", "soon"), "invalid float value"),
        (("time",), "required: NETWORK"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(refused, arguments, words):
    assert words in refused(*arguments)
