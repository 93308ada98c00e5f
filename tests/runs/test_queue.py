"""The queue on both databases: slots, turns, several servers, workers that vanish."""

import threading
import time

import pytest

from cnnviz.runs.assignment import Assignment, AssignmentLostError
from cnnviz.runs.database import runs
from cnnviz.runs.folder import MEASUREMENTS, RunError
from cnnviz.runs.queue import LOST, clean, dispatch, take
from cnnviz.runs.run import COMMAND_LINE, DAY
from cnnviz.runs.store import Store

ONE = {"cpu": 1}


def test_slots_are_filled_oldest_first(store, plan, launcher):
    ids = [store.create(plan, f"visitor {number}").id for number in range(4)]
    slots = {"cuda:0": 1, "cpu": 2}
    assert dispatch(store, launcher, slots, "here") == ids[:3]
    assert launcher.started == [(ids[0], "cuda:0"), (ids[1], "cpu"), (ids[2], "cpu")]
    assert dispatch(store, launcher, slots, "here") == []
    assert dispatch(store, launcher, ONE, "another machine") == ids[3:]
    assert store.run(ids[0]).device == "cuda:0"


def test_a_visitors_second_run_lets_others_go_ahead(store, plan, launcher):
    first, second = (store.create(plan, "one").id for _ in range(2))
    other = store.create(plan, "other").id
    assert dispatch(store, launcher, {"cpu": 3}, "here") == [first, other]
    Assignment(store, first).end("finished")
    assert dispatch(store, launcher, {"cpu": 3}, "here") == [second]


def test_several_servers_never_start_a_run_twice_nor_more_than_there_are_slots(store, plan):
    url = store.database._engine.url.render_as_string(hide_password=False)
    for number in range(8):
        store.create(plan, f"visitor {number}")
    taken, barrier = [], threading.Barrier(4)

    def serve():
        server = Store(url)
        barrier.wait()
        for _ in range(4):
            taken.append(take(server, {"cpu": 5}, "here"))
        server.database.close()

    servers = [threading.Thread(target=serve) for _ in range(4)]
    for each in servers:
        each.start()
    for each in servers:
        each.join()
    got = [each[0] for each in taken if each is not None]
    assert len(taken) == 16 and len(got) == len(set(got)) == 5


def test_a_run_has_one_worker(store, plan, launcher):
    run_id = store.create(plan, "one").id
    with pytest.raises(RunError, match="is not waiting for a worker"):
        Assignment(store, run_id)
    dispatch(store, launcher, ONE, "here")
    Assignment(store, run_id)
    with pytest.raises(RunError, match="is not waiting for a worker"):
        Assignment(store, run_id)


def test_a_worker_without_heartbeats_is_interrupted_and_learns_it(
    store, plan, launcher, change, measured
):
    run_id = store.create(plan, "one").id
    dispatch(store, launcher, ONE, "here")
    worker = Assignment(store, run_id)
    worker.add(measured(1, 2))
    change(run_id, heartbeat=time.time() - 14)
    dispatch(store, launcher, ONE, "here")
    assert store.run(run_id).state == "running"
    change(run_id, heartbeat=time.time() - 16)
    dispatch(store, launcher, ONE, "here")
    run = store.run(run_id)
    assert (run.state, run.message, run.step) == ("interrupted", LOST, 2)
    for act in (
        worker.requests,
        lambda: worker.send_heartbeat("running"),
        lambda: worker.end("finished"),
    ):
        with pytest.raises(AssignmentLostError):
            act()
    with pytest.raises(AssignmentLostError):
        worker.add(measured(3))
    store.resume(run_id, "one")
    assert dispatch(store, launcher, ONE, "here") == [run_id]
    Assignment(store, run_id).end("finished")
    assert store.run(run_id).state == "finished"


