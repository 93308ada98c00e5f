"""What the page of gradient flow computes and says: batches, answers that are kept, sentences."""

import numpy as np
import pytest
import torch

from cnnviz.analysis.chain import chain, chain_text
from cnnviz.architectures import specify
from cnnviz.architectures.written import read
from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.runs.store import Store
from cnnviz.training.bundled import bundled_for
from cnnviz.training.measurement import Measurement
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.ui.gradient_flow import results as flow
from cnnviz.ui.gradient_flow.activations import sentence
from cnnviz.ui.gradient_flow.by_architecture import verdict
from cnnviz.ui.gradient_flow.chain import PRESETS
from cnnviz.ui.gradient_flow.chart import flow_table
from cnnviz.ui.gradient_flow.during_training import evenly_spaced, layers_over_time
from cnnviz.ui.gradient_flow.results import MEASURES, Batch, Question, digit_batch
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work.work import Work, WorkStopped
from cnnviz.vision.gradients.flow import ActivationStatistics, layer_gradients
from cnnviz.weights.loading import random_network
from tests.apps import open_function

SMALL = specify("mlp", num_classes=10, hidden_layers=2, hidden_units=16)


@pytest.fixture(autouse=True)
def nothing_kept():
    results.clear()


@pytest.fixture(scope="module")
def digits():
    return flow._digits()


def question(spec=SMALL, measure="gradients", pictures=4, seed=0):
    return Question.untrained(measure, spec, Batch(pictures, seed))


def test_a_batch_is_of_real_digits_with_their_labels(digits):
    pixels, labels = digit_batch(specify("resnet20_cifar"), digits, Batch(8, 1))
    assert pixels.shape == (8, 3, 32, 32)
    assert torch.equal(pixels[:, 0], pixels[:, 2])
    again, _ = digit_batch(specify("resnet20_cifar"), digits, Batch(8, 1))
    other, _ = digit_batch(specify("resnet20_cifar"), digits, Batch(8, 2))
    assert torch.equal(pixels, again)
    assert not torch.equal(pixels, other)
    chosen = torch.randperm(len(digits.train), generator=torch.Generator().manual_seed(1))[:8]
    assert torch.equal(labels, digits.train.labels[chosen])
    small = torch.nn.functional.avg_pool2d(pixels[:, 0], 4)
    shown = digits.train.images[chosen][..., 0].float()
    for one, other in zip(small, shown, strict=True):
        assert np.corrcoef(one.flatten(), other.flatten())[0, 1] > 0.95


def test_a_grey_network_gets_greys_and_a_trained_one_its_own_scale(digits):
    pixels, _ = digit_batch(specify("lenet5"), digits, Batch(4, 0))
    assert pixels.shape == (4, 1, 32, 32)
    trained = bundled_for("resnet20_cifar")[0].spec
    seen, labels = digit_batch(trained, digits, Batch(4, 0))
    black = (0 - torch.tensor(trained.trained_on.mean)) / torch.tensor(trained.trained_on.std)
    assert seen.amin(dim=(0, 2, 3)).tolist() == pytest.approx(black.tolist(), rel=1e-4)
    assert labels.max() < trained.num_classes


@pytest.mark.parametrize("measure", MEASURES)
def test_each_measure_is_kept_and_tells_how_far_it_is(digits, measure):
    asked, told = question(specify("resnet20_cifar"), measure), []
    answer = asked.answer(digits, told.append)
    assert results.kept(asked.key) is answer
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1


def test_an_answer_is_that_of_the_network_of_its_seed(digits):
    asked = question(seed=3)
    expected = layer_gradients(random_network(SMALL, 3), *digit_batch(SMALL, digits, Batch(4, 3)))
    assert asked.answer(digits, lambda share: None) == tuple(expected)


def test_what_is_larger_costs_more(digits):
    small, many = question(), question(pictures=16)
    assert small.cost < many.cost < question(specify("resnet110_cifar"), pictures=16).cost
    assert question(measure="activations").cost < small.cost


def page():
    import streamlit as st

    from cnnviz.architectures import specify
    from cnnviz.ui.gradient_flow.results import Batch, Question, answers

    spec = specify("mlp", num_classes=10, hidden_layers=2, hidden_units=16)
    asked = {seed: Question.untrained("gradients", spec, Batch(4, seed)) for seed in (0, 1)}
    st.markdown(f"{len(answers(asked, 'test'))} answers")


def test_what_is_quick_is_answered_at_once():
    app = open_function(page)
    assert app.markdown[0].value == "2 answers"
    assert not app.button


