r"""The methods of class activation maps; the docstring of each function is its equation.

$y$ is the logit of the class, $A^k_{ij}$ map $k$ of the target layer at row $i$ and column $j$,
$g^k_{ij} = \partial y / \partial A^k_{ij}$ its gradient. Each function gives the terms of its sum
over $k$; ``Heatmap.of`` sums them, clips the sum at 0, resizes it to the image and divides it by
its maximum. Exceptions in papers are noted at the methods.

pytorch-grad-cam subtracts the minimum as well. With that the results are the library's, except
where Eigen-CAM and Grad-CAM++ say so, and at layers whose output is overwritten by an in-place
operation (torchvision's ReLUs), where the library reads the overwritten values.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnviz.analysis.kinds import AVERAGE_POOLING, is_global_pooling, kind_of
from cnnviz.architectures import Network
from cnnviz.vision.cam.library import by_library
from cnnviz.vision.cam.look import Look
from cnnviz.vision.cam.pixel_gradient import pixel_gradient, require_rectifiers
from cnnviz.vision.capture import Place
from cnnviz.vision.forward_pass import activations

Function = Callable[[Look], torch.Tensor]


def grad_cam(look: Look) -> torch.Tensor:
    r"""$L = \mathrm{ReLU}\big(\sum_k \alpha_k A^k\big)$ with $\alpha_k$ the mean of $g^k_{ij}$.

    Selvaraju et al. 2017, Grad-CAM, equations 1 and 2.
    """
    return _weighted(look.gradient.mean(dim=(2, 3)), look.activation)


def grad_cam_plus_plus(look: Look) -> torch.Tensor:
    r"""$L = \sum_k A^k \sum_{ij} \alpha^k_{ij}\,\mathrm{ReLU}(g^k_{ij})$, $\;\alpha^k_{ij} =
    \dfrac{(g^k_{ij})^2}{2 (g^k_{ij})^2 + (g^k_{ij})^3 \sum_{ab} A^k_{ab}}$.

    Chattopadhay et al. 2018, Grad-CAM++, equations 7 and 19; where the denominator is 0,
    $\alpha$ is. pytorch-grad-cam adds $10^{-6}$ to it, beside which small gradients vanish.
    """
    g, a = look.gradient, look.activation
    below = 2 + a.sum(dim=(2, 3), keepdim=True) * g  # both sides of the fraction over g squared
    alpha = torch.where(below != 0, 1 / below, 0)
    return _weighted((alpha * functional.relu(g)).sum(dim=(2, 3)), a)


def hires_cam(look: Look) -> torch.Tensor:
    r"""$L = \mathrm{ReLU}\big(\sum_k g^k \odot A^k\big)$: no averaging over the places.

    Draelos and Carin 2020, HiResCAM, section 3. Where one linear layer alone follows the maps,
    averaged or not, the sum over all places is the logit less its bias, and what the map shows was
    used. At earlier layers, or before several linear layers, nothing guarantees that.
    """
    return (look.gradient * look.activation)[0]


def x_grad_cam(look: Look) -> torch.Tensor:
    r"""$L = \sum_k w_k A^k$ with $w_k = \sum_{ij} g^k_{ij} A^k_{ij} \big/ \sum_{ij} A^k_{ij}$.

    Fu et al. 2020, Axiom-based Grad-CAM, equation 8.
    """
    g, a = look.gradient, look.activation
    return _weighted((g * a / (a.sum(dim=(2, 3), keepdim=True) + 1e-7)).sum(dim=(2, 3)), a)


def layer_cam(look: Look) -> torch.Tensor:
    r"""$L = \mathrm{ReLU}\big(\sum_k \mathrm{ReLU}(g^k) \odot A^k\big)$: sharp in early layers too.

    Jiang et al. 2021, LayerCAM, equations 5 to 7.
    """
    return (functional.relu(look.gradient) * look.activation)[0]


def eigen_cam(look: Look) -> torch.Tensor:
    r"""$L = A\,v_1$ with $v_1$ the first right singular vector of $A$, a matrix of $hw \times K$.

    Muhammad and Yeasin 2020, Eigen-CAM, equations 1 to 3. It knows no class. The sign of $v_1$,
    which is free, is the one with which the sum of $L$ is not negative. pytorch-grad-cam subtracts
    each map's mean first and leaves the sign to chance (LAPACK).
    """
    maps = look.maps[0]
    return _first_component(maps, torch.ones_like(maps[0]))


def eigen_grad_cam(look: Look) -> torch.Tensor:
    r"""$L = (P - \bar P)\,v_1$ with $P = g \odot A$, $hw \times K$, $\bar P$ its mean over the $hw$
    places and $v_1$ the first right singular vector of $P - \bar P$.

    pytorch-grad-cam's variant of Eigen-CAM, which has no paper. The library leaves the sign of
    $v_1$ to chance (LAPACK); here it is the one with which $L$ is high where $P$, summed over $k$,
    is: that sum is HiResCAM.
    """
    product = (look.gradient * look.activation)[0]
    centred = product - product.mean(dim=(1, 2), keepdim=True)
    return _first_component(centred, centred.sum(dim=0))


def cam(look: Look) -> torch.Tensor:
    r"""$L = \sum_k w_k A^k$ with $w_k$ the weight of the class for the globally averaged map $k$.

    Zhou et al. 2016, Class Activation Mapping, equation 2. $A$ is what the global average pooling
    reads, whatever the target layer. The paper shows negative values too; here they are cut off.
    """
    pooling, linear = _pooled_head(look.network)
    place = Place(pooling, 0)
    a = activations(look.network, look.passed, [place])[place]
    if linear is None:
        return a[0, look.class_index : look.class_index + 1]
    return _weighted(linear.weight.detach()[look.class_index : look.class_index + 1], a)


def guided_backprop(look: Look) -> torch.Tensor:
    r"""$L = \max_c |R_c|$, the gradient at the pixels where each ReLU passes back $R \cdot [x > 0]
    \cdot [R > 0]$ alone.

    Springenberg et al. 2015, Striving for Simplicity, section 3.4. It hardly depends on the class
    or on the later weights (Adebayo et al. 2018), and needs ReLUs.
    """
    return _strongest_channel(look, guided=True)


def saliency(look: Look) -> torch.Tensor:
    r"""$L = \max_c |\partial y / \partial x_c|$ at every pixel $x$ with its colours $c$.

    Simonyan et al. 2014, Deep Inside Convolutional Networks, section 3.1.
    """
    return _strongest_channel(look, guided=False)


def score_cam(look: Look) -> torch.Tensor:
    r"""$L = \mathrm{ReLU}\big(\sum_k \alpha_k A^k\big)$ with $\alpha = \mathrm{softmax}_k\; y(x
    \odot \hat A^k)$, the map $\hat A^k$ enlarged to the image and scaled to [0, 1].

    Wang et al. 2020, Score-CAM, equations 5 to 8, by pytorch-grad-cam; it leaves out the baseline
    $y(0)$, which softmax cancels. One pass a map.
    """
    return by_library(look, "ScoreCAM", batch_size=16)


def ablation_cam(look: Look) -> torch.Tensor:
    r"""$L = \mathrm{ReLU}\big(\sum_k w_k A^k\big)$ with $w_k = (y - y_{k}) / y$, where $y_{k}$ is
    the logit without map $k$.

    Desai and Ramaswamy 2020, Ablation-CAM, equations 3 and 4, by pytorch-grad-cam. One pass a map.
    """
    return by_library(look, "AblationCAM", batch_size=32, further_passes=1)


def _pooled_head(network: Network) -> tuple[str, nn.Linear | None]:
    """Path of the head's global average pooling, and the linear layer after it, if any.

    Raises:
        ValueError: The head has other layers, so that no weight belongs to one map and class.
    """
    layers = [
        (f"head.{name}", module)
        for name, module in network.head.named_modules()
        if not list(module.children()) and kind_of(module).role not in ("identity", "dropout")
    ]
    pools = [i for i, (_, layer) in enumerate(layers) if _is_global_average(layer)]
    if pools:
        behind = [m for _, m in layers[pools[-1] + 1 :] if kind_of(m).role != "reshaping"]
        if not behind:
            return layers[pools[-1]][0], None
        if [kind_of(m).role for m in behind] == ["linear"]:
            return layers[pools[-1]][0], cast(nn.Linear, behind[0])
    raise ValueError(
        "network must end in global average pooling and at most one linear layer for CAM; "
        "received one with another head: choose Grad-CAM, which needs none of that."
    )


def _is_global_average(layer: nn.Module) -> bool:
    return kind_of(layer) is AVERAGE_POOLING and is_global_pooling(layer)


@dataclass(frozen=True)
class Method:
    """A method with its properties.

    Attributes:
        title: Name given by its authors.
        function: Computes the terms (K, h, w) whose sum over k supports the class.
        cost: Cost besides the forward pass.
        reads_layer: Whether the target layer matters.
        is_by_pixel: Whether the map has individual pixel values, few of them large.
        is_slow: Whether it needs a forward pass per map: seconds to minutes.
        needs: Raises ValueError for unsuitable networks.
    """

    title: str
    function: Function
    cost: str
    reads_layer: bool = True
    is_by_pixel: bool = False
    is_slow: bool = False
    needs: Callable[[Network], object] | None = None

    @property
    def equation(self) -> str:
        """Equation, as Markdown with LaTeX."""
        return self._documentation[0]

    @property
    def paper(self) -> str:
        """Paper and remarks, as Markdown with LaTeX."""
        return self._documentation[1]

    @cached_property
    def _documentation(self) -> tuple[str, str]:
        equation, _, paper = (inspect.getdoc(self.function) or "").partition("\n\n")
        return " ".join(equation.split()), " ".join(paper.split())


ONE_GRADIENT = "one gradient down to the layer"
TO_THE_PIXELS = "one forward pass and one gradient down to the pixels"

METHODS: dict[str, Method] = {
    "grad-cam": Method("Grad-CAM", grad_cam, ONE_GRADIENT),
    "grad-cam++": Method("Grad-CAM++", grad_cam_plus_plus, ONE_GRADIENT),
    "hirescam": Method("HiResCAM", hires_cam, ONE_GRADIENT),
    "xgradcam": Method("XGrad-CAM", x_grad_cam, ONE_GRADIENT),
    "layercam": Method("LayerCAM", layer_cam, ONE_GRADIENT),
    "eigencam": Method("Eigen-CAM", eigen_cam, "one singular value decomposition, no gradient"),
    "eigengradcam": Method(
        "Eigen-Grad-CAM", eigen_grad_cam, f"{ONE_GRADIENT}, one singular value decomposition"
    ),
    "cam": Method("CAM", cam, "nothing: a weighted sum", reads_layer=False, needs=_pooled_head),
    "guided-backprop": Method(
        "Guided backpropagation",
        guided_backprop,
        TO_THE_PIXELS,
        reads_layer=False,
        is_by_pixel=True,
        needs=require_rectifiers,
    ),
    "saliency": Method("Saliency", saliency, TO_THE_PIXELS, reads_layer=False, is_by_pixel=True),
    "scorecam": Method("Score-CAM", score_cam, "a forward pass for every map", is_slow=True),
    "ablationcam": Method(
        "Ablation-CAM", ablation_cam, "a forward pass for every map", is_slow=True
    ),
}


def suits(method: str, network: Network) -> bool:
    """Whether a method is suitable for a network."""
    needs = METHODS[method].needs
    try:
        return needs is None or bool(needs(network))
    except ValueError:
        return False


def _weighted(weights: torch.Tensor, activation: torch.Tensor) -> torch.Tensor:
    """The terms w_k A^k, (K, h, w), for weights (1, K) and maps (1, K, h, w)."""
    return (weights[:, :, None, None] * activation)[0]


def _first_component(maps: torch.Tensor, towards: torch.Tensor) -> torch.Tensor:
    """The terms of L, maps (K, h, w) on their first right singular vector.

    Of its two signs it has the one with which L is not opposed to ``towards``, (h, w).
    """
    _, _, directions = np.linalg.svd(maps.flatten(1).T.numpy(force=True), full_matrices=False)
    terms = maps * torch.from_numpy(directions[0]).to(maps)[:, None, None]
    return terms if (terms.sum(dim=0) * towards).sum() >= 0 else -terms


def _strongest_channel(look: Look, guided: bool) -> torch.Tensor:
    gradient = pixel_gradient(look.network, look.passed.image, look.class_index, guided)
    return gradient.abs().amax(dim=0, keepdim=True)
