"""What excites a map most: an image that is made for it by gradient ascent.

Without regularisation that gives noise which no eye reads. Here it is kept like a photo by its
parametrisation and by moving it at each step (Olah, Mordvintsev, Schubert 2017, Feature
Visualization, sections "The enemy of feature visualization" and "Preconditioning and
parameterization"):

- The numbers that are learned are the Fourier coefficients of the image, each divided by its
  frequency, in colours that are uncorrelated in photos; so all frequencies and colours change at
  the pace at which photos have them. A sigmoid keeps every pixel between black and white.
- The network sees the image shifted, turned and scaled a little, at random at every step, so that
  only patterns pay that survive that. The waves of a Fourier series go on beyond the border, so
  the image can be shifted by any distance: no pixel is nearer to the border than another.
- What is raised is the mean of the map's values above 0. Those below, which a ReLU cuts off, count
  a tenth, in front of the map's own ReLU too, since where it is shut everywhere the ascent would
  never begin. (The authors' library, lucid, has a "redirected ReLU" for that, in the whole network;
  and without any ReLU the mean of an edge filter's map is about 0 for every image.)

On SqueezeNet 1.1 these pictures were clearer than with less weight on high frequencies (garish
areas) or with wider movements (pale).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnviz.architectures import Network
from cnnviz.progress import Progress, unheard
from cnnviz.vision.capture import Place, activation
from cnnviz.vision.prediction import normalised, preprocessing
from cnnviz.vision.rectifiers import rectified_by

LEARNING_RATE = 0.05
BELOW = 0.1  # what a map's value below 0 counts, where one above counts 1
TURN = math.radians(5)  # at most
ZOOM = 0.05  # at most
AROUND = 1 / 8  # of the side, on each side: more than a turned and scaled view needs
PREVIEW_EVERY = 8  # steps

# Columns: the square root of the covariance of red, green and blue in photos of ImageNet, scaled so
# that its longest column is 1 (lucid's ``color.py``).
COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])


@dataclass(frozen=True, eq=False)
class Visualisation:
    """An image that was made for a map.

    Attributes:
        picture: uint8 (H, W, 3), in greys for a network with one input channel.
        curve: Mean of the map, with values below 0 as 0, at every step and, last, for the picture
            itself: float32 (steps + 1,).
    """

    picture: np.ndarray
    curve: np.ndarray


def visualisation(
    network: Network,
    place: Place,
    channel: int,
    steps: int = 128,
    seed: int = 0,
    progress: Progress = unheard,
    show: Callable[[np.ndarray], None] | None = None,
) -> Visualisation:
    """An image for which one map is large, by regularised gradient ascent.

    Args:
        network: Frozen, in eval mode; it may be shared by threads.
        place: Where the map is.
        channel: Which of the maps there.
        steps: Of Adam (learning rate 0.05).
        seed: Of the noise that it starts from and of the movements.
        progress: Told the share that is done; what it raises ends the work.
        show: Given the picture so far, every ``PREVIEW_EVERY`` steps.

    Raises:
        KeyError: Unknown layer; the message names it.
        ValueError: No such map there.
        OverflowError: The activation is beyond float32, as in very deep networks without training.
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
    """The map (h, w) of a network's input (1, C, H, W)."""
    with rectified_by(network, _OpenReLU.apply):
        found = activation(network, place.layer, image, place.input_index)
    if found.dim() != 4 or not 0 <= channel < found.shape[1]:
        shape = tuple(found.shape[1:])
        raise ValueError(f"channel must be a map of {place.layer}, {shape}; received {channel}.")
    values: torch.Tensor = found[0, channel]
    if not values.detach().abs().mean().isfinite():
        raise OverflowError(
            f"The activation of {place.layer} is larger than float32 can hold: with these weights "
            "it grows from layer to layer. Choose an earlier layer or trained weights."
        )
    return values


class _Canvas:
    """The image that is learned."""

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
        found: np.ndarray = pixels.expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()
        return found

    def view(self) -> torch.Tensor:
        """The image as the network's input."""
        return normalised(self._spec, self._pixels())

    def moved_view(self) -> torch.Tensor:
        """The same, shifted, turned and scaled at random."""
        down, right = torch.randint(self._side, (2,), generator=self._generator).tolist()
        shifted = self._pixels().roll((down, right), dims=(2, 3))
        around = math.ceil(AROUND * self._side)
        larger = functional.pad(shifted, (around,) * 4, mode="circular")
        moved = functional.grid_sample(larger, self._grid(larger.shape[3]), align_corners=False)
        return normalised(self._spec, moved)

    def _grid(self, side: int) -> torch.Tensor:
        """Where in an image of that side the pixels of a turned and scaled view are taken from."""
        turn, zoom = (2 * torch.rand(2, generator=self._generator) - 1).tolist()
        scale = (1 + ZOOM * zoom) * self._side / side
        cosine, sine = scale * math.cos(TURN * turn), scale * math.sin(TURN * turn)
        matrix = torch.tensor([[[cosine, -sine, 0.0], [sine, cosine, 0.0]]])
        size = [1, self._channels, self._side, self._side]
        grid: torch.Tensor = functional.affine_grid(matrix, size, align_corners=False)
        return grid

    def _pixels(self) -> torch.Tensor:
        """The image in (0, 1), (1, C, H, W)."""
        waves = torch.complex(self.spectrum[0], self.spectrum[1]) * self._scale
        values = torch.fft.irfft2(waves, s=(self._side, self._side)) / 4
        if self._channels == 3:
            values = torch.einsum("ij,jhw->ihw", COLOURS / COLOURS.norm(dim=0).max(), values)
        pixels: torch.Tensor = values.sigmoid()[None]
        return pixels


class _OpenReLU(torch.autograd.Function):
    """ReLU whose backward pass is that of a leaky ReLU if it is asked for one map alone.

    One map alone has a gradient only in front of the first convolution on the way back.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> torch.Tensor:
        (x,), (slope,) = ctx.saved_tensors, slopes
        is_for_one_map = slope.dim() == 4 and int(slope.any(dim=3).any(dim=2).sum()) == 1
        below = BELOW if is_for_one_map else 0.0
        passed: torch.Tensor = slope * torch.where(x > 0, 1.0, below)
        return passed
