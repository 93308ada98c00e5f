"""The store on both databases: runs, measurements, rights, quota."""

import sqlite3
from dataclasses import replace

import pytest

from cnnviz.runs.folder import RunError
from cnnviz.runs.run import COMMAND_LINE
from cnnviz.runs.store import Store, StoreError, store_url
from cnnviz.training.measurement import Measurement


def test_a_new_run_is_queued_and_belongs_to_its_owner(store, plan):
    run = store.create(plan, "a visitor")
    assert store.run(run.id) == run
    assert (run.state, run.owner, run.plan, run.share) == ("queued", "a visitor", plan, 0.0)
    assert run.is_open and store.place(run.id) == 1


def test_runs_are_listed_youngest_first(store, plan, change):
    ids = [store.create(plan, owner).id for owner in ("one", "other", "one")]
    for number, run_id in enumerate(ids):
        change(run_id, created=1.0 + number, queued=1.0 + number)
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.runs("one")] == [ids[2], ids[0]]
    assert [run.id for run in store.runs(limit=1)] == [ids[2]]
    assert [store.place(run_id) for run_id in ids] == [1, 2, 3]


def test_measurements_come_back_whole_and_only_the_new_ones(store, plan):
    run_id = store.create(plan, "one").id
    inside = {"gradient_norm": {"stem": 0.1}, "layer_gradients": {"stem.conv": 0.1}}
    first = Measurement(5, 0.5, 1.5, train_loss=2.0, memory=7, **inside)
    second = Measurement(10, 1.0, 3.0, test_accuracy=0.75, test_loss=float("inf"))
    store.add_measurements(run_id, [first])
    ((number, stored),) = store.measurements(run_id)
    assert stored == first
    store.add_measurements(run_id, [second])
    assert [each for _, each in store.measurements(run_id, after=number)] == [second]
    run = store.run(run_id)
    assert (run.step, run.epoch, run.seconds, run.share) == (10, 1.0, 3.0, 0.5)
    assert run.test_accuracy == 0.75


def test_the_best_test_accuracy_stays(store, plan, measured):
    run_id = store.create(plan, "one").id
    store.add_measurements(run_id, measured(1, test_accuracy=0.9))
    store.add_measurements(run_id, measured(2, test_accuracy=0.5))
    assert store.run(run_id).test_accuracy == 0.9


def test_curves_of_several_runs(store, plan, measured):
    first, second = (store.create(plan, "one").id for _ in range(2))
    for step in (1, 2, 3):
        store.add_measurements(first, measured(step))
        store.add_measurements(second, measured(10 * step))
    stored = store.curves([first, second, "nothing"])
    assert [each.step for each in stored[first]] == [1, 2, 3]
    assert [each.step for each in stored[second]] == [10, 20, 30]
    assert stored["nothing"] == []


def test_revisions_grow_with_visible_changes(store, plan, measured):
    run_id = store.create(plan, "one").id
    before = store.revisions()[run_id]
    store.add_measurements(run_id, measured(1))
    after = store.revisions([run_id, "nothing"])
    assert after.keys() == {run_id} and after[run_id] > before
    store.request(run_id, "stop", "one")
    assert store.revisions() == {} and store.revisions([run_id])[run_id] > after[run_id]


@pytest.mark.parametrize(
    "act",
    [
        lambda store, run, **who: store.request(run, "stop", **who),
        lambda store, run, **who: store.steer(run, 0.5, **who),
        lambda store, run, **who: store.delete(run, **who),
    ],
    ids=["ask", "steer", "delete"],
)
def test_only_owner_and_teacher_change_a_run(store, plan, monkeypatch, act):
    monkeypatch.setenv("CNNVIZ_TEACHER_TOKEN", "chalk")
    run_id = store.create(plan, "one").id
    for who in ({"by": "other"}, {"by": "other", "token": "guess"}, {"by": COMMAND_LINE}):
        with pytest.raises(RunError, match="Only the browser that started"):
            act(store, run_id, **who)
    act(store, run_id, by="other", token="chalk")
    act(store, store.create(plan, "one").id, by="one")


def test_without_a_teachers_token_there_is_no_teacher(store, plan, monkeypatch):
    monkeypatch.delenv("CNNVIZ_TEACHER_TOKEN", raising=False)
    run_id = store.create(plan, "one").id
    with pytest.raises(RunError):
        store.delete(run_id, "other", token="")


