import numpy as np
import pytest

from cnnviz.vision.maps.statistics import map_statistics, reaches, rectified

MAPS = np.array(
    [
        [[1.0, -1.0], [0.0, 3.0]],  # mean 0.75, strength 1
        [[-2.0, -4.0], [-1.0, 0.0]],  # dead
        [[8.0, -9.0], [0.0, 0.0]],  # strength 2
    ],
    np.float32,
)


def test_statistics_by_hand():
    facts = map_statistics(MAPS)
    assert facts.mean.tolist() == [0.75, -1.75, -0.25]
    assert facts.minimum.tolist() == [-1, -4, -9]
    assert facts.maximum.tolist() == [3, 0, 8]
    assert facts.zeros.tolist() == [0.5, 1, 0.75]
    assert facts.strength.tolist() == [1, 0, 2]
    assert facts.dead.tolist() == [1]
    assert facts.order("strongest first").tolist() == [2, 0, 1]
    assert facts.order("in order").tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="order must be one of strongest first, in order"):
        facts.order("by name")


def test_scales():
    assert reaches(MAPS, "each map", ()).tolist() == [3, 4, 9]
    assert reaches(MAPS, "the layer", ()).tolist() == [9, 9, 9]
    assert reaches(MAPS, "all layers", [np.array([[[-20.0]]])]).tolist() == [20, 20, 20]
    assert reaches(rectified(MAPS), "each map", ()).tolist() == [3, 0, 8]
    with pytest.raises(ValueError, match="scale must be one of each map"):
        reaches(MAPS, "mine", ())
