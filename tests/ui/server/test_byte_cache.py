"""Results within a number of bytes: what is kept, what goes, who waits for whom."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.architectures import build
from cnnviz.ui.server.byte_cache import OVERHEAD, ByteCache, networks, results, size
from cnnviz.vision.forward_pass import forward_pass


def test_sizes():
    assert size(np.zeros((10, 10), np.float32)) == OVERHEAD + 400
    assert size({"a": np.zeros(4, np.uint8), "b": (torch.zeros(2), "abc")}) == OVERHEAD + 15
    assert size(Image.new("RGB", (10, 20))) == OVERHEAD + 600
    network = build("resnet20_cifar")
    stored = sum(t.nbytes for t in network.state_dict().values())
    assert size(network) == OVERHEAD + stored
    passed = forward_pass(network, torch.zeros(1, 3, 32, 32))
    kept = passed.image.nbytes + sum(t.nbytes for t in passed.outputs.values())
    assert size(passed) == OVERHEAD + kept


def test_the_least_recently_used_goes_first():
    cache, computed = ByteCache(3 * (OVERHEAD + 1000)), []

    @cache.remember
    def square(n, _photo):
        computed.append(n)
        return np.zeros(1000, np.uint8)

    for n in (1, 2, 3, 1, 4, 1, 2):
        square(n, object())
    assert computed == [1, 2, 3, 4, 2], "2 went when 4 came; 1 was used again"
    assert cache.used <= 3 * (OVERHEAD + 1000)


def test_too_large_results_are_given_but_not_kept():
    cache = ByteCache(5000)

    @cache.remember
    def large():
        return np.zeros(10_000, np.uint8)

    assert large().nbytes == 10_000
    assert cache.used == 0
    cache.keep("key", np.zeros(10_000, np.uint8))
    assert cache.kept("key") is None


def test_threads_wait_for_one_computation():
    cache, computed = ByteCache(1e6), []

    @cache.remember
    def slow(n):
        computed.append(n)
        time.sleep(0.1)
        return n

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(slow, [7] * 8)) == [7] * 8
    assert computed == [7]


def test_a_computation_that_ends_early_is_made_again():
    cache, failing = ByteCache(1e6), threading.Event()
    failing.set()

    class LeftError(BaseException):
        """As Streamlit ends a script."""

    @cache.remember
    def page():
        if failing.is_set():
            raise LeftError
        return 1

    with pytest.raises(LeftError):
        page()
    failing.clear()
    assert page() == 1


def test_functions_do_not_share_results():
    cache = ByteCache(1e6)

    @cache.remember
    def one(n):
        return ("one", n)

    @cache.remember
    def two(n=1):
        return ("two", n)

    assert (one(1), two(1), two(), two(n=1)) == (("one", 1), ("two", 1), ("two", 1), ("two", 1))


def test_the_bounds_are_as_documented():
    assert results._entries.maxsize == 256e6
    assert networks._entries.maxsize == 2e9


def test_an_argument_with_a_cache_key_is_known_by_it():
    cache, calls = ByteCache(1e6), []

    class Asked:
        def __init__(self, cache_key, number):
            self.cache_key, self.number = cache_key, number

    @cache.remember
    def answer(asked, times=1):
        calls.append(asked)
        return asked.number * times

    assert answer(Asked("a", 1)) == answer(Asked("a", 2)) == 1
    assert answer(Asked("b", 2)) == 2
    assert answer(Asked("b", 3), times=5) == 15
    assert len(calls) == 3
