"""What all tests share: the test data, or a reason why a test is skipped."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of test pictures and weights, which is not part of the project."""
    folder = os.environ.get("CNNVIZ_TEST_DATA")
    if not folder:
        pytest.skip("CNNVIZ_TEST_DATA is not set: the test pictures and weights are not here")
    return Path(folder)
