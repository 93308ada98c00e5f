"""A worker: in this process with a run that measures what a test wants, and killed for real."""

import errno
import os
import signal
import threading
from dataclasses import replace

import pytest

from cnnviz.runs import database, recording, worker
from cnnviz.runs.database import runs
from cnnviz.runs.folder import measurements, read_record
from cnnviz.runs.launch import LocalLauncher
from cnnviz.runs.queue import dispatch
from cnnviz.runs.store import Store
from cnnviz.training.measurement import TrainingError
from tests.runs.conftest import ONE, address, points, signals_kept, until_stopped, wait_until


def test_a_run_is_trained_and_kept_in_store_and_folder(carry_out, store, plan):
    code, run_id = carry_out(plan)
    run = store.run(run_id)
    assert (code, run.state, run.message, run.share) == (0, "finished", "", 1.0)
    assert 0 < run.test_accuracy <= 1 and run.started <= run.ended
    stored = [each for _, each in store.measurements(run_id)]
    assert stored == list(measurements(run.folder))
    by_layer = [each for each in stored if each.layer_gradients]
    assert (by_layer[0].step, by_layer[-1].epoch) == (1, 2)
    assert read_record(run.folder)["state"] == "finished"
    assert (run.folder / "best.safetensors").exists()


@pytest.mark.parametrize(
    ("error", "state", "sentence"),
    [
        (TrainingError("The loss is no number; divide by 10."), "failed", "divide by 10"),
        (OSError(errno.ENOSPC, "No space left on device"), "interrupted", "No space left"),
        (ZeroDivisionError("secret detail"), "failed", worker.BROKEN),
    ],
    ids=["diverged", "full disk", "mistake"],
)
def test_an_error_of_a_run_is_one_sentence(carry_out, store, plan, capfd, error, state, sentence):
    def training(*_):
        yield from points(1, 2)
        raise error

    _, run_id = carry_out(plan, training)
    run = store.run(run_id)
    assert run.state == state and sentence in run.message and "Traceback" not in run.message
    assert [each.step for _, each in store.measurements(run_id)] == [1, 2]
    assert ("secret detail" in capfd.readouterr().err) == (sentence == worker.BROKEN)


def test_a_signal_ends_it_as_interrupted(carry_out, store, plan):
    _, run_id = carry_out(plan, until_stopped(lambda _: os.kill(os.getpid(), signal.SIGTERM)))
    run = store.run(run_id)
    assert (run.state, run.step) == ("interrupted", 3) and "can be resumed" in run.message


def test_a_stop_while_data_is_loaded_is_heard(carry_out, store, plan):
    def training(plan, folder, steering, device, progress):
        steering.stop = True
        progress(0.5)
        yield from points(1)

    _, run_id = carry_out(plan, training)
    assert (store.run(run_id).state, store.run(run_id).step) == ("interrupted", 0)


def test_the_limit_of_time_ends_a_run_that_can_go_on(carry_out, store, plan, monkeypatch):
    monkeypatch.setenv("CNNVIZ_MAX_SECONDS", "1")
    ended = []

    def training(*_):
        try:
            yield from points(*range(1, 100))
        finally:
            ended.append(True)

    _, run_id = carry_out(plan, training)
    run = store.run(run_id)
    assert (run.state, run.step, ended) == ("stopped", 11, [True])
    assert "reached the time limit of 1 s" in run.message


def test_a_resumed_run_adds_only_what_is_new(carry_out, store, plan):
    def training(*_):
        yield from points(1, 2, layer_gradients={"conv": 0.25})
        yield from points(2, test_accuracy=0.5)

    def again(*_):
        yield from points(2)
        yield from points(2, test_accuracy=0.5)
        yield from points(3, layer_gradients={"conv": 0.125})

    _, run_id = carry_out(plan, training)
    store_state = [each.step for _, each in store.measurements(run_id)]
    assert store_state == [1, 2, 2]
    with store.database.writing() as connection:
        connection.execute(runs.update().values(state="stopped"))
    store.resume(run_id, "one")
    carry_out(plan, again, run_id)
    stored = [each for _, each in store.measurements(run_id)]
    assert [each.step for each in stored] == [1, 2, 2, 3]
    assert [each.layer_gradients.get("conv") for each in stored] == [0.25, 0.25, None, 0.125]


