import pytest

from cnnviz.analysis.summary import summary
from cnnviz.ui.explore.layers import matching


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 69),
        ("conv", 20),
        ("stage 2", 16),
        ("STAGE 2 Convolution", 5),
        ("pooling", 2),
        ("x9", 0),
    ],
)
def test_words_find_layers(words, count):
    assert len(matching(summary("resnet18").layers, words)) == count
