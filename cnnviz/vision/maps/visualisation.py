"""Feature visualisation: an image that maximises a map, by gradient ascent.

Without regularisation the result is unreadable noise. Here the image is kept similar to a photo by
its parametrisation and by random transformations (Olah, Mordvintsev, Schubert 2017, Feature
Visualization, sections "The enemy of feature visualization" and "Preconditioning and
parameterization"):

- The parameters are Fourier coefficients of the image, divided by their frequency, in colours that
  are uncorrelated in photos, so that frequencies and colours change in proportion to their share
  in photos. A sigmoid keeps every pixel between black and white.
- The network sees the image randomly shifted, rotated and scaled at every step, so that only robust
  patterns matter. The Fourier series is periodic, so the image can be shifted by any distance.
- The objective is the mean of the map's positive values. Negative values, which a ReLU cuts off,
  count a tenth, also before the map's own ReLU; otherwise the ascent could not start from an
  inactive map. (The authors' library, lucid, uses "redirected ReLUs" in the whole network for this;
  without any ReLU the mean of an edge filter's map is about 0 for every image.)

On SqueezeNet 1.1 the images were clearer than with less weight on high frequencies (garish areas)
or with larger transformations (pale).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnviz.architectures import Network
from cnnviz.progress import Progress, ignore_progress
from cnnviz.vision.capture import Place, activation, rectified_by
from cnnviz.vision.prediction import normalised, preprocessing

LEARNING_RATE = 0.05
BELOW = 0.1  # weight of negative values of a map
TURN = math.radians(5)  # largest rotation
ZOOM = 0.05  # largest relative scaling
AROUND = 1 / 8  # margin on each side relative to the side: enough for rotation and scaling
PREVIEW_EVERY = 8  # steps

# Columns: the square root of the covariance of red, green and blue in photos of ImageNet, scaled so
# that its longest column is 1 (lucid's ``color.py``).
COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])


@dataclass(frozen=True, eq=False)
class Visualisation:
    """The visualisation of a map.

    Attributes:
        picture: Image, uint8 (H, W, 3), grey for a network with one input channel.
        curve: Mean of the map after a ReLU, at every step and finally for the untransformed image,
            float32 (steps + 1,).
    """

    picture: np.ndarray
    curve: np.ndarray


def visualisation(
    network: Network,
    place: Place,
    channel: int,
    steps: int = 128,
    seed: int = 0,
    progress: Progress = ignore_progress,
    show: Callable[[np.ndarray], None] | None = None,
) -> Visualisation:
    """Compute an image that maximises a map, by regularised gradient ascent.

    Args:
        network: Frozen, in eval mode; it may be shared by threads.
        place: Place of the map.
        channel: Channel of the map.
        steps: Steps of Adam (learning rate 0.05).
        seed: Seed of the initial noise and the transformations.
        progress: Called with the share done; an exception cancels the work.
        show: Called with the current image every ``PREVIEW_EVERY`` steps.

    Raises:
        KeyError: Unknown layer; the message names it.
        ValueError: There is no such map.
        OverflowError: The activation exceeds float32, as in very deep untrained networks.
    """
    generator = torch.Generator().manual_seed(seed)
    canvas = _Canvas(network, generator)
    means: list[float] = []
    with torch.enable_grad():
        optimiser = torch.optim.Adam([canvas.spectrum], lr=LEARNING_RATE)
        for step in range(steps):
            if show is not None and step % PREVIEW_EVERY == 0:
                show(canvas.picture())
            values = _map(network, place, channel, canvas.moved_view())
            ascent = functional.leaky_relu(values, BELOW).mean()
            (slope,) = torch.autograd.grad(-ascent, canvas.spectrum)
            canvas.spectrum.grad = slope
            optimiser.step()
            means.append(float(values.detach().relu().mean()))
            progress((step + 1) / steps)
    with torch.no_grad():
        means.append(float(_map(network, place, channel, canvas.view()).relu().mean()))
    return Visualisation(canvas.picture(), np.array(means, dtype=np.float32))


def _map(network: Network, place: Place, channel: int, image: torch.Tensor) -> torch.Tensor:
    with rectified_by(network, _OpenRectifier.apply):
        maps = activation(network, place, image)
    if maps.dim() != 4 or not 0 <= channel < maps.shape[1]:
        shape = tuple(maps.shape[1:])
        raise ValueError(f"channel must be a map of {place.layer}, {shape}; received {channel}.")
    values: torch.Tensor = maps[0, channel]
    if not values.detach().abs().mean().isfinite():
        raise OverflowError(
            f"The activation of {place.layer} is larger than float32 can hold: with these weights "
            "it grows from layer to layer. Choose an earlier layer or trained weights."
        )
    return values


class _Canvas:
    """The optimised image."""

    def __init__(self, network: Network, generator: torch.Generator) -> None:
        self._spec = network.spec
        self._channels = network.spec.in_channels
        self._generator = generator
        self._side = side = preprocessing(network.spec).crop
        shape = (2, self._channels, side, side // 2 + 1)
        self.spectrum = (0.01 * torch.randn(shape, generator=generator)).requires_grad_()
        rows, columns = torch.fft.fftfreq(side)[:, None], torch.fft.rfftfreq(side)
        self._scale = side / (rows**2 + columns**2).sqrt().clamp(min=1 / side)

    def picture(self) -> np.ndarray:
        """The image, uint8 (H, W, 3)."""
        with torch.no_grad():
            pixels = self._pixels()[0].mul(255).round().to(torch.uint8)
        image: np.ndarray = pixels.expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()
        return image

    def view(self) -> torch.Tensor:
        """The preprocessed image."""
        return normalised(self._spec, self._pixels())

    def moved_view(self) -> torch.Tensor:
        """The preprocessed image, randomly shifted, rotated and scaled."""
        down, right = torch.randint(self._side, (2,), generator=self._generator).tolist()
        shifted = self._pixels().roll((down, right), dims=(2, 3))
        around = math.ceil(AROUND * self._side)
        larger = functional.pad(shifted, (around,) * 4, mode="circular")
        moved = functional.grid_sample(larger, self._grid(larger.shape[3]), align_corners=False)
        return normalised(self._spec, moved)

    def _grid(self, side: int) -> torch.Tensor:
        turn, zoom = (2 * torch.rand(2, generator=self._generator) - 1).tolist()
        scale = (1 + ZOOM * zoom) * self._side / side
        cosine, sine = scale * math.cos(TURN * turn), scale * math.sin(TURN * turn)
        matrix = torch.tensor([[[cosine, -sine, 0.0], [sine, cosine, 0.0]]])
        size = [1, self._channels, self._side, self._side]
        grid: torch.Tensor = functional.affine_grid(matrix, size, align_corners=False)
        return grid

    def _pixels(self) -> torch.Tensor:
        waves = torch.complex(self.spectrum[0], self.spectrum[1]) * self._scale
        values = torch.fft.irfft2(waves, s=(self._side, self._side)) / 4
        if self._channels == 3:
            values = torch.einsum("ij,jhw->ihw", COLOURS / COLOURS.norm(dim=0).max(), values)
        pixels: torch.Tensor = values.sigmoid()[None]
        return pixels


class _OpenRectifier(torch.autograd.Function):
    """A rectifier with the backward pass of a leaky ReLU for gradients of a single map.

    A gradient has a single map only before the first convolution of the backward pass.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, output)
        return output.view_as(output)

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> tuple[torch.Tensor, None]:
        (x, output), (slope,) = ctx.saved_tensors, slopes
        is_for_one_map = slope.dim() == 4 and int(slope.any(dim=3).any(dim=2).sum()) == 1
        below = BELOW if is_for_one_map else 0.0
        return slope * torch.where(x > 0, (output == x).to(slope), below), None
