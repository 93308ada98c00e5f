"""Files of images in a folder, a zip or a tar, for what looks at them and for what trains on them.

They may come from anybody: how many there are and how large each one is, is bounded before any of
it is unpacked, and nothing is unpacked to disk.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from cnnviz.images.archive import MAX_UNPACKED, TOO_LARGE, ZipImages
from cnnviz.images.collection import MAX_IMAGES, DataError
from cnnviz.images.folder import FolderImages, digest_of, visible_paths
from cnnviz.images.opening import ImageError
from cnnviz.images.tar import TarImages, is_tar

# The content of a zip, or the path of a zip, a tar or a folder.
Source = bytes | Path
# Where an image lies, what ``open_image`` takes or why there is nothing, and the share of all files
# that are given with it.
Entry = tuple[str, bytes | Path | ImageError, float]
# Images by their positions; several threads may read them at once.
ImageFiles = ZipImages | FolderImages


def image_files(source: Source) -> ImageFiles:
    """The images of a zip or a folder.

    Raises:
        DataError: It cannot be read, or holds none or too many.
    """
    if isinstance(source, bytes) or source.is_file():
        return ZipImages(source)
    return FolderImages(source)


def listed(source: Source) -> ImageFiles | TarImages:
    """The images of a zip, a folder or a tar, with what lies beside them.

    Raises:
        DataError: It cannot be read, or holds none or too many.
    """
    if isinstance(source, Path) and is_tar(source):
        return TarImages(source)
    return image_files(source)


def state(path: Path) -> Hashable:
    """What changes with the content of a file or, however deep, of a folder; None if it is gone."""
    if path.is_dir():
        return digest_of(path, sorted(islice(visible_paths(path), 2 * MAX_IMAGES)))
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


def entries(source: Source, most: int | None = None) -> Iterator[Entry]:
    """The images of a source, one after the other, in the order of ``listed``.

    Args:
        source: Where they are.
        most: No more than so many: spread over all, but of a tar the first ones.

    Raises:
        DataError: It cannot be read, is damaged, or is more than can be taken.
    """
    files = listed(source)
    if isinstance(files, TarImages):
        pairs = zip(files.paths, files.contents(), strict=True)
        for path, (content, share) in islice(pairs, most):
            yield path, content, share
        return
    if files.unpacked_bytes > MAX_UNPACKED:
        raise DataError(TOO_LARGE)
    positions = _spread(len(files.paths), most)
    for number, position in enumerate(positions, start=1):
        yield files.paths[position], _content(files, position), number / len(positions)


def _content(files: ImageFiles, position: int) -> bytes | Path | ImageError:
    try:
        return files.content(position)
    except ImageError as error:
        return error


def _spread(count: int, most: int | None) -> Sequence[int]:
    """Positions of all, or of at most so many with equal steps between them."""
    if most is None or count <= most:
        return range(count)
    return [int(position) for position in np.linspace(0, count - 1, most)]
