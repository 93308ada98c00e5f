"""Pictures, zips and what is read from them, for the tests of collections."""

import io
import zipfile

import numpy as np
from PIL import Image

from cnnviz.images import Collection


def png(value: int = 0) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((8, 8, 3), value, np.uint8)).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def value(collection: Collection, position: int) -> int:
    return collection.open(position).getpixel((0, 0))[0]
