import pytest
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from cnnviz.architectures import build
from cnnviz.vision.cam.class_activation import class_activation

pytestmark = pytest.mark.benchmark


def test_grad_cam_of_resnet18(in_turn, report):
    torch.set_num_threads(1)
    network, image = build("resnet18").requires_grad_(False), torch.randn(1, 3, 224, 224)
    copy = build("resnet18")
    copy.load_state_dict(network.state_dict())
    library = GradCAM(copy, [copy.stages[-1]])

    def forward_and_gradient():
        with torch.no_grad():
            activation = network.stages(network.stem(image))
        logits = network.head(activation.requires_grad_())
        torch.autograd.grad(logits[0, 5], activation)

    times = in_turn(
        25,
        ours=lambda: class_activation(network, image, 5),
        bare=forward_and_gradient,
        library=lambda: library(image, [ClassifierOutputTarget(5)]),
    )
    report(
        f"Grad-CAM, ResNet-18, CPU: {times['ours'] * 1000:.0f} ms; "
        f"{times['ours'] / times['bare']:.2f} x forward + gradient to the activation (at most "
        f"1.15); pytorch-grad-cam takes {times['library'] / times['ours']:.1f} x as long "
        "(at least 2)"
    )
