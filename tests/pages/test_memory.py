"""Photos come and go; the server's memory stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_photos_in_a_row_from_eight_visitors_leave_memory_where_it_was(squeezenet, test_data):
    """Once the cache has filled up to its bound: three times eighty photos, each a new upload."""
    photos = sorted((test_data / "photos" / "imagenet").glob("*.JPEG"))
    ran = subprocess.run(
        [sys.executable, Path(__file__).with_name("eight_visitors.py"), *photos],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )
    started, filled, second, third = json.loads(ran.stdout)
    print(f"{started:.0f} MB, then {filled:.0f}, {second:.0f}, {third:.0f} MB")
    assert abs(second - filled) < 50
    assert abs(third - second) < 50
    assert filled - started < 256 + 200
