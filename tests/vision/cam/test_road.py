"""ROAD by the library, and where the library alone would fail."""

import numpy as np
import pytest
import torch
from pytorch_grad_cam.metrics.road import ROADCombined
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget

from cnnviz.architectures import specify
from cnnviz.vision.cam.road import ordered_values, road
from cnnviz.weights.loading import random_network

PERCENTILES = (30, 60, 90)


@pytest.fixture(scope="module")
def network():
    return random_network(specify("resnet20_cifar"), 0).requires_grad_(False)


@pytest.fixture(scope="module")
def image():
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_the_combined_score_equals_the_librarys_within_its_noise(network, image):
    values = np.random.default_rng(1).random((32, 32), np.float32)
    scores = road(network, image, 3, values, PERCENTILES)
    targets = [ClassifierOutputSoftmaxTarget(3)]
    theirs = [
        float(ROADCombined(list(PERCENTILES))(image, values[None], targets, network)[0])
        for _ in range(3)
    ]
    noise = max(0.002, 3 * np.std(theirs))
    assert scores.combined == pytest.approx(np.mean(theirs), abs=noise)
    mean = (scores.least_relevant_first - scores.most_relevant_first).mean() / 2
    assert scores.combined == pytest.approx(float(mean))


def test_the_order_is_the_maps_and_has_no_equal_values():
    values = np.zeros((32, 32), np.float32)
    values[4, 5], values[9, 9] = 1, 0.5
    ordered = ordered_values(values)
    assert ordered[4, 5] == 1 == ordered.max()
    assert ordered[9, 9] == np.sort(ordered.ravel())[-2]
    assert len(np.unique(ordered)) == 1024
    assert ordered.dtype == np.float32


def test_every_percentile_removes_its_share_also_from_a_map_of_zeros(network, image):
    """The library alone removes every pixel where more of them are 0 than the percentile."""
    values = np.zeros((32, 32), np.float32)
    values[:8, :8] = np.random.default_rng(2).random((8, 8))
    seen = []

    class Watched(torch.nn.Module):
        spec = network.spec

        def forward(self, images):
            seen.append(int((images != image).any(dim=1).sum()))
            return network(images)

    scores = road(Watched(), image, 3, values, PERCENTILES)
    removed = [count for count in seen if count]
    expected = [round(1024 * (100 - p) / 100) for p in PERCENTILES for _ in range(2)]
    np.testing.assert_allclose(removed, expected, atol=2)
    assert np.isfinite(scores.combined)


def test_progress_is_reported_after_each_metric_of_each_percentile(network, image):
    told = []
    road(network, image, 0, np.eye(32, dtype=np.float32), (50, 90), told.append)
    np.testing.assert_allclose(told, [0.25, 0.5, 0.75, 1])


@pytest.mark.parametrize("percentile", [0, 100, -5])
def test_a_percentile_out_of_range_is_one_sentence(network, image, percentile):
    with pytest.raises(ValueError, match=f"above 0 and below 100; received {percentile}"):
        road(network, image, 0, np.zeros((32, 32)), (percentile,))
