"""Groups of runs on both databases: made at once or not at all, kept, and older stores."""

from dataclasses import replace

import pytest
import sqlalchemy as sql

from cnnviz.runs.database import VERSION, groups, members, runs, schema
from cnnviz.runs.folder import RunError
from cnnviz.runs.groups import (
    Member,
    delete_group,
    group,
    resume_group,
    save_group,
    start_group,
    stop_group,
)
from cnnviz.runs.groups import groups as groups_of
from cnnviz.runs.queue import dispatch
from cnnviz.runs.store import Store
from cnnviz.training.experiments.catalogue import experiment
from cnnviz.training.experiments.declaration import plans
from cnnviz.training.plan import Start


@pytest.fixture
def planned(plan):
    """Two arms with two seeds each, in the order in which they are to begin."""
    seeds = [replace(plan, options=replace(plan.options, seed=seed)) for seed in (0, 1)]
    return [(arm, each) for each in seeds for arm in ("A", "B")]


def test_a_group_is_made_at_once_and_its_runs_wait_in_order(store, planned, launcher):
    made = start_group(store, "options", "title", planned, "one")
    assert group(store, made.id) == made
    assert [(m.arm, m.seed) for m in made.members] == [("A", 0), ("B", 0), ("A", 1), ("B", 1)]
    assert [store.place(run_id) for run_id in made.run_ids] == [1, 2, 3, 4]
    assert [store.run(run_id).plan for run_id in made.run_ids] == [plan for _, plan in planned]
    # A visitor has one run at work; the others wait though there is room.
    assert dispatch(store, launcher, {"cpu": 4}, "here") == [made.run_ids[0]]
    assert [store.run(run_id).state for run_id in made.run_ids[1:]] == ["queued"] * 3
    assert groups_of(store, "options") == [made] and groups_of(store, "width") == []


@pytest.mark.parametrize("kept", [0, 1], ids=["more than the limit", "more than are left"])
def test_too_many_runs_make_none(store, plan, planned, monkeypatch, change, kept):
    monkeypatch.setenv("CNNVIZ_MAX_RUNS", str(3 + kept))
    if kept:
        change(store.create(plan, "one").id, test_accuracy=0.5, state="finished")
    with pytest.raises(
        ValueError, match="You have 1 of 4 possible" if kept else "can have 3 runs; received 4"
    ):
        start_group(store, "options", "title", planned, "one")
    assert len(store.runs()) == kept and groups_of(store, "options") == []


def test_one_plan_beyond_the_limits_makes_none(store, planned, monkeypatch):
    monkeypatch.setenv("CNNVIZ_MAX_EPOCHS", "3")
    arm, plan = planned[-1]
    planned[-1] = (arm, replace(plan, options=replace(plan.options, epochs=4)))
    with pytest.raises(ValueError, match="epochs must be at most 3 on this server"):
        start_group(store, "options", "title", planned, "one")
    with pytest.raises(ValueError, match="at least one run"):
        start_group(store, "options", "title", [], "one")
    assert store.runs() == []


def test_the_tensors_that_a_run_starts_with_are_kept(store):
    budget = {"epochs": "1", "seconds": "0"}
    made = plans(experiment("options"), "digits", budget)
    started = start_group(
        store, "options", "title", [(str(i), plan) for i, plan in enumerate(made)], "one"
    )
    kept = [store.run(run_id).plan for run_id in started.run_ids]
    assert kept == list(made)
    assert kept[0].twin is None and kept[1].twin == kept[0].network
    begun = replace(made[0], start=Start("vgg", ("stages.0.0", "head")))
    assert store.run(store.create(begun, "one").id).plan == begun


def test_a_group_is_stopped_or_deleted_by_its_owner_alone(store, planned, change):
    made = start_group(store, "options", "title", planned, "one")
    change(made.run_ids[0], state="running", worker="x")
    change(made.run_ids[1], state="finished")
    for act in (stop_group, delete_group):
        with pytest.raises(RunError, match="Only the browser"):
            act(store, made.id, "other")
    stop_group(store, made.id, "one")
    states = [store.run(run_id).state for run_id in made.run_ids]
    assert states == ["running", "finished", "stopped", "stopped"]  # the worker ends the first
    with pytest.raises(RunError, match="Only the browser"):
        resume_group(store, made.id, "other")
    resume_group(store, made.id, "one")
    states = [store.run(run_id).state for run_id in made.run_ids]
    assert states == ["running", "finished", "queued", "queued"]
    delete_group(store, made.id, "one")
    assert store.runs() == [] and groups_of(store, "options") == []
    with pytest.raises(KeyError, match="There is no group"):
        group(store, made.id)


def test_a_group_goes_with_its_last_run(store, planned):
    made = start_group(store, "options", "title", planned[:2], "one")
    first, second = made.run_ids
    store.delete(first, "one")
    assert group(store, made.id).run_ids == (second,)
    store.delete(second, "one")
    assert groups_of(store, "options") == []


def test_chosen_runs_are_kept_under_a_name_and_stay_when_it_goes(store, plan):
    runs = [store.create(plan, owner) for owner in ("one", "other")]
    chosen = [Member(run.id, f"arm {i}", 0) for i, run in enumerate(runs)]
    made = save_group(store, "  wide against   deep ", chosen, "one")
    assert (made.title, made.experiment, made.members) == ("wide against deep", "", tuple(chosen))
    assert groups_of(store, "") == [made]
    with pytest.raises(RunError, match="Only the browser"):
        delete_group(store, made.id, "other")
    delete_group(store, made.id, "one")
    assert groups_of(store, "") == [] and len(store.runs()) == 2


def test_a_group_needs_a_name_and_two_runs_that_exist(store, plan, monkeypatch):
    first, second = (Member(store.create(plan, "one").id, "", 0) for _ in range(2))
    for title, chosen in (("", (first, second)), ("x" * 81, (first, second))):
        with pytest.raises(ValueError, match="name must have 1 to 80 characters"):
            save_group(store, title, chosen, "one")
    for chosen in ((first,), (first, first)):
        with pytest.raises(ValueError, match="at least two runs"):
            save_group(store, "name", chosen, "one")
    with pytest.raises(KeyError, match="There is no run nothing"):
        save_group(store, "name", (first, Member("nothing", "", 0)), "one")
    monkeypatch.setenv("CNNVIZ_MAX_RUNS", "1")
    save_group(store, "name", (first, second), "one")
    with pytest.raises(ValueError, match="You have 1 of 1 possible experiments; delete one"):
        save_group(store, "name", (first, second), "one")


def test_a_store_of_the_first_version_keeps_all_and_gets_groups(
    store, plan, planned, measured, request
):
    """The first version lacked the two tables; a run and its measurements outlive the change."""
    run = store.create(plan, "one")
    store.add_measurements(run.id, measured(1, 2, test_accuracy=0.5))
    run, curve = store.run(run.id), store.measurements(run.id)
    with store.database.writing() as connection:
        for table in (members, groups):
            table.drop(connection)
        connection.execute(sql.update(schema).values(version=1))
    url = None if "sqlite" in store.database.url else request.getfixturevalue("postgresql")
    later = Store(url)
    assert later.run(run.id) == run and later.measurements(run.id) == curve
    made = start_group(later, "options", "title", planned, "one")
    assert group(later, made.id) == made
    with later.database.reading() as connection:
        assert connection.scalar(sql.select(schema.c.version)) == VERSION
        assert connection.scalar(sql.select(sql.func.count()).select_from(runs)) == 5
    later.database.close()
