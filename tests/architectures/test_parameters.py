"""The kept counts of parameters are those of the networks."""

import pytest

from cnnviz.architectures import parameters as counts
from cnnviz.architectures import specify, variants


def test_kept_counts_are_those_of_the_networks():
    kept = counts._kept()
    assert set(variants()) >= kept.keys()
    for variant, params in kept.items():
        assert params == counts.counted_parameters(specify(variant)), (
            f"{variant}: run python -m cnnviz.architectures.parameters"
        )


def test_a_variant_without_a_kept_count_is_counted(monkeypatch):
    monkeypatch.setattr(counts, "_kept", dict)
    assert counts.parameter_count("resnet20_cifar") == 269_722
    with pytest.raises(KeyError, match="resnet19 is no variant"):
        counts.parameter_count("resnet19")
