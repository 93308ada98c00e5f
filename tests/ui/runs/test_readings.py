"""Readings of runs: one query for all who look, bounded memory; and the dispatcher."""

import threading
import time

import pytest

from cnnviz.training.measurement import Measurement
from cnnviz.ui.runs import readings as runs
from cnnviz.ui.runs.readings import Dispatcher, Readings, _runs, shared_runs, thinned


class CountingStore:
    """Runs in memory; counts how often it is asked."""

    def __init__(self, *known):
        self.known = {run.id: run for run in known}
        self.measured = {run.id: [] for run in known}
        self.asked = []

    def run(self, run_id):
        self.asked.append(run_id)
        return self.known[run_id]

    def revisions(self, run_ids):
        self.asked.append("revisions")
        present = {
            each: (self.known[each], self.measured[each]) for each in run_ids if each in self.known
        }
        return {each: hash((run, len(measured))) for each, (run, measured) in present.items()}

    def place(self, run_id):
        return 3

    def runs(self, owner=None, limit=100):
        self.asked.append("runs")
        return list(self.known.values())

    def measurements(self, run_id, after=0):
        return [(n, m) for n, m in self.measured[run_id] if n > after]

    def measure(self, run_id, *fresh):
        held = self.measured[run_id]
        held += [(len(held) + 1 + i, m) for i, m in enumerate(fresh)]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(make_run):
    return CountingStore(make_run())


@pytest.fixture
def readings(store, clock):
    return Readings(store, clock)


def test_sixty_who_look_ask_the_store_once(readings, store):
    seen = {readings.of("k3f9x2") for _ in range(60)}
    assert len(seen) == 1
    assert store.asked == ["k3f9x2"]


def test_new_measurements_are_seen_a_tick_later(readings, store, clock, measured):
    store.measure("k3f9x2", measured(1), measured(2))
    assert readings.of("k3f9x2").number == 2
    store.measure("k3f9x2", measured(3))
    assert readings.of("k3f9x2").number == 2
    clock.now = 1.0
    reading = readings.of("k3f9x2")
    assert [m.step for m in reading.measurements] == [1, 2, 3]
    assert reading.number == 3


def test_matrices_are_not_kept_for_those_who_look_at_curves(readings, store):
    store.measure("k3f9x2", Measurement(0, 0.0, 0.0, reuse={"block 1": {"mean": [[1.0]]}}))
    assert readings.of("k3f9x2").measurements == [Measurement(0, 0.0, 0.0)]


def test_a_request_is_seen_at_once(readings, store, make_run):
    assert readings.of("k3f9x2").run.state == "running"
    store.known["k3f9x2"] = make_run(state="paused")
    readings.forget()
    assert readings.of("k3f9x2").run.state == "paused"


def test_an_unknown_run_is_none(readings, store, clock):
    assert readings.of("nobody") is None
    assert readings.of("k3f9x2")
    del store.known["k3f9x2"]
    clock.now = 1.0
    assert readings.of("k3f9x2") is None


def test_a_run_that_waits_has_a_place_in_the_queue(make_run, clock):
    readings = Readings(CountingStore(make_run(), make_run("other", state="queued")), clock)
    assert readings.of("other").place == 3
    assert readings.of("k3f9x2").place is None


def test_sixty_pages_look_every_two_seconds_and_ten_each_second(readings, clock):
    paces = []
    for second in range(4):
        clock.now = float(second)
        paces.append([readings.pace() for _ in range(60)])
    assert paces[0][:59] == [1.0] * 59
    assert set(paces[1] + paces[2] + paces[3]) == {2.0}
    for second in range(10, 30):
        clock.now = float(second)
        assert [readings.pace() for _ in range(10)] == [1.0] * 10


def test_a_page_that_looks_is_noticed(readings, clock):
    assert not readings.is_watched()
    readings.pace()
    clock.now = 2.0
    assert readings.is_watched()
    clock.now = 10.0
    assert not readings.is_watched()


def test_only_so_many_runs_stay_in_memory(make_run, clock, monkeypatch):
    monkeypatch.setattr(runs, "MAX_RUNS", 3)
    store = CountingStore(*(make_run(str(i)) for i in range(5)))
    readings = Readings(store, clock)
    for i in range(5):
        readings.of(str(i))
    assert len(readings._kept) == 3
    readings.of("4")
    assert store.asked.count("4") == 1
    readings.of("0")
    assert store.asked.count("0") == 2


def test_of_several_runs_only_those_that_changed_are_read_again(make_run, measured, clock):
    store = CountingStore(make_run("first"), make_run("second"))
    readings = Readings(store, clock)
    assert [each.run.id for each in readings.of_each(["second", "first"])] == ["second", "first"]
    store.measure("first", measured(1))
    readings.of_each(["first", "second"])
    assert len(store.asked) == 3, "a reading is shown to everybody for a moment"
    clock.now = 1.0
    (first, second) = readings.of_each(["first", "second"])
    assert (len(first.measurements), len(second.measurements)) == (1, 0)
    assert store.asked == ["revisions", "second", "first", "revisions", "first"]
    clock.now = 2.0
    del store.known["second"]
    assert readings.of_each(["first", "second", "nothing"]) == [first]


def test_measurements_in_memory_are_bounded(make_run, measured, clock, monkeypatch):
    monkeypatch.setattr(runs, "MAX_HELD", 10)
    store = CountingStore(*(make_run(str(i)) for i in range(4)))
    for i in range(4):
        store.measure(str(i), *(measured(step) for step in range(1, 5)))
    readings = Readings(store, clock)
    assert len(readings.of_each([str(i) for i in range(4)])) == 4
    assert list(readings._kept) == ["2", "3"]


def test_a_long_run_keeps_its_tests_and_its_end(measured, monkeypatch):
    monkeypatch.setattr(runs, "MAX_MEASUREMENTS", 100)
    each = [measured(i, test_accuracy=0.5 if i % 25 == 3 else None) for i in range(1, 151)]
    kept = thinned(each)
    assert len(kept) <= 100
    assert kept[-1] is each[-1]
    assert [m for m in kept if m.test_accuracy] == [m for m in each if m.test_accuracy]
    assert thinned(each[:100]) == each[:100]
    tests = [measured(i, test_accuracy=0.5) for i in range(150)]
    assert len(thinned(tests)) <= 100


def test_the_dispatcher_looks_at_once_when_asked_and_goes_on_after_an_error(caplog):
    looked = threading.Semaphore(0)

    def look():
        looked.release()
        raise OSError("No space left on device")

    dispatcher = Dispatcher(look)
    assert looked.acquire(timeout=10)
    for _ in range(3):
        time.sleep(0.01)
        dispatcher.wake()
        assert looked.acquire(timeout=10)
    dispatcher.close()
    said = [record for record in caplog.records if "queue of runs" in record.message]
    assert len(said) == 1, "once, not each second"


def test_an_evicted_store_closes_its_dispatcher(monkeypatch):
    closed = threading.Event()
    monkeypatch.setattr(Dispatcher, "close", lambda dispatcher: closed.set())
    shared_runs()
    _runs.clear()
    assert closed.is_set()


def test_a_closed_dispatcher_looks_no_more():
    looked = threading.Semaphore(0)
    dispatcher = Dispatcher(looked.release)
    assert looked.acquire(timeout=10)
    dispatcher.close()
    while looked.acquire(blocking=False):
        pass
    dispatcher.wake()
    assert not looked.acquire(timeout=0.1)
