"""The kept counts of parameters are those of the networks."""

import pytest

from cnnviz.architectures import parameters as counts
from cnnviz.architectures import specify, variants
from tests.networks import meta_of


def test_kept_counts_are_those_of_the_networks():
    kept = counts._kept()
    assert set(variants()) >= kept.keys()
    for variant, params in kept.items():
        network = meta_of(variant)
        assert params == sum(parameter.numel() for parameter in network.parameters()), (
            f"{variant}: run python -m cnnviz.architectures.parameters"
        )


def test_shared_parameters_of_a_specification_count_once():
    assert counts.counted_parameters(specify("resnet20_cifar")) == 269_722


def test_a_variant_without_a_kept_count_is_counted(monkeypatch):
    monkeypatch.setattr(counts, "_kept", dict)
    assert counts.parameter_count("resnet20_cifar") == 269_722
    with pytest.raises(KeyError, match="resnet19 is no variant"):
        counts.parameter_count("resnet19")
