"""The page Experiments: from the button to the verdict, what stands on the picture, own ones."""

import json
import re
from dataclasses import replace
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.runs.database import runs as runs_table
from cnnviz.runs.groups import groups, start_group
from cnnviz.runs.rows import change_run
from cnnviz.runs.store import Store
from cnnviz.training.experiments import recorded
from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment
from cnnviz.training.experiments.declaration import plans
from cnnviz.training.experiments.recorded import Recorded, RecordedRun, write_recorded
from cnnviz.training.measurement import Measurement
from tests.apps import checked

SHORT = {"experiment": "options", "each_epochs": "2", "images": "500"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty store of this test's own, and nothing recorded."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_TEACHER_TOKEN", "chalk")
    monkeypatch.setattr(recorded.recorded, "__defaults__", (tmp_path / "recorded",))
    return tmp_path


@pytest.fixture
def opened(open_page):
    """Opens the page by its query parameters."""
    return partial(open_page, "experiments")


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return checked(app)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def table(app: AppTest) -> str:
    """What the table of arms says."""
    (body,) = [h.proto.body for h in app.get("html") if 'class="rows ' in h.proto.body]
    return " ".join(re.sub("<[^>]+>", " ", body, flags=re.DOTALL).split())


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]


def plain(words: str) -> str:
    """Markdown as it is read."""
    return words.replace("\\", "")


def only_group(name="options"):
    (group,) = groups(Store(), name)
    return group


