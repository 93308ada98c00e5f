"""The page Train: a run from the button to its end, options that follow, and who may do what."""

import re
import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from cnnviz.runs.store import Store
from cnnviz.training.measurement import Measurement
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.runs import readings as shared
from cnnviz.ui.train.controls import GROUPS, TrainChoice
from cnnviz.ui.train.cost import estimate_command
from tests.apps import checked, open_page


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty store of this test's own."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    monkeypatch.delenv("CNNVIZ_DATABASE", raising=False)
    monkeypatch.setenv("CNNVIZ_TEACHER_TOKEN", "chalk")
    return tmp_path


open_train = partial(open_page, "train")


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return checked(app)


def cards(app: AppTest) -> str:
    """What the runs' cards say."""
    bodies = [html.proto.body for html in app.get("html") if 'role="status"' in html.proto.body]
    bodies += [html.proto.body for html in app.get("html") if 'role="alert"' in html.proto.body]
    return " ".join(re.sub("<[^>]+>", " ", " ".join(bodies)).split())


def card_place(app: AppTest) -> int:
    """Where on the page the block with the cards is, counted from its top."""
    blocks = ((place, each) for place, each in app.main.children.items() if isinstance(each, Block))
    return next(
        place
        for place, block in blocks
        if any('role="status"' in html.proto.body for html in block.get("html"))
    )


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


def only_run():
    (run,) = Store().runs()
    return run


def measure(run_id: str, *steps: int, **values) -> None:
    measurements = [Measurement(step, step / 10, step / 100, **values) for step in steps]
    Store().add_measurements(run_id, measurements)


def test_at_first_it_says_what_to_do():
    app = open_train()
    assert app.title[0].value == "How does a network learn?"
    assert "press **Train**" in app.info[0].value
    assert app.selectbox(key="variant").value == "lenet5_full"
    assert app.selectbox(key="data").value == "digits"
    assert [metric.label for metric in app.metric] == ["Parameters", "MACs per image"]
    assert app.metric[0].value == "61.71 k"


@pytest.mark.parametrize(
    ("option", "written", "value"),
    [("warm_up", "0", 0.0), ("weight_decay", "1e-4", 0.0001), ("weight_decay", "0.10", 0.1)],
)
def test_a_number_of_the_address_may_be_written_in_any_way(option, written, value):
    app = open_train(**{f"train_{option}": written})
    assert app.select_slider(key=f"train_{option}").value == value
    assert value != getattr(TrainingOptions(), option)


def test_train_makes_a_run_that_learns_digits():
    """With the real worker; how long that takes is no matter here."""
    app = press(open_train(train_epochs="2", train_train_images="500"), "start_runs")
    assert "Stop" in labels(app)
    deadline = time.monotonic() + 90
    while only_run().is_open:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    checked(app)
    assert only_run().state == "finished", only_run().message
    assert "Finished after 2 epochs" in cards(app)
    assert "train images 500" in cards(app)
    assert charts(app) == 2
    assert "Stop" not in labels(app)
    assert 0.2 < only_run().test_accuracy <= 1


def test_a_run_that_waits_says_so_and_its_link_shows_it_to_others(waiting):
    app = press(open_train(), "start_runs")
    assert "number 1 in the queue" in cards(app)
    assert app.query_params["runs"] == only_run().id
    other = open_train(runs=only_run().id)
    assert "Started by another visitor" in cards(other)
    assert "Stop" not in labels(other)
    assert "Stop" in labels(app)


def test_a_card_has_one_place_with_buttons_above_it_and_without(waiting):
    """Or the old card would stand beside the new one for a moment when the run ends."""
    app = press(open_train(), "start_runs")
    other = open_train(runs=only_run().id)
    assert "Stop" in labels(app)
    assert "Stop" not in labels(other)
    assert card_place(app) == card_place(other)


def test_the_teacher_may_stop_what_a_stranger_may_not(waiting):
    press(open_train(), "start_runs")
    other = open_train(runs=only_run().id)
    other.text_input(key="typed_token").set_value("wrong")
    checked(other)
    checked(other)
    press(other, f"stop_{only_run().id}")
    assert "Only the browser that started this run" in other.error[0].value
    assert only_run().state == "queued"
    other.text_input(key="typed_token").set_value("chalk")
    checked(other)
    press(other, f"stop_{only_run().id}")
    assert not other.error
    assert only_run().state == "stopped"


def test_its_owner_stops_resumes_and_deletes_it(waiting):
    app = press(open_train(), "start_runs")
    press(app, f"stop_{only_run().id}")
    assert "stopped" in cards(app)
    press(app, f"again_{only_run().id}")
    assert only_run().state == "queued"
    assert app.dataframe[0].value["Settings"].tolist() == ["epochs 20"]


