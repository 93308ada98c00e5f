"""Methods with a forward pass per map, from pytorch-grad-cam, on a private copy of the network."""

from functools import cache
from math import ceil
from types import SimpleNamespace

import torch
from torch import nn

from cnnviz.vision.cam.look import Look
from cnnviz.weights.loading import private_copy


def by_library(look: Look, name: str, batch_size: int, further_passes: int = 0) -> torch.Tensor:
    """The terms (K, h, w) with the weights that a method of pytorch-grad-cam gives the maps.

    The library works on a copy of the network that shares only the weights.
    """
    maps, library = look.maps, _library()
    network = _Counted(look, ceil(maps.shape[1] / batch_size) + further_passes)
    layer = network.network.get_submodule(look.layer)
    targets = [library.ClassifierOutputTarget(look.class_index)]
    method = getattr(library, name)(network, [layer])
    weights = method.get_cam_weights(
        look.passed.image, layer, targets, maps.numpy(force=True), None
    )
    return torch.from_numpy(weights[0]).to(maps)[:, None, None] * maps[0]


class _Counted(nn.Module):
    """A private copy of a network that reports progress by its number of passes."""

    def __init__(self, look: Look, passes: int) -> None:
        super().__init__()
        self.network = private_copy(look.network)
        self._progress, self._passes, self._done = look.progress, passes, 0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(images)
        self._done += 1
        self._progress(min(self._done / self._passes, 1.0))
        return logits


@cache
def _library() -> SimpleNamespace:
    """pytorch-grad-cam's methods, without progress bars on stderr."""
    from pytorch_grad_cam import AblationCAM, ScoreCAM, ablation_cam, score_cam
    from pytorch_grad_cam.ablation_layer import AblationLayer
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    for module in (ablation_cam, score_cam):
        module.tqdm = SimpleNamespace(tqdm=iter)

    def ablation_cam_of_its_own(network: nn.Module, layers: list[nn.Module]) -> AblationCAM:
        # The default of the argument is one layer for the whole process.
        return AblationCAM(network, layers, ablation_layer=AblationLayer())

    return SimpleNamespace(
        AblationCAM=ablation_cam_of_its_own,
        ClassifierOutputTarget=ClassifierOutputTarget,
        ScoreCAM=ScoreCAM,
    )