def measure(run_id, state="finished", step=8, **values):
    """A run as two epochs of four steps leave it."""
    store = Store()
    epochs = [Measurement(step // 2, 1.0, 1.0, **values), Measurement(step, 2.0, 2.0, **values)]
    store.add_measurements(run_id, epochs)
    with store.database.writing() as connection:
        change_run(connection, runs_table.c.id == run_id, state=state)


def started(name="options", seeds=1, owner="somebody", **values):
    """A group whose runs have come to their ends."""
    planned = []
    for seed in range(seeds):
        budget = {"epochs": "2", "seconds": "0", "train_images": "500", "seed": str(seed)}
        made = plans(experiment(name), "digits", budget)
        planned += zip([arm.title for arm in experiment(name).arms], made, strict=True)
    group = start_group(Store(), name, "title", planned, owner)
    for number, run_id in enumerate(group.run_ids):
        errors = {"test_accuracy": 0.5 + number / 100, "train_accuracy": 0.6 + number / 100}
        measure(run_id, **errors, **values)
    return group


def test_at_first_it_says_what_to_do(opened):
    app = opened()
    assert app.title[0].value == "What changes when one thing changes?"
    menu = next(box for box in app.selectbox if box.label == "Experiment")
    assert menu.options == [each.title for each in EXPERIMENTS]
    assert "Deeper plain networks have higher training error" in app.markdown[0].value
    assert "press **Start all**" in app.info[0].value
    cost = app.main.markdown[1].value
    assert "4 networks × 1 seed = 4 runs of 5 epochs: 20 epochs on all" in cost  # noqa: RUF001


@pytest.mark.parametrize("name", [each.name for each in EXPERIMENTS])
def test_each_says_claim_source_and_deviation(opened, name):
    declared, app = experiment(name), opened(experiment=name)
    said = plain(app.main.markdown[0].value + app.main.caption[0].value)
    for words in (declared.claim, declared.source, declared.deviation):
        assert words in said


def test_runs_that_are_too_short_say_so(opened, waiting):
    app = opened(group=started("activation").id)
    assert "Too short to support the claim: 2 epochs" in plain(app.warning[0].value)
    assert "Stop all" not in labels(app) and len(charts(app)) == 2
    # 25 % training error was not reached; all arms have taken the same steps.
    assert "ReLU 61.71 k finished 8 2 – 50.0 %" in table(app)  # noqa: RUF001
    assert "tanh 61.71 k finished 8 2 – 49.0 %" in table(app)  # noqa: RUF001


def test_the_button_starts_all_arms_and_seeds_at_once(opened, waiting):
    app = press(opened(**SHORT, seeds="2"), "start_runs")
    group = only_group()
    assert group.title == "digits, 500 images, 2 epochs, 2 seeds"
    assert [(m.arm, m.seed) for m in group.members] == [(a, s) for s in (0, 1) for a in "ABC"]
    assert app.query_params["group"] == group.id
    assert "0 of 6 runs have ended" in app.info[0].value
    assert "2 waits" in table(app)
    plan = Store().run(group.run_ids[1]).plan
    assert (plan.options.epochs, plan.options.train_images, plan.options.seed) == (2, 500, 0)
    assert plan.twin == Store().run(group.run_ids[0]).plan.network


def test_arms_that_are_left_out_are_not_run(opened, waiting):
    app = opened(**SHORT, without="2,7,x")
    assert "2 networks" in app.main.markdown[1].value
    app.multiselect(key="options_without").set_value(["A", "B", "C"])
    assert "Keep at least one network" in checked(app).warning[0].value
    app.multiselect(key="options_without").set_value(["A", "B"])
    press(checked(app), "start_runs")
    assert [member.arm for member in only_group().members] == ["C"]
    assert app.query_params["without"] == "1,2"


def test_too_many_runs_are_a_sentence_and_none_is_made(opened, waiting, monkeypatch):
    monkeypatch.setenv("CNNVIZ_MAX_RUNS", "5")
    app = press(opened(**SHORT, seeds="2"), "start_runs")
    assert "A visitor can have 5 runs; received 6." in app.error[0].value
    assert Store().runs() == []


def test_the_owner_stops_and_deletes_all_and_others_look(opened, waiting):
    app = press(opened(**SHORT), "start_runs")
    group = only_group()
    other = opened(group=group.id)
    assert other.query_params["experiment"] == "options"
    assert not {"Stop all", "Delete all"} & set(labels(other))
    assert "Started by another visitor" in " ".join(c.value for c in other.caption)
    press(app, f"stop_{group.id}")
    assert {run.state for run in Store().runs()} == {"stopped"}
    press(app, f"resume_{group.id}")
    assert {run.state for run in Store().runs()} == {"queued"}
    press(app, f"delete_{group.id}")
    assert Store().runs() == [] and groups(Store(), "options") == []
    assert "group" not in app.query_params


def test_budget_and_seeds_are_on_the_charts_and_stay_while_it_runs(opened, waiting):
    group = started(seeds=2)
    measure(group.run_ids[-1], "running", step=0)
    app = opened(group=group.id)
    (running,) = {tuple(chart["title"]["subtitle"]) for chart in charts(app)}
    assert running == (
        f"paper: {experiment('options').paper_budget}",
        "here: digits, 500 images, 2 epochs (8 steps), 2 runs per network",
    )
    assert all("layer" in chart for chart in charts(app)), "two seeds have bands"
    with Store().database.writing() as connection:
        change_run(connection, runs_table.c.id == group.run_ids[-1], state="finished")
    (ended,) = {tuple(chart["title"]["subtitle"]) for chart in charts(opened(group=group.id))}
    assert ended == running, "another chart would forget the zoom"


def test_runs_that_are_long_enough_say_what_they_show(opened, waiting, monkeypatch):
    brief = replace(experiment("options"), min_epochs=1)
    monkeypatch.setattr("cnnviz.ui.experiments.controls.experiment", lambda name: brief)
    group = started()
    said = plain(opened(group=group.id).info[0].value)
    assert "C has a lower test error than B: as claimed. One seed cannot rule out chance." in said


def test_papers_values_stand_beside_with_column_and_source(opened, waiting):
    group = started("orders")
    app = opened(experiment="orders", group=group.id)
    printed = "6.37 ResNet-110, Pre-activation Table 2"
    assert f"full-pre-activation 269.4 k finished 8 2 46.0 % {printed}" in table(app)
    captions = plain(" ".join(caption.value for caption in app.caption))
    assert "He et al. 2016b, Table 2: CIFAR-10 test error by order of activations" in captions


def test_recorded_runs_are_shown_and_stand_beside(opened, waiting, folder):
    curve = (Measurement(9, 1.0, 1.0, test_accuracy=0.75, train_accuracy=0.5),)
    arms = {arm: (RecordedRun(0, "resnet20_cifar", "", 0.25, curve),) for arm in "ABC"}
    told = {"machine": "a card", "torch": "2", "trained": "2026-01-01", "note": "JPEG."}
    command = "python -m cnnviz experiment options"
    write_recorded(Recorded("options", "cifar10", command, arms=arms, **told), folder / "recorded")
    app = opened(experiment="options")
    assert app.query_params["group"] == "recorded"
    assert "A 269.7 k recorded 9 1 25.0 %" in table(app)
    assert charts(app)[0]["title"]["subtitle"][1] == (
        "here: cifar10, 1 epoch (9 steps), 1 run per network"
    )
    beside = opened(group=started().id)
    assert "A 269.4 k finished 8 2 50.0 % 25.0 %" in table(beside)
    captions = plain(" ".join(caption.value for caption in beside.caption))
    assert "2026-01-01 on a card. JPEG. Command: `python -m cnnviz experiment options`" in captions


def test_gates_are_shown_where_arms_have_them(opened, waiting):
    gates = {"stages.0.0.junction.gate": 0.25, "stages.2.1.junction.gate": 0.75}
    app = opened(group=started("shortcuts", gates=gates).id)
    assert len(charts(app)) == 3
    assert "unit 3.2: mean gate 0.7500" in " ".join(h.proto.body for h in app.get("html"))


def test_an_address_of_nothing_is_a_sentence(opened):
    app = opened(experiment="alchemy", group="nothing")
    assert "There is no group of runs nothing" in app.warning[0].value
    assert "press **Start all**" in app.info[0].value


def test_own_runs_become_an_experiment_with_a_name(opened, waiting):
    group = started()
    chosen = ",".join(group.run_ids[:2])
    app = opened(view="your own", runs=chosen)
    assert "They differ in a single setting: shortcut" in app.success[0].value
    app.text_input(key="experiment_name").set_value("A against B")
    press(app, next(b.key for b in app.button if b.label == "Save"))
    saved = only_group("")
    assert saved.run_ids == group.run_ids[:2]
    other = opened(view="your own", group=saved.id)
    assert other.subheader[0].value == "A against B"
    assert "Delete this experiment" not in labels(other)
    press(app, f"delete_{saved.id}")
    assert groups(Store(), "") == [] and len(Store().runs()) == 3


def test_without_runs_own_experiments_say_what_to_do(opened):
    assert "Choose two to 4 runs" in opened(view="your own").info[0].value