def test_a_waiting_run_is_stopped_at_once_and_resumed_at_the_end_of_the_queue(store, plan):
    first, second = store.create(plan, "one").id, store.create(plan, "one").id
    store.request(first, "stop", "one")
    assert store.run(first).state == "stopped"
    with pytest.raises(RunError, match="stopped"):
        store.request(first, "pause", "one")
    store.resume(first, "one")
    assert store.run(first).state == "queued"
    assert (store.place(second), store.place(first)) == (1, 2)


def test_a_finished_run_is_not_resumed(store, plan, change):
    run_id = store.create(plan, "one").id
    change(run_id, state="finished")
    with pytest.raises(RunError, match="finished"):
        store.resume(run_id, "one")


@pytest.mark.parametrize("scale", [0.0, -1.0, 1e6, float("nan")], ids=str)
def test_a_learning_rate_scale_out_of_range_is_refused(store, plan, scale):
    run_id = store.create(plan, "one").id
    with pytest.raises(ValueError, match="learning_rate_scale must be from"):
        store.steer(run_id, scale, "one")
    store.steer(run_id, 0.1, "one")
    assert store.run(run_id).learning_rate_scale == 0.1


def test_a_deleted_run_is_gone_with_its_folder(store, plan, measured):
    run = store.create(plan, "one")
    store.add_measurements(run.id, measured(1))
    run.folder.mkdir(parents=True)
    (run.folder / "run.json").write_text("{}")
    store.delete(run.id, "one")
    assert not run.folder.exists() and store.measurements(run.id) == []
    with pytest.raises(KeyError, match="There is no run"):
        store.run(run.id)
    with pytest.raises(KeyError, match="There is no run"):
        store.add_measurements(run.id, measured(2))


def test_a_full_quota_takes_untested_runs_and_else_says_so(store, plan, monkeypatch, change):
    monkeypatch.setenv("CNNVIZ_MAX_RUNS", "2")
    tested, failed = store.create(plan, "one").id, store.create(plan, "one").id
    change(tested, state="finished", test_accuracy=0.5, created=1.0)
    change(failed, state="failed")
    third = store.create(plan, "one").id
    assert {run.id for run in store.runs("one")} == {tested, third}
    with pytest.raises(ValueError, match="of 2 possible runs; delete one"):
        store.create(plan, "one")
    store.create(plan, "other")


def test_plans_beyond_the_limits_are_refused(store, plan, monkeypatch):
    monkeypatch.setenv("CNNVIZ_MAX_SECONDS", "60")
    monkeypatch.setenv("CNNVIZ_MAX_EPOCHS", "3")
    by_time = replace(plan, options=replace(plan.options, epochs=0, seconds=120))
    with pytest.raises(ValueError, match="seconds must be at most 60 on this server"):
        store.create(by_time, "one")
    with pytest.raises(ValueError, match="epochs must be at most 3 on this server"):
        store.create(replace(plan, options=replace(plan.options, epochs=4)), "one")
    monkeypatch.setenv("CNNVIZ_MAX_EPOCHS", "many")
    with pytest.raises(ValueError, match="CNNVIZ_MAX_EPOCHS must be a whole number"):
        store.create(plan, "one")


def test_a_plan_of_another_version_hides_its_run_alone(store, plan, change):
    good, strange = store.create(plan, "one").id, store.create(plan, "one").id
    change(strange, plan='{"network": "nonet", "data": "digits", "options": {}}')
    assert [run.id for run in store.runs()] == [good]


def test_the_stores_address(monkeypatch, folder):
    assert store_url() == f"sqlite:///{folder / 'runs.sqlite'}"
    monkeypatch.setenv("CNNVIZ_DATABASE", "postgresql://somewhere/runs")
    assert store_url() == "postgresql://somewhere/runs"


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", ""], ids=str)
def test_an_invalid_address_is_refused(url, monkeypatch):
    monkeypatch.setenv("CNNVIZ_DATABASE", url)
    if url:
        with pytest.raises(ValueError, match="CNNVIZ_DATABASE must be an address"):
            Store()
    else:
        assert Store().runs() == []


def test_an_unavailable_store_is_one_sentence(folder):
    folder.mkdir()
    (folder / "runs.sqlite").write_text("no database, and longer than the header of one" * 10)
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        Store()


def test_a_store_of_a_later_version_is_one_sentence(folder):
    Store()
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        connection.execute("UPDATE cnnviz_schema SET version = 99")
    connection.close()
    with pytest.raises(StoreError, match="has version 99"):
        Store()


def test_a_password_stays_secret(postgresql):
    with pytest.raises(StoreError) as caught:
        Store("postgresql://cnnviz:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)