def test_a_full_disk_under_the_store_loses_nothing(plan, monkeypatch, launcher, folder):
    """SQLite's own "database or disk is full": its file may grow no further."""
    store = Store()
    run_id = store.create(plan, "one").id
    dispatch(store, launcher, ONE, "here")
    with store.database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    prepare = database._prepare

    def prepare_full(connection, record):
        prepare(connection, record)
        connection.execute(f"PRAGMA max_page_count={pages + 1}")

    def training(*_):
        yield from points(*range(1, 200))

    monkeypatch.setattr(recording, "run_plan", training)
    for name in ("BATCH", "TIMEOUT", "BETWEEN"):
        monkeypatch.setattr(worker, name, 0.0)
    monkeypatch.setattr(database, "_prepare", prepare_full)
    with signals_kept():
        worker.main(run_id)
    run = store.run(run_id)
    assert run.state == "interrupted" and "disk is full" in run.message
    monkeypatch.setattr(database, "_prepare", prepare)
    store.resume(run_id, "one")
    dispatch(store, launcher, ONE, "here")
    with signals_kept():
        worker.main(run_id)
    assert [each.step for _, each in store.measurements(run_id)] == list(range(1, 200))
    assert store.run(run_id).state == "finished"


def test_a_run_that_waits_for_no_worker_is_left_alone(carry_out, store, plan, monkeypatch, capsys):
    monkeypatch.setenv("CNNVIZ_DATABASE", address(store))
    run_id = store.create(plan, "one").id
    with signals_kept():
        assert worker.main(run_id) == worker.main("nothing") == 1
    assert "is not waiting for a worker" in capsys.readouterr().err
    assert store.run(run_id).state == "queued"


def test_a_folder_is_for_one_worker(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "OTHERS", 0.0)
    monkeypatch.setattr(worker, "BATCH", 0.0)
    second = worker._alone(tmp_path)
    with worker._alone(tmp_path), pytest.raises(OSError, match="has not ended"):
        second.__enter__()
    with worker._alone(tmp_path):
        pass


def test_a_killed_workers_run_is_resumed_by_another_worker(plan, launcher):
    """A real process is killed under a server, and its run goes on under another worker."""
    store, server = Store(), LocalLauncher()
    endless = replace(plan, options=replace(plan.options, epochs=400))
    run = store.create(endless, "one")
    assert dispatch(store, server, ONE) == [run.id]
    wait_until(lambda: store.run(run.id).step > 0 or not store.run(run.id).is_open)
    process = _process(store, run.id)
    # A server that is started anew knows nothing of the process, and neither disturbs it
    # nor starts it again.
    assert dispatch(store, LocalLauncher(), ONE) == []
    assert store.run(run.id).state == "running", store.run(run.id).message
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: dispatch(store, server, ONE) or store.run(run.id).state == "interrupted")
    killed = store.run(run.id)
    stored = [each.step for _, each in store.measurements(run.id)]
    assert killed.step > 0 and stored == sorted(stored) and stored[-1] == killed.step
    store.resume(run.id, "one")
    dispatch(store, launcher, ONE)
    asking = threading.Thread(target=_stop_beyond, args=(store, run.id, killed.step))
    asking.start()
    with signals_kept():
        assert worker.main(run.id) == 0
    asking.join()
    done = store.run(run.id)
    assert (done.state, done.message) == ("stopped", "")
    assert done.step > killed.step
    stored = [each.step for _, each in store.measurements(run.id)]
    assert stored == sorted(stored) and stored[-1] == done.step
    assert [each.step for each in measurements(run.folder)][-1] == done.step


def _stop_beyond(store, run_id, step):
    wait_until(lambda: store.run(run_id).step > step or not store.run(run_id).is_open)
    if store.run(run_id).is_open:
        store.request(run_id, "stop", "one")


def _process(store, run_id):
    with store.database.reading() as connection:
        return connection.scalar(runs.select().with_only_columns(runs.c.process))
