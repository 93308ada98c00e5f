"""Files for other programs: read back by those that are installed."""

import importlib.util
import io
import re

import numpy as np
import pandas as pd
import pytest
import torch

from cnnviz.analysis import export
from cnnviz.analysis.export import FORMATS, csv, has_onnx, latex, markdown, onnx
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.summary import summary
from cnnviz.architectures import ARCHITECTURES, build, specify
from tests.networks import summary_of

needs_onnx = pytest.mark.skipif(
    not (has_onnx() and importlib.util.find_spec("onnxruntime")),
    reason="onnx, onnxscript and onnxruntime are not installed",
)


@pytest.fixture(scope="module")
def resnet():
    return summary(specify("resnet50", width=32), 160)


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_pandas_reads_the_csv_again(family):
    result = summary_of(next(iter(family.variants)))
    table = pd.read_csv(io.StringIO(csv(result)))
    layers, totals = result.layers, result.totals
    assert table["name"].tolist() == layers["name"].tolist()
    assert table["kind"].tolist() == layers["kind"].tolist()
    assert (table["params"].sum(), table["macs"].sum()) == (totals.params, totals.macs)
    assert table["memory (bytes)"].sum() == totals.memory
    assert table["receptive_field (px)"].tolist() == layers["receptive_field"].tolist()
    shapes = [tuple(map(int, str(text).split(" x "))) for text in table["output_shape"]]
    assert shapes == layers["output_shape"].tolist()
    assert table["kernel_size (px)"].isna().tolist() == layers["kernel_size"].isna().tolist()
    assert table["groups"].isna().tolist() == layers["groups"].isna().tolist()


def test_csv_is_plain_numbers_and_shapes_as_people_write_them(resnet):
    first = csv(resnet).splitlines()[1]
    assert first == (
        "stem.conv,stem,convolution,3 x 160 x 160,32 x 80 x 80,7 x 7,2 x 2,3 x 3,1,"
        "4704,30105600,204800,838016,7"
    )


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_markdown(resnet):
    title, _, headings, rule, *rows, empty, note = markdown(resnet).splitlines()
    assert title == "# ResNet-50 with width=32 at 160 px"
    assert cells(headings)[:3] == ["Layer", "Kind", "Output (C x H x W)"]
    assert {len(cells(row)) for row in rows} == {len(cells(headings))} == {len(cells(rule))}
    assert len(rows) == len(resnet.layers) + 1
    assert cells(rows[0]) == [
        *("stem.conv", "convolution", "32 x 80 x 80", "7 x 7 / 2"),
        *("4,704", "30,105,600", "7"),
    ]
    params, macs, field = cells(rows[-1])[-3:]
    assert cells(rows[-1])[0] == "Total"
    assert (params, macs) == (f"{resnet.totals.params:,}", f"{resnet.totals.macs:,}")
    assert field == f"{resnet.totals.receptive_field:,}"
    assert not empty
    assert note.endswith("FLOPs = 2 x MACs.")


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_latex_is_a_table_with_as_many_cells_in_every_row(family):
    result = summary_of(next(iter(family.variants)))
    text = latex(result)
    (columns,) = re.findall(r"\\begin\{longtable\}\{(\w+)\}", text)
    body = text.partition("\\endlastfoot\n")[2].partition("\\end{longtable}")[0].splitlines()
    *layers, rule, total = body
    assert rule == "\\midrule"
    assert total.startswith("Total & ")
    assert len(layers) == len(result.layers)
    for line in (*layers, total):
        assert line.endswith(" \\\\")
        assert line.count(" & ") == len(columns) - 1, line
    assert text.count("\\begin{") == text.count("\\end{")
    assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")
    assert text.count("$") % 2 == 0
    assert not re.search(r"(?<!\\)[_#%&](?! )", text.partition("\\endlastfoot")[2]), "unescaped"


def test_latex_writes_shapes_counts_and_a_caption(resnet):
    text = latex(resnet)
    assert "\\toprule" in text
    assert (
        "stem.conv & convolution & $32 \\times 80 \\times 80$ & $7 \\times 7$ / 2 & "
        "4,704 & 30,105,600 & 7 \\\\"
    ) in text
    assert "\\caption{ResNet-50 with width=32 at 160 px. MACs are multiply-accumulates" in text
    assert f"Total &  &  &  & {resnet.totals.params:,} & {resnet.totals.macs:,} & " in text
    escaped = latex(summary(specify("vgg11", batch_norm=True)))
    assert "VGG-11 (A) with batch\\_norm=true" in escaped
    assert "stages.0.conv1 & " in escaped
    assert "c1\\_squashing" in latex(summary("lenet5"))


def logits(file, images):
    import onnxruntime

    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"image": images.numpy()})[0]


@needs_onnx
@pytest.mark.parametrize(
    ("spec", "resolution"),
    [
        (specify("lenet5"), 32),
        (specify("resnet20_cifar"), 32),
        (specify("squeezenet1_1", num_classes=10), 64),
    ],
    ids=lambda value: getattr(value, "variant", value),
)
def test_onnx_gives_the_same_logits_for_any_number_of_images(spec, resolution, capfd):
    torch.manual_seed(0)
    file = FORMATS["onnx"].function(summary(spec, resolution))
    assert capfd.readouterr() == ("", ""), "the exporter talks"
    torch.manual_seed(0)
    network = build(spec)
    images = torch.randn(3, spec.in_channels, resolution, resolution)
    with torch.no_grad():
        expected = network(images).numpy()
        one = network(images[:1]).numpy()
    np.testing.assert_allclose(logits(file, images), expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(logits(file, images[:1]), one, rtol=1e-4, atol=1e-4)


def test_onnx_says_what_to_install(monkeypatch):
    monkeypatch.setattr(export, "find_spec", lambda name: None if name == "onnxscript" else name)
    assert not has_onnx()
    with pytest.raises(ValueError, match=r"^ONNX .*: pip install onnx onnxscript\.$"):
        onnx(specify("lenet5"), 32)


def test_onnx_refuses_what_the_format_cannot_hold_before_it_builds_it(monkeypatch):
    monkeypatch.setattr(export, "find_spec", lambda name: name)
    too_wide = specify("vgg19", width=128, hidden_units=4096, kernel_size=7)
    with pytest.raises(ValueError, match=r"^An ONNX file must stay below 2\.1 GB; this has \d"):
        onnx(too_wide, 224)
    with pytest.raises(GraphError, match="The image is too small"):
        onnx(specify("vgg16"), 16)


def test_every_format_has_its_file():
    assert list(FORMATS) == ["code", "csv", "markdown", "latex", "onnx"]
    assert len({each.suffix for each in FORMATS.values()}) == len(FORMATS)
    result = summary("lenet5")
    for name, each in FORMATS.items():
        assert each.suffix.startswith(".")
        if name != "onnx":
            assert each.function(result)
    assert "def build()" in FORMATS["code"].function(result)
