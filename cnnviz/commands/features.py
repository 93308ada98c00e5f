"""The command features: all feature maps of a layer for a photo as one image."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import add_command
from cnnviz.commands.output import show
from cnnviz.commands.trained import add_trained_network, trained_network

if TYPE_CHECKING:
    from cnnviz.architectures import Network
    from cnnviz.vision.capture import Place

WIDTH = 1000  # px of the image, about


def add_commands(commands: Any) -> None:
    """Add this module's commands to the parser's subparsers."""
    command = add_command(commands, "features", _features, "what a layer sees of a photo")
    command.add_argument("photo", metavar="PHOTO")
    add_trained_network(command)
    command.add_argument("--layer", required=True, metavar="NAME", help="as in summary: stem.conv")
    command.add_argument("--output", required=True, type=Path, metavar="FILE.png")
    command.add_argument("--order", default="strongest first", metavar="strongest first|in order")
    command.add_argument("--count", type=int, metavar="N", help="at most so many maps")
    command.add_argument("--scale", default="each map", metavar="each map|the layer|all layers")
    command.add_argument("--raw", action="store_true", help="what is below 0, too")


def _features(options: argparse.Namespace) -> int:
    from cnnviz.images.opening import open_image
    from cnnviz.vision.forward_pass import activations, forward_pass
    from cnnviz.vision.maps.statistics import map_statistics, reaches, rectified
    from cnnviz.vision.prediction import network_input

    if options.count is not None and options.count < 1:
        raise ValueError(f"--count must be at least 1; received {options.count}.")
    photo, network = open_image(options.photo), trained_network(options)
    place = _place(network, options.layer)
    started = time.perf_counter()
    passed = forward_pass(network, network_input(network.spec, photo))
    output = activations(network, passed, [place])[place]
    seconds = time.perf_counter() - started
    if output.dim() != 4:
        raise ValueError(f"layer must give feature maps (C, H, W); received {options.layer}.")
    raw = output[0].numpy()
    maps, facts = raw if options.raw else rectified(raw), map_statistics(raw)
    others = [each.numpy() for name, each in passed.outputs.items() if name != "head"]
    ends, shown = reaches(maps, options.scale, others), facts.order(options.order)[: options.count]
    _write(maps[shown], ends[shown], options.output)
    result = {
        "layer": options.layer,
        "shape": list(raw.shape),
        "maps": [_map(facts, channel) for channel in shown.tolist()],
        "dead": facts.dead.tolist(),
        "seconds": round(seconds, 4),
    }
    sentence = (
        f"{options.output}: {len(shown)} of the {len(raw)} maps of {options.layer}, "
        f"{raw.shape[1]} x {raw.shape[2]} each; {len(facts.dead)} are dead on this photo."
    )
    show(result if options.json else sentence)
    return 0


def _place(network: Network, layer: str) -> Place:
    """Where a row of the layer table, or a block, can be read."""
    from cnnviz.analysis.graph import network_graph
    from cnnviz.analysis.reading import read_at
    from cnnviz.vision.capture import Place
    from cnnviz.vision.prediction import preprocessing

    graph = network_graph(network.spec, preprocessing(network.spec).crop)
    nodes = {node.name: node for node in graph.layers}
    return Place(*read_at(graph, nodes[layer])) if layer in nodes else Place(layer)


def _map(facts: Any, channel: int) -> dict[str, Any]:
    return {
        "map": channel,
        "mean": float(facts.mean[channel]),
        "maximum": float(facts.maximum[channel]),
        "zeros": float(facts.zeros[channel]),
    }


def _write(maps: Any, ends: Any, path: Path) -> None:
    from cnnviz.figures.images.mosaic import enlarged, mosaic, png

    path.write_bytes(png(enlarged(mosaic(maps, ends), WIDTH)))