def test_what_is_slow_waits_for_a_button_and_is_then_kept(monkeypatch):
    monkeypatch.setattr(flow, "AT_ONCE", 0)
    app = open_function(page)
    assert app.markdown[0].value == "0 answers"
    assert [button.label for button in app.button] == ["Compute 2 networks"]
    app.button[0].click().run()
    for _ in range(100):
        if app.markdown[0].value == "2 answers":
            break
        app.run()
    assert app.markdown[0].value == "2 answers"
    assert not app.exception


def test_of_several_the_quick_ones_are_answered_at_once(monkeypatch):
    monkeypatch.setattr(flow, "AT_ONCE", question().cost)
    for _ in range(2):  # what is kept already leaves no room for more
        app = open_function(page)
        assert app.markdown[0].value == "1 answers"
        assert [button.label for button in app.button] == ["Compute"]


def test_points_know_their_layer_and_a_logarithmic_axis_has_no_zeros():
    curves = [Curve("net", "gradient", [0.0, 0.5, 1.0], [1.0, 0.0, 2.0]), Curve("b", "x", [0], [1])]
    names = {"net": ["first", "middle", "last"]}
    table = flow_table(curves, Axis("up", is_logarithmic=True), names)
    assert list(table["place"]) == ["first", "last", ""]
    assert list(flow_table(curves, Axis("up"), names)["up"]) == [1, 0, 2, 1]


def test_a_stop_ends_it_between_two_layers(digits):
    work = Work("nobody looks")
    with pytest.raises(WorkStopped):
        question(specify("resnet20_cifar")).answer(digits, work.tell)
    assert results.kept(question(specify("resnet20_cifar")).key) is None


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (1e-8, 0.04, "its gradient **vanishes** (1e-08 in the first layer, 0.04 in the last; "
         "first/last = 1/4,000,000)"),
        (117.0, 0.022, "its gradient **explodes** (117 in the first layer, 0.022 in the last; "
         "first/last = 5,320)"),
        (0.1, 0.2, "its gradient neither vanishes nor explodes (0.1 in the first layer, 0.2 in the "
         "last; first/last = 0.50)"),
        (0.0, 0.2, "its gradient **vanishes** (0 in the first layer, 0.2 in the last)"),
    ],
    ids=["vanishes", "explodes", "neither", "nothing arrives"],
)  # fmt: skip
def test_a_verdict_has_its_numbers(first, last, said):
    assert verdict("net", first, last) == f"**net**: {said}."


def test_the_presets_are_chains_and_the_first_is_the_slides():
    (activation, z, w), *others = PRESETS.values()
    assert chain_text(chain(activation, z, w)) == "0.25 × 0.6 × 0.25 × 0.7 = 0.02625"  # noqa: RUF001
    products = [chain(*preset)[-1].product for preset in others]
    assert products == [
        0.25**10,
        pytest.approx((1 - np.tanh(1) ** 2) ** 10),
        1,
        0,
    ]


def test_a_sentence_on_activations():
    layers = [
        ActivationStatistics("a", 0.0, 0.5, 1.0, 0.5),
        ActivationStatistics("b", 1.0, 0.0, 1e-5, 0.25),
    ]
    assert sentence("He", layers) == (
        "**He**: the standard deviation changes from 1 to 1e-05; 25 % of the last layer's outputs "
        "are 0."
    )


@pytest.mark.parametrize(
    ("count", "positions"),
    [(1, [0]), (5, [0, 1, 2, 3, 4]), (9, [0, 2, 4, 6, 8]), (101, [0, 25, 50, 75, 100])],
)
def test_curves_are_spread_over_the_epochs(count, positions):
    assert evenly_spaced(count, 5) == positions


@pytest.fixture
def recorded():
    """A run of LeNet that recorded gradients at its start and after two epochs."""
    store = Store()
    run = store.create(
        Plan(read("lenet5_full,num_classes=10"), "digits", TrainingOptions(epochs=2)), "one"
    )
    layers = list(LENET)
    store.add_measurements(
        run.id,
        [
            Measurement(1, 0.1, 0.1, train_loss=2.0, layer_gradients=dict.fromkeys(layers, 4.0)),
            Measurement(5, 0.5, 0.5, train_loss=1.5),
            Measurement(10, 1.0, 1.0, layer_gradients=dict.fromkeys(layers, 2.0)),
        ],
    )
    return run.id


LENET = {
    name: each.weight.numel()
    for name, each in random_network(specify("lenet5_full"), 0).named_modules()
    if isinstance(each, torch.nn.Conv2d | torch.nn.Linear)
}


def test_a_runs_gradients_are_by_the_square_root_of_the_weights(recorded):
    gradients = layers_over_time(recorded, 3)
    assert gradients.layers == tuple(LENET)
    assert gradients.names == ["start", "1"]
    expected = np.array([[4 / size**0.5, 2 / size**0.5] for size in LENET.values()])
    assert gradients.rms == pytest.approx(expected)