def test_a_worker_with_heartbeats_keeps_its_run(store, plan, launcher, change):
    run_id = store.create(plan, "one").id
    dispatch(store, launcher, ONE, "here")
    worker = Assignment(store, run_id)
    change(run_id, heartbeat=time.time() - 60)
    seen = store.revisions()[run_id]
    worker.send_heartbeat("running")
    dispatch(store, launcher, ONE, "here")
    assert store.run(run_id).state == "running"
    assert store.revisions()[run_id] == seen  # nothing that people see has changed


def test_a_worker_that_takes_long_to_begin_has_more_time(store, plan, launcher, change):
    run_id = store.create(plan, "one").id
    dispatch(store, launcher, ONE, "here")
    change(run_id, heartbeat=time.time() - 60)
    dispatch(store, launcher, ONE, "here")
    assert store.run(run_id).state == "running"
    change(run_id, heartbeat=time.time() - 190)
    dispatch(store, launcher, ONE, "here")
    assert store.run(run_id).state == "interrupted"


def test_what_a_killed_worker_wrote_into_its_folder_alone_is_kept(store, plan, launcher, measured):
    import json

    run = store.create(plan, "one")
    dispatch(store, launcher, ONE, "here")
    Assignment(store, run.id).add(measured(1, 2))
    run.folder.mkdir(parents=True)
    lines = [json.dumps(each.to_json()) for each in measured(1, 2, 3, 4)]
    (run.folder / MEASUREMENTS).write_text("\n".join(lines) + '\n{"step": 5, "ep')
    launcher.ended = [run.id]
    dispatch(store, launcher, ONE, "here")
    assert [each.step for _, each in store.measurements(run.id)] == [1, 2, 3, 4]
    assert store.run(run.id).step == 4


def test_a_worker_that_ended_properly_is_not_interrupted(store, plan, launcher):
    run_id = store.create(plan, "one").id
    dispatch(store, launcher, ONE, "here")
    Assignment(store, run_id).end("failed", "The loss is no number.")
    launcher.ended = [run_id]
    dispatch(store, launcher, ONE, "here")
    assert (store.run(run_id).state, store.run(run_id).message) == (
        "failed",
        "The loss is no number.",
    )


def test_a_worker_that_cannot_be_started_is_a_sentence(store, plan, launcher):
    run_id = store.create(plan, "one").id
    launcher.error = OSError(11, "Resource temporarily unavailable")
    assert dispatch(store, launcher, ONE, "here") == []
    assert "Resource temporarily unavailable" in store.run(run_id).message


def test_an_unresponsive_worker_is_ended_by_its_own_machine(store, plan, launcher, change):
    run_id = store.create(plan, "one").id
    dispatch(store, launcher, ONE, "here")
    Assignment(store, run_id)
    store.request(run_id, "stop", "one")
    dispatch(store, launcher, ONE, "here")
    assert launcher.stopped == []
    for ago, force in ((6, False), (30, True)):
        change(run_id, wished=time.time() - ago)
        dispatch(store, launcher, ONE, "elsewhere")
        dispatch(store, launcher, ONE, "here")
        (name, process, forced), *_ = launcher.stopped
        assert (name, forced) == (run_id, force) and process
        launcher.stopped.clear()


def test_old_runs_are_cleaned_up_but_for_those_of_a_terminal(store, plan, change):
    old, young, taught, open_ = (store.create(plan, "one") for _ in range(4))
    past = time.time() - 31 * DAY
    change(old.id, state="finished", ended=past)
    change(young.id, state="finished", ended=time.time())
    change(taught.id, state="finished", ended=past, owner=COMMAND_LINE)
    old.folder.mkdir(parents=True)
    assert clean(store) == [old.id]
    assert not old.folder.exists()
    assert {run.id for run in store.runs()} == {young.id, taught.id, open_.id}


def test_an_empty_queue_is_read_without_a_lock(store, plan):
    with store.database.writing(alone=True) as connection:
        connection.execute(runs.select())
        assert take(store, ONE, "here") is None
