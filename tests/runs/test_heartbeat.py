"""A worker hears what visitors request, and ends where its run was taken from it."""

import threading

from cnnviz.runs.database import runs
from tests.runs.conftest import points, until_stopped, wait_until


def test_stop_pause_and_scale_are_heard(carry_out, store, plan):
    (run_id,) = [store.create(plan, "one").id]

    def begin(steering):
        store.request(run_id, "pause", "one")
        wait_until(lambda: steering.pause and store.run(run_id).state == "paused")
        store.request(run_id, "resume", "one")
        store.steer(run_id, 0.5, "one")
        wait_until(lambda: not steering.pause and steering.learning_rate_scale == 0.5)
        wait_until(lambda: store.run(run_id).state == "running")
        store.request(run_id, "stop", "one")

    carry_out(plan, until_stopped(begin), run_id)
    run = store.run(run_id)
    assert (run.state, run.message, run.step) == ("stopped", "", 3)


def test_heartbeats_go_on_while_a_step_takes_long(carry_out, store, plan):
    def heartbeat():
        with store.database.reading() as connection:
            return connection.scalar(runs.select().with_only_columns(runs.c.heartbeat))

    def begin(steering):
        first = heartbeat()
        wait_until(lambda: heartbeat() > first)
        steering.stop = True

    carry_out(plan, until_stopped(begin))


def test_a_worker_that_was_declared_interrupted_ends(carry_out, store, plan, change):
    (run_id,) = [store.create(plan, "one").id]
    begin = until_stopped(lambda _: change(run_id, state="interrupted", worker="", message="Gone."))
    carry_out(plan, begin, run_id)
    run = store.run(run_id)
    assert (run.state, run.message) == ("interrupted", "Gone.")


def test_a_worker_whose_run_is_deleted_ends_and_leaves_nothing(carry_out, store, plan, folder):
    (run_id,) = [store.create(plan, "one").id]
    carry_out(plan, until_stopped(lambda _: store.delete(run_id, "one")), run_id)
    assert store.runs() == [] and not (folder / run_id).exists()


def test_no_thread_of_a_worker_stays(carry_out, plan):
    carry_out(plan, lambda *_: iter(points(1)))
    assert not [each for each in threading.enumerate() if each.name == "heartbeat"]
