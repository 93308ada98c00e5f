"""Ten photos in a row from eight visitors on two pages; prints the process's memory in MB.

Run in a process of its own by test_memory.py: python eight_visitors.py PHOTO ...
"""

import gc
import json
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.apps import open_page

PAGES = Path(__file__).parents[2] / "pages"
VISITORS, PHOTOS = 8, 10
TO_FILL = 4  # photos of each visitor until the small cache of this test is full


def resident() -> float:
    """Memory of this process in MB, without garbage: a server collects it after every run."""
    gc.collect()
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line
    ]
    return int(line.split()[1]) / 1000


def opened(page: str) -> AppTest:
    return open_page(page, photo="upload")


def visit(visitors: list[AppTest], photos: Iterator[Path], count: int) -> None:
    """Every visitor uploads so many photos, one after another, all in turn."""
    for _ in range(count):
        for app in visitors:
            photo = next(photos)
            file = (photo.name, photo.read_bytes(), "image/jpeg")
            app.file_uploader(key="upload").set_value(file).run()
            assert not app.exception
            assert not app.error


def main() -> None:
    pages = ["feature_maps", "grad_cam"]
    visitors = [opened(pages[number % 2]) for number in range(VISITORS)]
    photos = cycle(map(Path, sys.argv[1:]))
    visit(visitors, photos, TO_FILL)
    before = resident()
    visit(visitors, photos, PHOTOS)
    print(json.dumps([before, resident()]))


if __name__ == "__main__":
    main()
