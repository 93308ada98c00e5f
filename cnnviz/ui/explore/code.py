"""The network as files: PyTorch code that stands alone, the layer table, ONNX."""

import subprocess
import sys
import tempfile
from collections.abc import Collection
from functools import partial
from pathlib import Path

import streamlit as st

from cnnviz.analysis.export import FORMATS, has_onnx
from cnnviz.analysis.source import source
from cnnviz.analysis.summary import summary
from cnnviz.architectures import NetworkSpec
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.theme import bytes_text
from cnnviz.ui.parts.page import offer_file

ONNX_SECONDS = 300


def show_code(network: SizedNetwork, hidden: Collection[str]) -> None:
    """Draw the downloads and the code.

    Args:
        network: The network and its resolution.
        hidden: Quantities that a teacher hides; tables would tell them.
    """
    st.markdown(
        "One file that needs only torch: run it and it builds the network and prints its parameter "
        "count; import it and `build()` gives the network."
    )
    name = f"{network.spec.variant}-{network.resolution}px"
    with st.container(horizontal=True):
        for form, kind in FORMATS.items():
            if form != "onnx" and (form == "code" or not hidden):
                offer_file(kind.title, partial(_file, network, form), name + kind.suffix)
        made = _make_onnx(network)
    if isinstance(made, str):
        st.error(made, icon=":material/error:")
    elif made:
        offer_file(f"Save the ONNX file ({bytes_text(len(made))})", made, f"{name}.onnx")
    st.code(_cached_source(network.spec, network.resolution), "python", height=560)


def _file(network: SizedNetwork, form: str) -> str | bytes:
    return FORMATS[form].function(summary(network.spec, network.resolution))


def _make_onnx(network: SizedNetwork) -> bytes | str | None:
    """A button; then the ONNX file, or one sentence why there is none."""
    words = "For Netron and other programs, with random weights; it takes some seconds."
    if not has_onnx():
        words += " The server needs two more packages: pip install onnx onnxscript."
    if not st.button("ONNX", "make_onnx", words, icon=":material/build:", disabled=not has_onnx()):
        return None
    with st.spinner("Writing the ONNX file ..."), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        # torch.export changes torch for the whole process while it runs: not in the server.
        options = ("export", str(network), "--format", "onnx", "--output", str(path))
        command = [sys.executable, "-m", "cnnviz", *options]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=ONNX_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return f"The file was not ready after {ONNX_SECONDS} s; try a smaller network."
        return path.read_bytes() if done.returncode == 0 else done.stderr.splitlines()[-1]


@st.cache_data(max_entries=64, show_spinner="Writing the code ...")
def _cached_source(spec: NetworkSpec, resolution: int) -> str:
    return source(spec, resolution)
