"""Tasks: shared, stopped, abandoned, bounded; and what a visitor sees of them."""

import threading
import time
from itertools import count

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work import tasks
from cnnviz.ui.work.tasks import known_task, start_task, stop_task
from tests.apps import SECONDS

unique = count()


@pytest.fixture
def key():
    return ("test", next(unique))


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


def test_a_result_is_kept_with_all_others(key):
    used = results.used
    start_task(key, lambda task: np.zeros(5000, np.uint8))
    wait_for(lambda: known_task(key) and known_task(key).state == "done")
    assert known_task(key).result.nbytes == 5000
    assert known_task(key).share == 1
    assert results.used >= used + 5000
    assert key not in tasks._tasks


def test_two_visitors_share_one_computation_and_the_last_to_leave_stops_it(key):
    started, go_on = [], threading.Event()

    def work(task):
        started.append(task)
        while not go_on.is_set():
            task.tell(0.5)
            time.sleep(0.005)
        return "result"

    start_task(key, work, "first")
    start_task(key, work, "second")
    wait_for(lambda: started)
    stop_task(key, "first")
    time.sleep(0.05)
    assert known_task(key).state == "running"
    stop_task(key, "second")
    wait_for(lambda: known_task(key) is None)
    assert len(started) == 1
    go_on.set()
    start_task(key, work, "first")
    wait_for(lambda: known_task(key).state == "done")
    assert len(started) == 2, "what was stopped can be started again"


def test_what_nobody_looks_at_stops(key, monkeypatch):
    monkeypatch.setattr(tasks, "UNWATCHED", 0.05)
    ended = threading.Event()

    def work(task):
        try:
            while True:
                task.tell(0.1)
                time.sleep(0.01)
        finally:
            ended.set()

    start_task(key, work, "visitor")
    assert ended.wait(10)
    wait_for(lambda: key not in tasks._tasks)


def test_errors_are_sentences_and_it_can_be_tried_again(key):
    def refuse(task):
        raise ValueError("layer must give feature maps (C, H, W); received head.")

    start_task(key, refuse)
    wait_for(lambda: known_task(key).state == "failed")
    assert known_task(key).error == "layer must give feature maps (C, H, W); received head."
    start_task(key, lambda task: 1)
    wait_for(lambda: known_task(key).state == "done")


def test_a_bug_is_told_to_the_log_alone(key, caplog):
    def fail(task):
        raise RuntimeError("inner detail")

    start_task(key, fail)
    wait_for(lambda: known_task(key).state == "failed")
    assert known_task(key).error == "It failed for a reason that the server's log tells."
    assert "inner detail" in caplog.text


def test_it_takes_no_longer_than_the_limit(key, monkeypatch):
    monkeypatch.setattr(tasks, "LIMIT", 0.05)

    def work(task):
        while True:
            task.tell(0.3)
            time.sleep(0.01)

    start_task(key, work, "visitor")
    wait_for(lambda: known_task(key).state == "failed")
    assert "was stopped" in known_task(key).error


def states_of(keys):
    return [task.state for task in map(known_task, keys) if task]


def test_the_queue_is_bounded(monkeypatch):
    monkeypatch.setattr(tasks, "MAX_WAITING", 2)
    go_on = threading.Event()
    keys = [("queue", next(unique)) for _ in range(6)]
    for key in keys:
        start_task(key, lambda task: go_on.wait(30), "visitor")
    # The oldest refusals are forgotten.
    wait_for(lambda: states_of(keys).count("running") == tasks.MAX_AT_ONCE)
    refused = [task.error for task in map(known_task, keys) if task and task.state == "failed"]
    assert refused
    assert set(refused) == {"Too much work waits already; try again in a minute."}
    go_on.set()
    wait_for(lambda: not {"waiting", "running"} & set(states_of(keys)))


def page():
    import time

    import streamlit as st

    from cnnviz.ui.work.task_view import TaskOffer

    def work(task):
        for step in range(200):
            task.show(f"step {step}")
            task.tell(step / 200)
            time.sleep(0.01)
        return "the result"

    key = ("page", st.session_state["which"])
    TaskOffer("it", key, work, "Compute", st.write, st.caption).draw()


def opened(which):
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["which"] = which
    return app.run()


def test_a_visitor_starts_sees_progress_and_the_result():
    app = opened(next(unique))
    app.button(key="start_it").click().run()
    assert not app.exception
    wait_for(lambda: app.run().caption)
    assert app.get("progress")
    assert app.button(key="stop_it").label == "Stop"
    assert app.caption[0].value.startswith("step")
    wait_for(lambda: app.run().markdown)
    assert app.markdown[0].value == "the result"
    assert not app.button


def test_a_visitor_stops():
    app = opened(next(unique))
    app.button(key="start_it").click().run()
    wait_for(lambda: app.run().get("progress"))
    app.button(key="stop_it").click().run()
    wait_for(lambda: not app.run().get("progress"))
    assert app.button(key="start_it").label == "Compute"
    assert not app.error
