"""Commands on photos: predict, cam, and fetch for the weights that they need."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import add_command
from cnnviz.commands.output import show
from cnnviz.commands.trained import add_trained_network, trained_network

if TYPE_CHECKING:
    from cnnviz.architectures import Network


METHODS = (
    "grad-cam, grad-cam++, hirescam, xgradcam, layercam, eigencam, eigengradcam, cam, "
    "guided-backprop, saliency, scorecam or ablationcam"
)


def add_commands(commands: Any) -> None:
    """Add this module's commands to the parser's subparsers."""
    _add_predict(commands)
    _add_cam(commands)
    fetch = add_command(commands, "fetch", _fetch, "download weights into the weights folder", None)
    fetch.add_argument("variants", nargs="+", metavar="VARIANT")


def _add_predict(commands: Any) -> None:
    command = add_command(commands, "predict", _predict, "the most probable classes of photos")
    command.add_argument("photos", nargs="+", metavar="PHOTO")
    add_trained_network(command)
    command.add_argument("--top", type=int, default=5)


def _add_cam(commands: Any) -> None:
    command = add_command(commands, "cam", _cam, "where the network looks for a class")
    command.add_argument("photo", metavar="PHOTO")
    add_trained_network(command)
    command.add_argument("--class", type=int, dest="class_index", metavar="N")
    command.add_argument("--layer", metavar="NAME")
    command.add_argument("--method", default="grad-cam", metavar="NAME", help=METHODS)
    command.add_argument("--output", type=Path, metavar="FILE.png")
    command.add_argument("--array", type=Path, metavar="FILE.npy")


def _predict(options: argparse.Namespace) -> int:
    from cnnviz.images.opening import ImageError, open_image
    from cnnviz.vision.forward_pass import forward_pass
    from cnnviz.vision.prediction import labels, network_input, top

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
    show(results if options.json else "\n".join(map(_answer_text, results)))
    return int(any("error" in result for result in results))


def _answer_text(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['photo']}: {result['error']}"
    answers = [f"  {a['probability']:6.1%}  {a['label']}" for a in result["top"]]
    return "\n".join([result["photo"], *answers])


def _cam(options: argparse.Namespace) -> int:
    from cnnviz.images.opening import open_image
    from cnnviz.vision.cam.class_activation import class_activation, default_layer
    from cnnviz.vision.prediction import labels, network_input

    photo = open_image(options.photo)
    network = trained_network(options)
    layer = options.layer or default_layer(network)
    started = time.perf_counter()
    heatmaps = class_activation(
        network, network_input(network.spec, photo), options.class_index, [layer], options.method
    )
    seconds = time.perf_counter() - started
    _write_map(options, network, photo, heatmaps.maps[layer])
    result = {
        "class_index": heatmaps.class_index,
        "label": labels(network.spec)[heatmaps.class_index],
        "probability": float(heatmaps.probabilities[heatmaps.class_index]),
        "method": options.method,
        "layer": layer,
        "seconds": round(seconds, 4),
    }
    sentence = f"{result['label']} ({result['probability']:.1%}), seen at {layer}."
    show(result if options.json else sentence)
    return 0


def _write_map(options: argparse.Namespace, network: Network, photo: Any, values: Any) -> None:
    import numpy as np
    from PIL import Image

    from cnnviz.figures.colour_maps import overlay
    from cnnviz.images.preprocessing import crop_for_network
    from cnnviz.vision.prediction import preprocessing

    if options.array:
        np.save(options.array, values)
    if options.output:
        seen = np.asarray(crop_for_network(photo, preprocessing(network.spec)))
        Image.fromarray(overlay(seen, values, opacity=0.7)).save(options.output)


def _fetch(options: argparse.Namespace) -> int:
    from cnnviz.architectures import variant
    from cnnviz.weights.loading import fetch

    for name in options.variants:
        variant(name)
    for name in options.variants:
        path = fetch(name, progress=_progress(name))
        sys.stderr.write("\n")
        print(path)
    return 0


def _progress(name: str) -> Any:
    def show(received: int, size: int | None) -> None:
        of_all = f" of {size / 1e6:.1f}" if size else ""
        sys.stderr.write(f"\r{name}: {received / 1e6:.1f}{of_all} MB   ")

    return show
