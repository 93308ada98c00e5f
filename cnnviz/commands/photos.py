"""Commands on photos: predict and cam."""

import argparse
import time
from typing import Any

import numpy as np
from PIL import Image

from cnnviz.architectures import Network
from cnnviz.commands.answer import Answer
from cnnviz.commands.trained import trained_network
from cnnviz.images.opening import ImageError, open_image
from cnnviz.images.preprocessing import crop_for_network
from cnnviz.vision.cam.class_activation import class_activation
from cnnviz.vision.cam.heatmap import Heatmap
from cnnviz.vision.cam.target_layer import default_layer_text
from cnnviz.vision.forward_pass import forward_pass
from cnnviz.vision.prediction import labels, network_input, preprocessing, top


def predict_command(options: argparse.Namespace) -> Answer:
    """The most probable classes of photos."""
    network = trained_network(options)
    names = labels(network.spec)
    results: list[dict[str, Any]] = []
    for photo in options.photos:
        try:
            image = network_input(network.spec, open_image(photo))
        except ImageError as error:
            results.append({"photo": photo, "error": str(error)})
            continue
        answers = top(forward_pass(network, image).probabilities, names, options.top)
        results.append({"photo": photo, "top": [vars(answer) for answer in answers]})
    has_failed = any("error" in result for result in results)
    return Answer("\n".join(map(_answer_text, results)), results, int(has_failed))


def _answer_text(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['photo']}: {result['error']}"
    answers = [f"  {a['probability']:6.1%}  {a['label']}" for a in result["top"]]
    return "\n".join([result["photo"], *answers])


def cam_command(options: argparse.Namespace) -> Answer:
    """Where the network looks for a class."""
    photo = open_image(options.photo)
    network = trained_network(options)
    started = time.perf_counter()
    layers = [options.layer] if options.layer else None
    activation = class_activation(
        network, network_input(network.spec, photo), options.class_index, layers, options.method
    )
    seconds = time.perf_counter() - started
    index, ((layer, heatmap),) = activation.class_index, activation.heatmaps.items()
    _write_map(options, network, photo, heatmap.values)
    result = {
        "class_index": index,
        "label": labels(network.spec)[index],
        "probability": float(activation.probabilities[index]),
        "method": options.method,
        "layer": layer,
        "seconds": round(seconds, 4),
        "has_region": heatmap.has_region,
    }
    why_this_layer = "" if options.layer else default_layer_text(activation.passed)
    return Answer(f"{_cam_text(result, heatmap)} {why_this_layer}".strip(), result)


def _cam_text(result: dict[str, Any], heatmap: Heatmap) -> str:
    named = f"{result['label']} ({result['probability']:.1%})"
    if heatmap.has_region:
        return f"{named}, seen at {result['layer']}."
    return (
        f"{named}, seen nowhere at {result['layer']}: {heatmap.why_empty}; try another --layer, "
        "--class or --method."
    )


def _write_map(options: argparse.Namespace, network: Network, photo: Any, values: Any) -> None:
    from cnnviz.figures.colour_maps import overlay

    if options.array:
        np.save(options.array, values)
    if options.output:
        seen = np.asarray(crop_for_network(photo, preprocessing(network.spec)))
        Image.fromarray(overlay(seen, values, opacity=0.7)).save(options.output)
