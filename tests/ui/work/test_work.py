"""Slow work: shared, stopped, abandoned, bounded."""

import threading
import time
from itertools import count

import numpy as np
import pytest

from cnnviz.ui.server.byte_cache import ByteCache, results
from cnnviz.ui.work import work as module
from cnnviz.ui.work.work import Work, known_work, start_work, stop_work

unique = count()
REFUSED = "Too much work waits already; try again in a minute."


@pytest.fixture
def key():
    return ("test", next(unique))


@pytest.fixture
def go_on():
    """An event on which work waits that looks whether it is still wanted."""
    event = threading.Event()
    yield event
    event.set()


def waits_for(event):
    def compute(work):
        while not event.is_set():
            work.tell(0.5)
            time.sleep(0.005)
        return "result"

    return compute


def states_of(keys):
    return [work.state for work in map(known_work, keys) if work]


def test_a_result_is_kept_with_all_others(key, wait_for):
    used = results.used
    start_work(key, lambda work: np.zeros(5000, np.uint8))
    wait_for(lambda: known_work(key) and known_work(key).state == "done")
    assert known_work(key).result.nbytes == 5000
    assert known_work(key).share == 1
    assert results.used >= used + 5000
    assert key not in module._works


def test_few_results_are_kept_where_there_is_little_room(monkeypatch, wait_for):
    monkeypatch.setattr(module, "results", ByteCache(2500))  # two small entries
    keys = [("small", next(unique)) for _ in range(6)]
    for key in keys:
        start_work(key, lambda work: 1)
    wait_for(lambda: not module._works)
    assert states_of(keys) == ["done", "done"]


def test_two_visitors_share_one_computation_and_the_last_to_leave_stops_it(key, go_on, wait_for):
    started = []

    def compute(work):
        started.append(work)
        return waits_for(go_on)(work)

    start_work(key, compute, "first")
    start_work(key, compute, "second")
    wait_for(lambda: started)
    stop_work(key, "first")
    time.sleep(0.05)
    assert known_work(key).state == "running"
    stop_work(key, "second")
    wait_for(lambda: known_work(key) is None)
    assert len(started) == 1
    go_on.set()
    start_work(key, compute, "first")
    wait_for(lambda: known_work(key).state == "done")
    assert len(started) == 2, "what was stopped can be started again"


def test_unwatched_work_stops(key, monkeypatch, wait_for):
    monkeypatch.setattr(module, "UNWATCHED", 0.05)
    ended = threading.Event()

    def compute(work):
        try:
            while True:
                work.tell(0.1)
                time.sleep(0.01)
        finally:
            ended.set()

    start_work(key, compute, "visitor")
    assert ended.wait(10)
    wait_for(lambda: key not in module._works)


def test_errors_are_sentences_and_it_can_be_tried_again(key, wait_for):
    def refuse(work):
        raise ValueError("layer must give feature maps (C, H, W); received head.")

    start_work(key, refuse)
    wait_for(lambda: known_work(key).state == "failed")
    assert known_work(key).error == "layer must give feature maps (C, H, W); received head."
    start_work(key, lambda work: 1)
    wait_for(lambda: known_work(key).state == "done")


def test_a_bug_is_told_to_the_log_alone(key, caplog, wait_for):
    def fail(work):
        raise RuntimeError("inner detail")

    start_work(key, fail)
    wait_for(lambda: known_work(key).state == "failed")
    assert known_work(key).error == "It failed for a reason that the server's log tells."
    assert "inner detail" in caplog.text


def test_slow_work_is_stopped(key, go_on, monkeypatch, wait_for):
    monkeypatch.setattr(module, "LIMIT", 0.05)
    start_work(key, waits_for(go_on), "visitor")
    wait_for(lambda: known_work(key).state == "failed")
    assert "was stopped" in known_work(key).error


def test_a_result_of_none_is_not_kept(key, wait_for):
    start_work(key, lambda work: None)
    wait_for(lambda: known_work(key) is None)
    start_work(key, lambda work: 1)
    wait_for(lambda: known_work(key).state == "done")


def test_an_estimate_follows_from_the_share_that_is_done(monkeypatch):
    work = Work("half", state="running", _visitors={"visitor"})
    work._began -= 10
    work.tell(0.01)
    assert work.seconds_left is None
    work.tell(0.25)
    assert work.seconds_left == pytest.approx(30, rel=0.01)


def test_two_run_at_once_and_the_others_wait_their_turn(go_on, wait_for):
    keys = [("turn", next(unique)) for _ in range(4)]
    for key in keys:
        start_work(key, waits_for(go_on))
    assert states_of(keys) == ["running", "running", "waiting", "waiting"]
    go_on.set()
    wait_for(lambda: states_of(keys) == ["done"] * 4)


def test_a_measurement_runs_alone(go_on, wait_for):
    first, alone, last = keys = [("alone", next(unique)) for _ in range(3)]
    ends = {key: threading.Event() for key in keys}
    start_work(first, waits_for(ends[first]))
    start_work(alone, waits_for(ends[alone]), alone=True)
    start_work(last, waits_for(ends[last]))
    assert states_of(keys) == ["running", "waiting", "waiting"]
    ends[first].set()
    wait_for(lambda: states_of(keys) == ["done", "running", "waiting"])
    ends[alone].set()
    wait_for(lambda: states_of(keys) == ["done", "done", "running"])
    ends[last].set()
    wait_for(lambda: states_of(keys) == ["done"] * 3)


def test_a_measurement_that_is_stopped_keeps_nobody_waiting(go_on, wait_for):
    first, alone, last = keys = [("waits", next(unique)) for _ in range(3)]
    start_work(first, waits_for(go_on))
    start_work(alone, waits_for(go_on), "visitor", alone=True)
    start_work(last, waits_for(go_on))
    assert states_of(keys) == ["running", "waiting", "waiting"]
    stop_work(alone, "visitor")
    assert known_work(alone) is None
    assert states_of(keys) == ["running", "running"]


def test_the_queue_and_the_failures_are_bounded(monkeypatch, go_on, wait_for):
    monkeypatch.setattr(module, "MAX_WAITING", 2)
    monkeypatch.setattr(module, "MAX_FAILED", 1)
    keys = [("queue", next(unique)) for _ in range(6)]
    for key in keys:
        start_work(key, waits_for(go_on), "visitor")
    # The oldest refusal is forgotten.
    assert states_of(keys) == ["running", "running", "waiting", "waiting", "failed"]
    assert known_work(keys[-1]).error == REFUSED
    go_on.set()
    wait_for(lambda: states_of(keys) == ["done"] * 4 + ["failed"])
