"""Random numbers: as noise on all pixels, and in place of some (random erasing)."""

import math

import torch

# Zhong et al. 2020, Algorithm 1 and section 4.1: share of the area, height by width.
ERASED_AREA = (0.02, 0.4)
ERASED_RATIO = (0.3, 1 / 0.3)

# Of the images' device; None: torch's own.
Rng = torch.Generator | None


def noisy(pixels: torch.Tensor, strength: float, rng: Rng) -> torch.Tensor:
    """Gaussian noise of a standard deviation, added to each number of (N, C, H, W)."""
    return pixels + strength * normal(pixels.shape, pixels, rng)


def erased(
    pixels: torch.Tensor,
    probability: float,
    rng: Rng,
    area: tuple[float, float] = ERASED_AREA,
) -> torch.Tensor:
    """Some images with a rectangle of noise (Zhong et al. 2020, Algorithm 1).

    A rectangle that would be higher or wider than its image is cut to it.

    Args:
        pixels: float32 (N, C, H, W).
        probability: Of an image to have one.
        rng: Random numbers.
        area: The least and the greatest share of the image that it covers.
    """
    count, _, height, width = pixels.shape
    least, most = area
    shares = least + (most - least) * uniform((count, 1), pixels, rng)
    low, high = (math.log(ratio) for ratio in ERASED_RATIO)
    ratio = (low + (high - low) * uniform((count, 1), pixels, rng)).exp()
    down = _inside(height, (shares * ratio).sqrt().clamp(max=1), pixels, rng)
    across = _inside(width, (shares / ratio).sqrt().clamp(max=1), pixels, rng)
    chosen = uniform((count, 1, 1), pixels, rng) < probability
    hit = (down[:, :, None] & across[:, None, :] & chosen).unsqueeze(1)
    return torch.where(hit, uniform(pixels.shape, pixels, rng), pixels)


def _inside(side: int, share: torch.Tensor, like: torch.Tensor, rng: Rng) -> torch.Tensor:
    """Which of ``side`` places are in an interval of a share (N, 1) of them, bool (N, side)."""
    length = (share * side).round().clamp(min=1)
    start = (uniform(share.shape, like, rng) * (side - length + 1)).floor()
    places = torch.arange(side, device=like.device)
    return (places >= start) & (places < start + length)


def uniform(shape: tuple[int, ...], like: torch.Tensor, rng: Rng) -> torch.Tensor:
    """Numbers in [0, 1), float32, on the device of another tensor."""
    return torch.rand(shape, generator=rng, device=like.device)


def normal(shape: tuple[int, ...], like: torch.Tensor, rng: Rng) -> torch.Tensor:
    """Numbers of N(0, 1), float32, on the device of another tensor."""
    return torch.randn(shape, generator=rng, device=like.device)
