"""The page of gradient flow: its views, what the address says, empty states, edited addresses."""

import pytest

from cnnviz.training.measurement import Measurement
from cnnviz.ui.gradient_flow.during_training import TO_TRAIN
from tests.apps import open_in_app


@pytest.fixture
def opened(open_page, no_weights):
    def flow(**query):
        app = open_page("gradient_flow", **query)
        assert not app.error
        return app

    return flow


def words(app):
    return "\n".join(each.value for each in (*app.markdown, *app.caption, *app.info, *app.warning))


def charts(app):
    return len(app.get("vega_lite_chart"))


def test_the_twins(opened):
    app = opened(pictures="4")
    assert app.title[0].value == "Does the gradient reach the first layer?"
    said = words(app)
    assert "**fully connected, 9 layers, sigmoid**: its gradient **vanishes**" in said
    assert "**ResNet-20**: its gradient neither vanishes nor explodes" in said
    assert "Random weights" in app.warning[0].value
    assert "4 handwritten digits" in said
    assert charts(app) == 1


def test_the_twins_of_the_address(opened):
    app = opened(twins="plain", twin_layers="56", pictures="4", drawn="he")
    said = words(app)
    assert "**plain-56**: its gradient **explodes**" in said
    assert "ResNet" not in said.split("Rule")[0]


def test_no_twin_at_all_says_what_to_do(opened):
    app = opened(pictures="4", twins="plain")
    app.button_group(key="twins").set_value([]).run()
    assert not app.exception
    assert "Choose at least one network." in app.info[0].value


def test_large_twins_wait_for_a_button(opened):
    app = opened(twin_layers="110", twins="dense")
    assert [button.label for button in app.button] == ["Compute"]
    assert charts(app) == 0


def test_the_slides_product(opened):
    app = opened(view="the chain")
    assert "0.25 × 0.6 × 0.25 × 0.7 = 0.02625" in words(app)  # noqa: RUF001
    assert charts(app) == 1


def test_a_chain_of_the_address_and_a_preset(opened):
    app = opened(view="the chain", chain="tanh", neurons="1", z1="0", w1="-0.5")
    assert "1 × (-0.5) = -0.5" in words(app)  # noqa: RUF001
    (preset,) = [button for button in app.button if button.label == "Ten ReLUs, one inactive"]
    preset.click().run()
    assert not app.exception
    assert app.select_slider(key="neurons").value == 10
    assert "A logarithmic axis cannot show a product of 0" in words(app)


def test_the_identity_path_of_what_is_in_the_box_and_of_random_weights(opened):
    app = opened(view="the identity path", pictures="4")
    said = words(app)
    assert charts(app) == 2
    assert "**ResNet-20, trained**" in said
    assert "**pre-activation-20, random weights**: over the first 3 blocks equation 4 holds" in said
    assert (
        "**ResNet-20, random weights**: over the first 3 blocks equation 4 does **not** hold"
        in said
    )
    assert "pre-activation-20 has random weights" in said
    assert "Trained for this project" in said


def test_random_weights_are_a_choice_of_the_address(opened):
    said = words(opened(view="the identity path", pictures="4", residual_weights="random"))
    assert "ResNet-20, trained" not in said
    assert "ResNet-20 has random weights" in said


def test_a_run_of_the_same_blocks_is_offered(opened, keep_run):
    run = keep_run("resnet20_cifar,num_classes=3")
    app = opened(view="the identity path", pictures="4", residual_weights=run.id)
    assert "Trained here on **clouds**" in words(app)


def test_activations_under_each_initialisation(opened):
    app = opened(view="activations", pictures="4")
    said = words(app)
    assert charts(app) == 3
    assert app.subheader[0].value == "fully connected, 9 layers, relu"
    for title in ("Paper's initialisation", "Gaussian", "Xavier", "He (He et al. 2015)"):
        assert f"**{title}" in said
    assert "Random weights" in app.warning[0].value


def test_activations_of_a_network_and_an_activation_of_the_address(opened):
    app = opened(view="activations", pictures="4", network="lenet5", units="sigmoid")
    assert app.subheader[0].value == "LeNet-5, sigmoid"
    app = opened(view="activations", pictures="4", network="lenet5")
    assert app.subheader[0].value == "LeNet-5, scaled_tanh"
    assert charts(app) == 3
    app = opened(view="activations", pictures="4", network="resnet20_cifar")
    assert app.subheader[0].value == "ResNet-20 (CIFAR)"
    assert "activation of this family is fixed" in words(app)


def test_without_runs_it_says_how_to_make_one():
    app = open_in_app("gradient_flow", view="over a run")
    assert "There are no runs with gradients by layer yet" in app.info[0].value
    assert [link.value for link in app.get("page_link")] == list(TO_TRAIN.values())


@pytest.fixture
def recorded(keep_run):
    """A finished run of LeNet with gradients of its start and of one epoch."""
    from cnnviz.architectures import build
    from cnnviz.runs.store import Store

    run = keep_run("lenet5_full,num_classes=3")
    names = [
        name.removesuffix(".weight")
        for name, weight in build(run.plan.network.spec).named_parameters()
        if name.endswith(".weight") and weight.ndim in (2, 4)
    ]
    small = {name: 1e-6 if number == 0 else 1.0 for number, name in enumerate(names)}
    told = [
        Measurement(1, 0.1, 0.1, layer_gradients=dict.fromkeys(names, 1.0)),
        Measurement(10, 1.0, 1.0, layer_gradients=small),
    ]
    Store().add_measurements(run.id, told)
    return run.id


def test_a_runs_epochs(opened, recorded):
    app = opened(view="over a run", run=recorded)
    said = words(app)
    assert charts(app) == 2
    assert "**first step**: its gradient neither vanishes nor explodes" in said
    assert "**epoch 1**: its gradient **vanishes**" in said


def test_an_unknown_run_is_said(opened, recorded):
    app = opened(view="over a run", run="nothing")
    assert "has no recorded gradients by layer" in app.warning[0].value
    assert charts(app) == 2


def test_an_edited_address_shows_the_defaults(opened):
    nonsense = {"view": "backwards", "twin_layers": "21", "drawn": "x", "activation": "swish"}
    app = opened(**nonsense, flow_seed="-5", pictures="3")
    assert "16 handwritten digits" in words(app)
    app = opened(view="the chain", chain="swish", neurons="99", z1="1e9", w1="nan")
    assert "0.02625" in words(app)
