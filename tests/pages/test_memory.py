"""Photos come and go; the server's memory stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_photos_in_a_row_from_eight_visitors_leave_memory_where_it_was(squeezenet, test_data):
    """Eighty new uploads, once the cache (a small one, to save time) has filled up."""
    photos = sorted((test_data / "photos" / "imagenet").glob("*.JPEG"))
    ran = subprocess.run(
        [sys.executable, Path(__file__).with_name("eight_visitors.py"), *photos],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CNNVIZ_CACHE_MB": "100"},
    )
    before, after = json.loads(ran.stdout)
    assert abs(after - before) < 50, f"{before:.0f} MB, then {after:.0f} MB"
