import pytest
import torch
from fvcore.nn import FlopCountAnalysis
from torchinfo import summary as torchinfo_summary

from cnnviz.analysis.summary import summary
from cnnviz.architectures import build

pytestmark = pytest.mark.benchmark


def bare(name):
    with torch.device("meta"), torch.no_grad():
        build(name)(torch.empty(1, 3, 224, 224))


def as_people_do_today(name):
    """torchinfo's table and fvcore's count of a real network on the CPU."""
    network, image = build(name), torch.zeros(1, 3, 224, 224)
    torchinfo_summary(network, input_data=image, verbose=0)
    counter = FlopCountAnalysis(network, image)
    counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()


@pytest.mark.parametrize("name", ["resnet50", "vgg16", "resnet152"])
def test_full_analysis(name, in_turn, report):
    fast = in_turn(9, full=lambda: summary(name), bare=lambda: bare(name))
    slow = in_turn(3, full=lambda: summary(name), today=lambda: as_people_do_today(name))
    report(
        f"{name}: full analysis {fast['full'] * 1000:.0f} ms; "
        f"{fast['full'] / fast['bare']:.2f} x a bare meta build and forward (at most 1.6); "
        f"torchinfo + fvcore take {slow['today'] / slow['full']:.0f} x as long (at least 5)"
    )
