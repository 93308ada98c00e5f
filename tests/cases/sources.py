"""Zips, tars and folders whose files have names of any bytes."""

import io
import os
import tarfile
import zipfile

from cnnviz.images.files import listed
from cnnviz.training.datasets.layout.reading import layout
from tests.images.files import png


def raw_zip(names):
    """A zip without the UTF-8 flag, whose names are these bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, name in enumerate(names):
            placeholder = zipfile.ZipInfo(f"{number:04d}".ljust(len(name), "x"))
            placeholder.create_system = 0
            archive.writestr(placeholder, png(number % 256))
    content = file.getvalue()
    for number, name in enumerate(names):
        content = content.replace(f"{number:04d}".ljust(len(name), "x").encode(), name)
    return content


def raw_tar(names, path):
    with tarfile.open(
        path, f"w:{path.suffix[1:]}" if path.suffix != ".tar" else "w", format=tarfile.GNU_FORMAT
    ) as archive:
        for number, name in enumerate(names):
            content = png(number % 256)
            member = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def raw_folder(names, path):
    for number, name in enumerate(names):
        file = os.path.join(os.fsencode(path), *name.split(b"/"))  # noqa: PTH118
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120
        with open(file, "wb") as opened:  # noqa: PTH123
            opened.write(png(number % 256))
    return path


def source_of(kind, names, folder):
    if kind == "zip":
        (folder / "pets.zip").write_bytes(raw_zip(names))
        return folder / "pets.zip"
    if kind == "folder":
        return raw_folder(names, folder / "pets")
    return raw_tar(names, folder / f"pets.{kind}")


def understood(names, others=(), reading="", tables=None):
    """The layout of files of these names in a folder that is a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, png(number % 256))
        for name in others:
            archive.writestr(name, b"")
        for name, text in (tables or {}).items():
            archive.writestr(name, text)
    return layout(listed(file.getvalue()), reading)


def many(*folders, count=2, name="{}.png"):
    return [f"{folder}/{name.format(i)}".strip("/") for folder in folders for i in range(count)]
