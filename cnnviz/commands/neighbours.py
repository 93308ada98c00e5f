"""The command neighbours: the images of a folder that a network considers most similar."""

import argparse
import sys
from pathlib import Path
from typing import Any

from cnnviz.commands.answer import Answer, show_progress
from cnnviz.commands.trained import trained_network
from cnnviz.images import Collection, even_sample, open_collection
from cnnviz.images.names import nfc
from cnnviz.images.opening import open_image
from cnnviz.vision.forward_pass import forward_pass
from cnnviz.vision.neighbours.nearest import Embedding, embedding, hidden_vector, nearest
from cnnviz.vision.prediction import network_input


def neighbours_command(options: argparse.Namespace) -> Answer:
    """The images of a folder that a network thinks most similar to a photo."""
    _require_positive(options)
    photo, collection = open_image(options.photo), open_collection(options.among)
    network = trained_network(options)
    image = network_input(network.spec, photo)
    query = hidden_vector(network, forward_pass(network, image)).values
    positions = _positions(options, collection)
    count = len(positions)
    embedded = embedding(
        *(network, collection, positions),
        lambda share: show_progress(share, f"{share * count:,.0f} of {count:,} images"),
    )
    rows, distances = nearest(embedded.vectors, query, options.metric, options.count)
    result = _result(options, collection, embedded, list(zip(rows, distances, strict=True)))
    return Answer(_text(result), result)


def _require_positive(options: argparse.Namespace) -> None:
    for name in ("count", "most"):
        if getattr(options, name) < 1:
            raise ValueError(f"{name} must be at least 1; received {getattr(options, name)}.")


def _positions(options: argparse.Namespace, collection: Collection) -> list[int]:
    """What is looked at: an even sample without the photo itself, where it lies in the folder."""
    sample = even_sample(collection, options.most)
    if len(sample) < len(collection):
        sys.stderr.write(f"{len(sample):,} of {len(collection):,} images are searched.\n")
    folder, photo = Path(options.among), nfc(str(Path(options.photo).resolve()))
    names = {i: str((folder / collection.images[i].name).resolve()) for i in sample}
    return [i for i in sample if nfc(names[i]) != photo]


def _result(
    options: argparse.Namespace,
    collection: Collection,
    embedded: Embedding,
    nearest: list[tuple[Any, Any]],
) -> dict[str, Any]:
    positions = [(int(embedded.positions[row]), float(distance)) for row, distance in nearest]
    pictures = collection.images
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
