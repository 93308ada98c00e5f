"""A queue of its own for each test, and patience."""

import time

import pytest


@pytest.fixture(autouse=True)
def own_queue(works):
    return works


@pytest.fixture
def wait_for():
    def wait(condition, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.01)

    return wait
