"""Why a folder of images cannot be trained on: a sentence that names what was seen."""

from collections.abc import Collection, Sequence

from cnnviz.images.collection import DataError
from cnnviz.images.files import ImageFiles
from cnnviz.images.names import printable
from cnnviz.images.tar import TarImages
from cnnviz.training.datasets.layout.paths import MASKED, Folders, Place
from cnnviz.training.datasets.layout.words import is_images, named, split_of

# The ways to understand images: where their classes come from.
READINGS = {
    "folders": "first folder",
    "inner-folders": "last folder",
    "file-names": "start of the file's name",
    "table": "table of labels",
    "plain-folders": "last folder, also train and test",
}
READING = "::"  # between the name of data and how it is to be understood
ADVICE = "put the images of each class into a folder of its name"


def refusal(
    files: ImageFiles | TarImages,
    located: Sequence[Place],
    around: Folders,
    classes: Collection[str],
    reading: str = "",
    others: Sequence[str] = (),
) -> DataError:
    """The error of images that give fewer than two classes.

    Args:
        files: The images, with what lies beside them.
        located: Where the images lie.
        around: Folders around everything.
        classes: What was found: one class or none.
        reading: How the images were to be understood, where somebody chose it.
        others: How else they could be understood.
    """
    if reading:
        return DataError(
            f"With classes from the {READINGS[reading]}, {_seen(files, located)} have fewer than "
            "two classes; choose another reading."
        )
    if tool := _annotations(files, located):
        return DataError(
            f"These are images with {tool}, which names objects inside of an image and no class "
            f"of it; export them as class folders, or {ADVICE}."
        )
    alone = [name for name in (*classes, *around[-1:]) if not (is_images(name) or split_of(name))]
    seen = _seen(files, located)
    ways = "".join(
        f"; or add {READING}{each} to its name for the {READINGS[each]}" for each in others
    )
    if alone and not all(place.split for place in located):
        return DataError(
            f"There is one class alone, {printable(alone[0])!r} ({seen}); make a folder of images "
            f"for each of two or more classes{ways}."
        )
    return DataError(f"No image lies in a class folder ({seen}); {ADVICE}{ways}.")


def _annotations(files: ImageFiles | TarImages, located: Sequence[Place]) -> str:
    """The annotations that lie beside the images, by the tools' names for them."""
    others = {path.rpartition("/")[2].lower() for path in files.others}
    names = [path.rpartition("/")[2] for path in files.paths]
    stems = {name.rpartition(".")[0].lower() for name in names}

    def beside(ending: str) -> bool:
        named_alike = {name.removesuffix(ending) for name in others if name.endswith(ending)}
        return len(named_alike & stems) > len(stems) / 2

    if any("coco" in each or each.startswith("instances_") for each in others):
        return "COCO annotations"
    if beside(".xml"):
        return "Pascal VOC annotations"
    if beside(".txt") or others & {"data.yaml", "classes.txt", "obj.names"}:
        return "YOLO annotations"
    if beside(".json") or any(each.startswith("via_") for each in others):
        return "LabelMe or VIA annotations"
    return "masks" if any(place.reason == MASKED for place in located) else ""


def _seen(files: ImageFiles | TarImages, located: Sequence[Place]) -> str:
    """What there is instead: how many images in which folders, called how."""
    folders = {path.rpartition("/")[0] for path in files.paths}
    inside = f" in {named(map(printable, filter(None, folders)))}" if folders != {""} else ""
    tables = [path for path in files.others if path.lower().endswith((".csv", ".tsv", ".xlsx"))]
    unread = f", and no classes for them in {named(map(printable, tables))}" if tables else ""
    first = printable(files.paths[0].rpartition("/")[2])
    return f"{len(located):,} images such as {first!r}{inside}{unread}"
