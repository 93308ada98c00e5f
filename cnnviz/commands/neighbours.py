"""The command neighbours: the images of a folder that a network considers most similar."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.commands.arguments import add_command
from cnnviz.commands.output import show
from cnnviz.commands.trained import add_trained_network, trained_network

if TYPE_CHECKING:
    from cnnviz.images import Collection
    from cnnviz.vision.neighbours.nearest import Embedding


def add_commands(commands: Any) -> None:
    """Add this module's command to the parser's subparsers."""
    command = add_command(
        commands, "neighbours", _neighbours, "the images that a network thinks alike"
    )
    command.add_argument("photo", metavar="PHOTO")
    command.add_argument(
        "--among", required=True, metavar="FOLDER", help="images in a folder or in a .zip"
    )
    add_trained_network(command)
    command.add_argument("--metric", choices=("euclidean", "cosine"), default="euclidean")
    command.add_argument("--count", type=int, default=6, metavar="N", help="how many neighbours")
    command.add_argument(
        "--most",
        type=int,
        default=3000,
        metavar="N",
        help="largest number of images, evenly from each class (default 3000)",
    )


def _neighbours(options: argparse.Namespace) -> int:
    from cnnviz.images import open_collection
    from cnnviz.images.opening import open_image
    from cnnviz.vision.forward_pass import forward_pass
    from cnnviz.vision.neighbours.nearest import embedding, hidden_vector, nearest
    from cnnviz.vision.prediction import network_input

    _require_positive(options)
    photo, collection = open_image(options.photo), open_collection(options.among)
    network = trained_network(options)
    image = network_input(network.spec, photo)
    query = hidden_vector(network, forward_pass(network, image)).values
    positions = _positions(options, collection)
    embedded = embedding(network, collection, positions, _progress(len(positions)))
    rows, distances = nearest(embedded.vectors, query, options.metric, options.count)
    result = _result(options, collection, embedded, list(zip(rows, distances, strict=True)))
    show(result if options.json else _text(result))
    return 0


def _require_positive(options: argparse.Namespace) -> None:
    for name in ("count", "most"):
        if getattr(options, name) < 1:
            raise ValueError(f"{name} must be at least 1; received {getattr(options, name)}.")


def _positions(options: argparse.Namespace, collection: Collection) -> list[int]:
    """What is looked at: an even sample without the photo itself, where it lies in the folder."""
    from cnnviz.images import even_sample

    sample = even_sample(collection, options.most)
    if len(sample) < len(collection):
        sys.stderr.write(f"{len(sample):,} of {len(collection):,} images are searched.\n")
    folder, photo = Path(options.among), Path(options.photo).resolve()
    return [i for i in sample if (folder / collection.pictures[i].name).resolve() != photo]


def _result(
    options: argparse.Namespace,
    collection: Collection,
    embedded: Embedding,
    nearest: list[tuple[Any, Any]],
) -> dict[str, Any]:
    positions = [(int(embedded.positions[row]), float(distance)) for row, distance in nearest]
    pictures = collection.pictures
    return {
        "run" if options.of_run else "model": options.of_run or options.model,
        "metric": options.metric,
        "photo": options.photo,
        "neighbours": [
            {"picture": pictures[i].name, "label": pictures[i].label, "distance": distance}
            for i, distance in positions
        ],
        "unreadable": [
            {"picture": pictures[i].name, "error": error} for i, error in embedded.unreadable
        ],
    }


def _text(result: dict[str, Any]) -> str:
    lines = [
        f"{n['distance']:10.4g}  {n['picture']}{'  ' + n['label'] if n['label'] else ''}"
        for n in result["neighbours"]
    ]
    skipped = [f"{u['picture']}: {u['error']}" for u in result["unreadable"]]
    return "\n".join([f"{result['photo']}: {result['metric']} distance", *lines, *skipped])


def _progress(count: int) -> Any:
    """Says how far it is where somebody looks on."""

    def tell(share: float) -> None:
        if sys.stderr.isatty():
            end = "\n" if share == 1 else ""
            sys.stderr.write(f"\r{share * count:,.0f} of {count:,} images{end}")

    return tell
