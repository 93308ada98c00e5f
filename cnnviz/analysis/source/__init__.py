"""A configured network as one stand-alone PyTorch file, made of this package's own sources."""

import inspect
import textwrap
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby

from cnnviz.analysis.source.definitions import LINE, Cut, Import, comment, import_lines
from cnnviz.architectures import ARCHITECTURES, Network, NetworkSpec, architecture_of, variant
from cnnviz.architectures.given import made_for, specification_of
from cnnviz.architectures.written import SizedNetwork, require_resolution

HEADER = '''"""{title}, written by cnnviz: one file that needs only PyTorch.

{settings}

{family}
"""

from __future__ import annotations
'''
BUILD = '''def build() -> nn.Module:
    """The network in eval mode; its weights are random."""
    config = {config}()
    return {network}(config, in_channels={in_channels}, num_classes={num_classes}).eval()
'''
SCRIPT = """

if __name__ == "__main__":
    params = sum(parameter.numel() for parameter in build().parameters())
    print(f"{params:,} parameters")
"""


@dataclass(frozen=True)
class Code:
    """The parts of a stand-alone file.

    Attributes:
        header: Its docstring, and what follows it.
        imports: What its definitions import.
        definitions: Classes, functions and values; ``build()`` comes last.
    """

    header: str
    imports: set[Import]
    definitions: str

    def __str__(self) -> str:
        return f"{self.header}\n{import_lines(self.imports)}\n\n{self.definitions}"


def source(network: Network | NetworkSpec, resolution: int | None = None) -> str:
    """The network as a Python file that needs only torch.

    Run as a script it prints the number of parameters; imported it offers ``build()``. The state
    dict has the same keys in the same order as that of ``cnnviz.build``'s.

    Args:
        network: The network, or what it is built from.
        resolution: Side of the image in pixels that the file speaks of; default as published.

    Raises:
        TypeError: It is no network of ``cnnviz.build``.
        ValueError: Layers of the network were replaced by others, which this package has no source
            of; or ``resolution`` is no whole number from 1 to 4096.
    """
    return f"{network_code(specification_of(network), resolution)}{SCRIPT}"


def network_code(spec: NetworkSpec, resolution: int | None = None) -> Code:
    """The parts of the same file, without what it does as a script."""
    require_resolution(made_for(spec) if resolution is None else resolution)
    family = architecture_of(spec.variant)
    network, config = family.network.__name__, type(spec.config).__name__
    home = family.network.__module__
    cut = Cut(spec.config)
    for name in (config, network):
        cut.follow(name, home)
    cut.follow("nn", Network.__module__)  # build() speaks of it
    build = BUILD.format(
        config=config,
        network=network,
        in_channels=spec.in_channels,
        num_classes=spec.num_classes,
    )
    sections = [
        "\n\n\n".join([comment(origin), *(text for _, text in definitions)])
        for origin, definitions in groupby(cut.taken(home), lambda taken: _origin(taken[0]))
    ]
    return Code(_header(spec, resolution), cut.imports, "\n\n\n".join([*sections, build]))


def _origin(module: str) -> str:
    """Which paper the definitions of a module speak of."""
    if module not in {family.network.__module__ for family in ARCHITECTURES}:
        return "What networks of several papers share."
    title = (inspect.getdoc(import_module(module)) or "").partition("\n")[0]
    return f"From: {title}"


def _header(spec: NetworkSpec, resolution: int | None) -> str:
    """The file's docstring: what it is, whose, with which settings; where it leaves the paper."""
    family, published = architecture_of(spec.variant), variant(spec.variant)
    changes = [f"{k}={v}" for k, v in SizedNetwork(spec, made_for(spec)).changes.items()]
    side = resolution or made_for(spec)
    how = getattr(spec.config, "initialisation", "paper")
    drawn = "as the paper says" if how == "paper" else f"by the initialisation {how!r}"
    settings = f"with {', '.join(changes)}" if changes else "as published"
    about = (
        f"Settings: {spec.variant}, {settings}. It reads images (N, {spec.in_channels}, {side}, "
        f"{side}) and gives logits (N, {spec.num_classes}). Its weights are random, drawn {drawn}."
    )
    return HEADER.format(
        title=f"{published.title}{' with changed settings' if changes else ''}",
        settings=textwrap.fill(about, LINE, break_on_hyphens=False),
        family=inspect.getdoc(import_module(family.network.__module__)),
    )
