import pytest

from cnnviz.analysis import limits
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.limits import GraphError
from cnnviz.architectures import build, specify

STAGES = {f"stage{stage}_blocks": 200 for stage in (1, 2, 3, 4)}
DENSE = {f"stage{stage}_layers": 64 for stage in (1, 2, 3)}


def test_too_many_parameters_are_refused_before_the_network_runs(monkeypatch):
    ran = []
    monkeypatch.setattr("cnnviz.analysis.graph.Recorder", lambda *args, **kwargs: ran.append(1))
    with pytest.raises(GraphError, match=r"4\.75 G parameters, 9\.4 M of them in its largest") as e:
        network_graph(specify("resnet152", width=128, **STAGES), 224)
    assert not ran
    assert "stages.3.0.conv2; more than 2 G are not analysed." in str(e.value)


def test_too_many_layers_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_LAYERS", 50)
    with pytest.raises(GraphError, match="has 61 layers, the last of them head"):
        network_graph(specify("resnet18"), 224)


def test_the_limit_of_layers_is_far_above_every_published_network():
    modules = sum(1 for _ in build(specify("resnet1202_cifar")).modules())
    assert 3 * modules < limits.MAX_LAYERS


def test_outputs_that_no_card_could_hold_are_refused():
    """All feature maps of dense layers at full resolution, each block's again and again."""
    spec = specify("densenet_bc190_k40_cifar", growth_rate=64, compression=1.0, **DENSE)
    with pytest.raises(GraphError, match=r"take 978 GB for one image, that of stages\.0\.block\."):
        network_graph(spec, 512)
    assert network_graph(spec, 32).nodes, "at the paper's resolution it is fine"
