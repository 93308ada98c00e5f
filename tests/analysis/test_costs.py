"""The kept costs are those of the networks."""

import pytest

from cnnviz.analysis import costs
from cnnviz.analysis.layers import is_auxiliary
from cnnviz.architectures import specify, variants
from tests.networks import meta_of, summary_of


def test_costs_are_kept_of_published_variants_alone():
    assert set(variants()) >= costs._kept().keys()


@pytest.mark.parametrize("name", variants())
def test_costs_are_those_of_the_network(name):
    layers = summary_of(name).layers
    used = layers[~is_auxiliary(layers)]
    assert costs.cost(name) == costs.Cost(
        sum(parameter.numel() for parameter in meta_of(name).parameters()),
        used["params"].sum(),
        used["macs"].sum(),
    ), "run python -m cnnviz.analysis.costs"


def test_shared_parameters_of_a_specification_count_once():
    assert costs.counted_parameters(specify("resnet20_cifar")) == 269_722


def test_a_variant_without_kept_costs_is_counted(monkeypatch):
    kept = costs.cost("googlenet_aux")
    monkeypatch.setattr(costs, "_kept", dict)
    assert costs.cost("googlenet_aux") == kept
    assert kept.params > kept.inference_params
    with pytest.raises(KeyError, match="resnet19 is no variant"):
        costs.cost("resnet19")
