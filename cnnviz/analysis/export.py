"""Exports a network's layer table and the network itself as files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pandas as pd
import torch

from cnnviz.analysis import counting
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.kinds.window import Pair
from cnnviz.analysis.limits import BYTES
from cnnviz.analysis.node import shape_text
from cnnviz.analysis.source import source
from cnnviz.analysis.summary import Summary
from cnnviz.architectures import Network, NetworkSpec, build, variant
from cnnviz.architectures.given import made_for, require_unchanged, require_weights, with_weights
from cnnviz.architectures.written import SizedNetwork

# Columns of the layer table (see ``analysis.layers``) by their headings; window is made here.
ALL = {
    "name": "name",
    "stage": "stage",
    "kind": "kind",
    "input_shape": "input_shape",
    "output_shape": "output_shape",
    "kernel_size": "kernel_size (px)",
    "stride": "stride (px)",
    "padding": "padding (px)",
    "groups": "groups",
    "params": "params",
    "macs": "macs",
    "activations": "activations",
    "memory": "memory (bytes)",
    "receptive_field": "receptive_field (px)",
}
READ = {
    "name": "Layer",
    "kind": "Kind",
    "output_shape": "Output (C x H x W)",
    "window": "Kernel / stride (px)",
    "params": "Parameters",
    "macs": "MACs",
    "receptive_field": "Receptive field (px)",
}
LATEX = READ | {
    "output_shape": r"Output ($C \times H \times W$)",
    "window": "Window (px)",
    "receptive_field": "RF (px)",
}
LATEX_START = r"""% \usepackage{booktabs, longtable}
\begingroup\footnotesize\setlength{\tabcolsep}{3pt}"""
NUMBERS = ("params", "macs", "receptive_field")
MACS = "multiply-accumulates of convolutions and linear layers for one image"
# Protocol buffers, which ONNX files are, end at 2 GiB.
ONNX_BYTES = 2**31 - 1


@dataclass(frozen=True)
class Format:
    """A file format for export.

    Attributes:
        title: Its name on screen.
        suffix: End of the file's name (".csv").
        function: The file's content of a summary.
    """

    title: str
    suffix: str
    function: Callable[[Summary], str | bytes]


def csv(summary: Summary) -> str:
    """The layer table as CSV: one row a layer, plain numbers and no row of totals."""
    return _written(summary.layers, ALL).to_csv(index=False, lineterminator="\n")


def markdown(summary: Summary) -> str:
    """The layer table as Markdown, with a title, totals and a note on the counts."""
    right = ["right" if column in NUMBERS else "left" for column in READ]
    table = _with_totals(summary, READ)
    text = table.to_markdown(index=False, disable_numparse=True, colalign=right)
    return f"# {_title(summary)}\n\n{text}\n\nMACs are {MACS}; FLOPs = 2 x MACs.\n"


def latex(summary: Summary) -> str:
    """The layer table as a LaTeX longtable with booktabs rules, a caption and totals."""
    table = _with_totals(summary, LATEX).map(_in_latex)
    text = table.to_latex(
        index=False,
        escape=False,
        longtable=True,
        column_format="".join("r" if column in NUMBERS else "l" for column in LATEX),
        caption=(
            f"{_in_latex(_title(summary))}. MACs are {MACS}; $\\mathrm{{FLOPs}} = 2 \\times "
            "\\mathrm{MACs}$. Windows are kernel size / stride; RF is the receptive field."
        ),
        label=f"tab:{summary.spec.variant.replace('_', '-')}",
    )
    layers, total = text.rsplit("\nTotal &", 1)
    return f"{LATEX_START}\n{layers}\n\\midrule\nTotal &{total}\\endgroup\n"


def onnx(network: Network | NetworkSpec, resolution: int) -> bytes:
    """The network as an ONNX file for images (N, C, H, W) of any N.

    The input is called "image", the output "logits"; auxiliary heads, which only training uses, are
    not in it.

    Args:
        network: A network as it is now, with its weights; or a specification, whose weights are
            drawn as the paper says.
        resolution: Side of the images in pixels.

    Raises:
        TypeError: It is no network of ``cnnviz.build``.
        ValueError: ``onnx`` or ``onnxscript`` is not installed, the file would pass 2 GiB, or
            ``resolution`` is no whole number from 1 to 4096.
        GraphError: The image is too small for one of the layers.
    """
    if not has_onnx():
        raise ValueError("ONNX files need two more packages: pip install onnx onnxscript.")
    graph = network_graph(network, resolution)
    size = BYTES * sum(map(counting.params, graph.layers))
    if size > ONNX_BYTES:
        raise ValueError(f"An ONNX file must stay below 2.1 GB; this has {size / 1e9:.1f} GB.")
    with torch.device("cpu"):
        exported = build(network) if isinstance(network, NetworkSpec) else _own(network)
        images = torch.zeros(2, *graph.input_shape)
    program = torch.onnx.export(
        exported,
        (images,),
        dynamo=True,
        verbose=False,
        input_names=["image"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )
    assert program is not None
    file: bytes = program.model_proto.SerializeToString()
    return file


def _own(network: Network) -> Network:
    """A copy on the CPU in float32."""
    require_weights(network)
    return with_weights(network).to("cpu", torch.float32)


def has_onnx() -> bool:
    """Whether the packages that ``onnx`` needs are installed."""
    return all(find_spec(package) is not None for package in ("onnx", "onnxscript"))


FORMATS: dict[str, Format] = {
    "code": Format("PyTorch", ".py", lambda s: source(_built_from(s), s.resolution)),
    "csv": Format("CSV", ".csv", csv),
    "markdown": Format("Markdown", ".md", markdown),
    "latex": Format("LaTeX", ".tex", latex),
    "onnx": Format("ONNX", ".onnx", lambda s: onnx(_built_from(s), s.resolution)),
}


def _built_from(summary: Summary) -> NetworkSpec:
    require_unchanged(summary.spec, summary.changed)
    return summary.spec


def _title(summary: Summary) -> str:
    """ "ResNet-50 with width=32 at 160 px"."""
    published = variant(summary.spec.variant)
    sized = SizedNetwork(summary.spec, made_for(summary.spec))
    changes = [f"{k}={v}" for k, v in sized.changes.items()]
    changed = f" with {', '.join(changes)}" if changes else ""
    replaced = f", changed in {', '.join(summary.changed)}," if summary.changed else ""
    return f"{published.title}{changed}{replaced} at {summary.resolution} px"


def _written(
    table: pd.DataFrame,
    headings: Mapping[str, str],
) -> pd.DataFrame:
    """Some columns of a layer table by their headings, with shapes as texts."""

    def written(value: Any) -> Any:
        if isinstance(value, tuple):
            return shape_text(value)
        return "" if value is None else value

    chosen = {title: table[column] for column, title in headings.items()}
    return pd.DataFrame(
        {title: c.map(written) if c.dtype == object else c for title, c in chosen.items()}
    )


def _with_totals(
    summary: Summary,
    headings: Mapping[str, str],
) -> pd.DataFrame:
    """Columns as people read them: thousands apart, totals in the last row."""
    sums = {column: getattr(summary.totals, column) for column in NUMBERS}
    last = dict.fromkeys(headings.values(), "") | {headings["name"]: "Total"}
    last |= {headings[column]: f"{number:,}" for column, number in sums.items()}
    sizes = zip(summary.layers["kernel_size"], summary.layers["stride"], strict=True)
    windows = [_window(kernel, stride) if kernel else "" for kernel, stride in sizes]
    table = _written(summary.layers.assign(window=windows), headings)
    numbers = {headings[c]: table[headings[c]].map("{:,}".format) for c in NUMBERS}
    return pd.concat([table.assign(**numbers), pd.DataFrame([last])], ignore_index=True)


def _window(kernel: Pair, stride: Pair) -> str:
    """Kernel size and stride as papers write them: "7 x 7 / 2"."""
    height, width = stride
    return f"{shape_text(kernel)} / {height if height == width else shape_text(stride)}"


def _in_latex(text: str) -> str:
    """Text with LaTeX's special characters escaped, and shapes as formulas."""
    escaped = re.sub(r"([&%#_{}])", r"\\\1", text)
    shape = r"\d+(?: x \d+)+"
    return re.sub(shape, lambda match: "$" + match[0].replace("x", r"\times") + "$", escaped)
