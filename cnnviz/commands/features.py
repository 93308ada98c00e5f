"""The command features: all feature maps of a layer for a photo as one image."""

import argparse
import time
from typing import Any

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import Network
from cnnviz.commands.answer import Answer
from cnnviz.commands.trained import trained_network
from cnnviz.figures.images.mosaic import enlarged, mosaic, png
from cnnviz.images.opening import open_image
from cnnviz.vision.capture import Place
from cnnviz.vision.forward_pass import activations, forward_pass
from cnnviz.vision.maps.statistics import map_statistics, reaches, rectified
from cnnviz.vision.prediction import network_input, preprocessing

WIDTH = 1000  # px of the image, about


def features_command(options: argparse.Namespace) -> Answer:
    """Write all feature maps of a layer for a photo as one image."""
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
    options.output.write_bytes(png(enlarged(mosaic(maps[shown], ends[shown]), WIDTH)))
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
    return Answer(sentence, result)


def _place(network: Network, layer: str) -> Place:
    """Where a row of the layer table, or a block, can be read."""
    graph = network_graph(network.spec, preprocessing(network.spec).crop)
    nodes = {node.name: node for node in graph.layers}
    return Place(*graph.read_at(graph.position(layer))) if layer in nodes else Place(layer)


def _map(facts: Any, channel: int) -> dict[str, Any]:
    return {
        "map": channel,
        "mean": float(facts.mean[channel]),
        "maximum": float(facts.maximum[channel]),
        "zeros": float(facts.zeros[channel]),
    }
