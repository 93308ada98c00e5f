"""What training does to its images: the operations of ``cnnviz.augmentation``, as options say."""

import torch

from cnnviz.architectures import NetworkSpec
from cnnviz.augmentation.colour import ColourAxes, jittered, recoloured
from cnnviz.augmentation.geometry import cropped, rotated
from cnnviz.augmentation.noise import Rng, erased, noisy
from cnnviz.training.datasets.base import Data
from cnnviz.training.options import TrainingOptions

MAX_COVARIANCE_IMAGES = 2000  # of so many images the covariance is steady


class Augmentation:
    """Changes images by chance, as the options say."""

    def __init__(
        self, options: TrainingOptions, data: Data, device: torch.device | str = "cpu"
    ) -> None:
        """Prepare for images of that data on that device."""
        self._options = options
        self._colours = colour_axes(data).colours.to(device) if options.pca_colour else None

    def augmented(self, images: torch.Tensor, rng: Rng = None) -> torch.Tensor:
        """Images after crop, flip, rotation, colours, noise and erasing.

        Args:
            images: uint8 (N, H, W, C).
            rng: Of the images' device; default torch's own generator, as a CUDA graph needs.

        Returns:
            float32 (N, C, H, W) in [0, 1], its channels last in memory.
        """
        options = self._options
        if options.crop or options.flip:
            images = cropped(images, options.crop, options.flip, rng)
        pixels = scaled(images)
        if options.rotation:
            pixels = rotated(pixels, options.rotation, rng)
        if options.jitter:
            pixels = jittered(pixels, options.jitter, rng)
        if self._colours is not None:
            pixels = recoloured(pixels, self._colours, options.pca_colour, rng)
        if options.noise:
            pixels = noisy(pixels, options.noise, rng)
        if options.erasing:
            pixels = erased(pixels, options.erasing, rng)
        if options.jitter or options.pca_colour or options.noise:  # they leave the range
            pixels = pixels.clamp_(0, 1)
        return pixels.contiguous(memory_format=torch.channels_last)


def scaled(images: torch.Tensor) -> torch.Tensor:
    """Images, uint8 (N, H, W, C), as float32 (N, C, H, W) in [0, 1], channels last in memory."""
    return images.permute(0, 3, 1, 2).to(torch.float32).div_(255)


def normalise(pixels: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """The same tensor (N, C, H, W) with the mean (1, C, 1, 1) subtracted, divided by the std."""
    return pixels.sub_(mean).div_(std)


def normalisation(spec: NetworkSpec) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of a network's training pixels, each (1, C, 1, 1).

    Raises:
        ValueError: No run has trained it.
    """
    seen, channels = spec.trained_on, spec.in_channels
    if seen is None:
        raise ValueError("network must be trained by a run; received an untrained one.")
    mean, std = (torch.tensor(v[:channels]).view(1, channels, 1, 1) for v in (seen.mean, seen.std))
    return mean, std


def colour_axes(data: Data) -> ColourAxes:
    """The principal colours of the training images' pixels."""
    step = max(1, len(data.train) // MAX_COVARIANCE_IMAGES)
    pixels = data.train.images[::step].reshape(-1, data.channels).to(torch.float64) / 255
    return ColourAxes.of(pixels)
