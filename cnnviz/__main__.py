"""The command line: ``python -m cnnviz list | summary | predict | cam | fetch``."""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from cnnviz.architectures import Network

BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    """A parser that answers bad input with one sentence."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message[:1].upper()}{message[1:].rstrip('.')}.\n")
        raise SystemExit(BAD_INPUT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 2 and one sentence on bad input."""
    options = _parser().parse_args(arguments)
    from cnnviz.vision.images import ImageError
    from cnnviz.vision.weights import WeightsError

    gc.freeze()  # what torch has loaded is no garbage; looking through it takes a second
    try:
        code: int = options.run(options)
    except (ImageError, WeightsError, ValueError, KeyError, OSError) as error:
        sys.stderr.write(f"{_sentence(error)}\n")
        return BAD_INPUT
    return code


def _sentence(error: Exception) -> str:
    if isinstance(error, KeyError):
        return str(error.args[0])
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="cnnviz", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    _add_list(commands)
    _add_summary(commands)
    _add_predict(commands)
    _add_cam(commands)
    _add_fetch(commands)
    return parser


def _add_list(commands: Any) -> None:
    command = commands.add_parser("list", help="all published variants")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_list)


def _add_summary(commands: Any) -> None:
    command = commands.add_parser("summary", help="layer table and counts of a variant")
    command.add_argument("variant", metavar="VARIANT")
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    command.add_argument("--resolution", type=int, metavar="PIXELS")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_summary)


def _add_predict(commands: Any) -> None:
    command = commands.add_parser("predict", help="the most probable classes of photos")
    command.add_argument("photos", nargs="+", metavar="PHOTO")
    command.add_argument("--model", required=True, metavar="VARIANT")
    command.add_argument("--weights", metavar="FILE")
    command.add_argument("--top", type=int, default=5)
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_predict)


def _add_cam(commands: Any) -> None:
    command = commands.add_parser("cam", help="where the network looks for a class")
    command.add_argument("photo", metavar="PHOTO")
    command.add_argument("--model", required=True, metavar="VARIANT")
    command.add_argument("--weights", metavar="FILE")
    command.add_argument("--class", type=int, dest="class_index", metavar="N")
    command.add_argument("--layer", metavar="NAME")
    command.add_argument("--output", type=Path, metavar="FILE.png")
    command.add_argument("--array", type=Path, metavar="FILE.npy")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_cam)


def _add_fetch(commands: Any) -> None:
    command = commands.add_parser("fetch", help="download weights into the weights folder")
    command.add_argument("variants", nargs="+", metavar="VARIANT")
    command.set_defaults(run=_fetch)


def _list(options: argparse.Namespace) -> int:
    import torch

    from cnnviz.architectures import ARCHITECTURES, build

    rows = []
    for family in ARCHITECTURES:
        for name, variant in family.variants.items():
            with torch.device("meta"):
                params = sum(p.numel() for p in build(name).parameters())
            rows.append(
                {
                    "architecture": family.name,
                    "variant": name,
                    "year": family.year_of(name),
                    "params": params,
                    "torchvision": variant.torchvision,
                }
            )
    line = "{variant:<26} {architecture:<17} {year} {params:>13,}"
    _print(rows if options.json else "\n".join(line.format(**row) for row in rows))
    return 0


def _summary(options: argparse.Namespace) -> int:
    from cnnviz.analysis.summary import summary
    from cnnviz.architectures import NetworkSpec, specify

    spec = specify(options.variant)
    config = spec.config.with_text(dict(_name_and_value(pair) for pair in options.set))
    result = summary(
        NetworkSpec(spec.variant, config, spec.in_channels, spec.num_classes), options.resolution
    )
    _print(result.to_json() if options.json else str(result))
    return 0


def _name_and_value(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise ValueError(f"--set must be name=value; received {pair!r}.")
    return name, value


def _predict(options: argparse.Namespace) -> int:
    from cnnviz.vision.images import ImageError, open_image
    from cnnviz.vision.prediction import labels, network_input, probabilities, top

    network = _network(options)
    names = labels(network.spec)
    results: list[dict[str, Any]] = []
    for photo in options.photos:
        try:
            image = network_input(network.spec, open_image(photo))
        except ImageError as error:
            results.append({"photo": photo, "error": str(error)})
            continue
        answers = top(probabilities(network, image), names, options.top)
        results.append({"photo": photo, "top": [vars(answer) for answer in answers]})
    _print(results if options.json else "\n".join(map(_answer_text, results)))
    return int(any("error" in result for result in results))


def _answer_text(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['photo']}: {result['error']}"
    answers = [f"  {a['probability']:6.1%}  {a['label']}" for a in result["top"]]
    return "\n".join([result["photo"], *answers])


def _cam(options: argparse.Namespace) -> int:
    from cnnviz.vision.class_activation import class_activation, default_layer
    from cnnviz.vision.images import open_image
    from cnnviz.vision.prediction import labels, network_input

    photo = open_image(options.photo)
    network = _network(options)
    layer = options.layer or default_layer(network)
    started = time.perf_counter()
    found = class_activation(
        network, network_input(network.spec, photo), options.class_index, [layer]
    )
    seconds = time.perf_counter() - started
    _write_map(options, network, photo, found.maps[layer])
    result = {
        "class_index": found.class_index,
        "label": labels(network.spec)[found.class_index],
        "probability": float(found.probabilities[found.class_index]),
        "layer": layer,
        "seconds": round(seconds, 4),
    }
    sentence = f"{result['label']} ({result['probability']:.1%}), seen at {layer}."
    _print(result if options.json else sentence)
    return 0


def _write_map(options: argparse.Namespace, network: Network, photo: Any, values: Any) -> None:
    import numpy as np
    from PIL import Image

    from cnnviz.figures.heatmap import overlay
    from cnnviz.vision.images import crop_for_network
    from cnnviz.vision.prediction import preprocessing

    if options.array:
        np.save(options.array, values)
    if options.output:
        seen = np.asarray(crop_for_network(photo, preprocessing(network.spec)))
        Image.fromarray(overlay(seen, values, opacity=0.7)).save(options.output)


def _network(options: argparse.Namespace) -> Network:
    """The network with the weights of a file, or the best that the weights folder holds."""
    import torch

    from cnnviz.architectures import build, specify
    from cnnviz.vision.weights import WeightsError, load_network, load_weights, sources

    spec = specify(options.model)
    if options.weights:
        with torch.device("meta"):
            network = build(spec)
        return load_weights(network, options.weights).requires_grad_(False)
    source = sources(options.model)[0]
    if source.kind != "file":
        raise WeightsError(
            f"There are no weights of {options.model} in the weights folder; run "
            f"python -m cnnviz fetch {options.model}, or give --weights FILE."
        )
    return load_network(spec, source)


def _fetch(options: argparse.Namespace) -> int:
    from cnnviz.architectures import variant
    from cnnviz.vision.weights import fetch

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


def _print(result: Any) -> None:
    print(result if isinstance(result, str) else json.dumps(result, indent=2))


if __name__ == "__main__":
    sys.exit(main())