def test_measurements_become_curves_numbers_and_more_curves(waiting):
    app = press(open_train(), "start_runs")
    measure(only_run().id, 10, 20, train_loss=0.51, train_accuracy=0.8, learning_rate=0.02)
    measure(only_run().id, 30, test_loss=0.4, test_accuracy=0.875, gradient_norm={"stem": 0.1})
    time.sleep(shared.FRESH)
    checked(app)
    assert "Test accuracy 87.5 %" in cards(app)
    assert "Training loss 0.51" in cards(app)
    assert charts(app) == 2
    app.multiselect(key="curves").set_value(["learning rate", "gradient norm", "gates"])
    checked(app)
    assert charts(app) == 4
    assert any("nothing was measured yet" in caption.value for caption in app.caption)


def test_a_second_run_on_the_same_data_is_laid_over_the_first(waiting):
    app = press(open_train(), "start_runs")
    press(app, "start_runs")
    assert len(app.multiselect(key="shown_runs").value) == 2
    app.selectbox(key="data").set_value("shapes")
    checked(app)
    press(app, "start_runs")
    (newest, *_) = Store().runs()
    assert newest.plan.data == "shapes"
    assert app.multiselect(key="shown_runs").value == [newest.id]
    assert len(app.dataframe[0].value) == 3


def test_classes_channels_and_side_follow_the_data(waiting):
    app = press(open_train(variant="resnet20_cifar", data="shapes"), "start_runs")
    network = only_run().plan.network
    assert (network.spec.in_channels, network.resolution) == (3, 32)
    app.selectbox(key="data").set_value("digits")
    checked(app)
    press(app, "start_runs")
    network = Store().runs()[0].plan.network
    assert (network.spec.in_channels, network.spec.num_classes) == (1, 10)


def test_another_recipe_sets_the_options_and_own_choices_stay():
    app = open_train()
    assert app.selectbox(key="train_optimiser").value == "adamw"
    app.select_slider(key="train_batch_size").set_value(256)
    checked(app)
    app.selectbox(key="recipe").set_value("lenet")
    checked(app)
    assert app.selectbox(key="train_optimiser").value == "sgd"
    assert app.select_slider(key="train_learning_rate").value == 0.005
    assert app.select_slider(key="train_batch_size").value == 256
    assert any("batch size 256 (suggested: 16)" in caption.value for caption in app.caption)
    press(app, "take_suggestions")
    assert app.select_slider(key="train_batch_size").value == 16
    assert "Use suggested settings" not in labels(app)


def test_digits_are_not_mirrored_whatever_the_recipe():
    app = open_train(recipe="resnet")
    assert app.toggle(key="train_flip").value is False
    assert any("no flips" in caption.value for caption in app.caption)
    assert open_train(recipe="resnet", data="shapes").toggle(key="train_flip").value is True


def test_a_budget_of_seconds_takes_the_epochs_away():
    app = open_train()
    app.select_slider(key="train_seconds").set_value(30)
    checked(app)
    assert app.select_slider(key="train_epochs").value == 0
    app.select_slider(key="train_seconds").set_value(0)
    checked(app)
    assert app.select_slider(key="train_epochs").value == 5
    assert not app.error


def test_a_link_with_two_budgets_is_one_sentence():
    app = open_train(train_seconds="30")
    assert [error.value for error in app.error] == [
        "epochs or seconds must be above 0, and the other 0; received epochs 20 and seconds 30."
    ]
    assert "Train" not in labels(app)


def test_every_option_has_its_place():
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(h.name for h in TrainingOptions.hyperparameters())


def test_the_cost_is_asked_for_what_is_chosen(waiting):
    press(open_train(train_batch_size="256", train_epochs="3"), "start_runs")
    plan = only_run().plan
    command = estimate_command(TrainChoice(plan.network, _digits(), plan.options))
    assert command[:2] == ("train", str(plan.network))
    assert "batch_size=256" in command
    assert not any("epochs" in word for word in command), "it makes no difference to an epoch"


def _digits():
    from cnnviz.training.datasets import dataset

    return dataset("digits")


def test_unknown_runs_in_a_link_are_left_out():
    app = open_train(runs="nothing,such", view="neither", whose="nobody", across="miles")
    assert "press **Train**" in app.info[0].value


def test_the_data_can_be_looked_at_first():
    app = open_train(view="data")
    assert "1,438 training and" in " ".join(element.value for element in app.markdown)
