"""The same ground from another flight: geometry (turns, mirrors, scale) and radiometry (colour, blur, noise, heights)."""
import math

import numpy as np
import torch
from torch.nn import functional as F

from patches import Patches


def random_crops(patches: Patches, size: int, batch: int, rng: np.random.Generator, chances=None):
    """
    `batch` windows of size × size px, each at any angle, mirrored half of the time, at 0.7 to 1.4 times the patch's scale. Outside
    a patch lies its mirror image, as inference pads. `chances`: how likely each patch is. Returns x (float DN), y (long).
    """
    chosen = rng.choice(patches.count, batch, p=chances)
    x = torch.from_numpy(patches.x[chosen].astype(np.float32))
    y = torch.from_numpy(patches.y[chosen].astype(np.float32))[:, None]
    affine = torch.from_numpy(np.stack([placement(size / patches.side, rng) for _ in range(batch)]))
    grid = F.affine_grid(affine, (batch, 1, size, size), align_corners=False)
    options = dict(padding_mode="reflection", align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", **options), F.grid_sample(y, grid, mode="nearest", **options)[:, 0].long()


def placement(part: float, rng: np.random.Generator) -> np.ndarray:
    """2 × 3 matrix from a crop's coordinates (−1 to 1) to the patch's. A third of the crops are only turned by quarters."""
    quarter = rng.random() < 1 / 3
    angle = math.pi / 2 * rng.integers(0, 4) if quarter else rng.uniform(0, 2 * math.pi)
    scale = part * (1 if quarter else math.exp(rng.uniform(math.log(0.7), math.log(1.4))))
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    mirror = -1 if rng.random() < 0.5 else 1
    room = max(0, 1 - (scale if quarter else 0.7 * (abs(cos) + abs(sin))))
    dx, dy = rng.uniform(-room, room, 2)
    return np.array([[cos * mirror, -sin, dx], [sin * mirror, cos, dy]], np.float32)


def disturb(x: torch.Tensor, patches: Patches, rng: np.random.Generator, strength: float, casts: float) -> torch.Tensor:
    """
    Another camera, light and height model. x is n × bands of DN; `strength` widens or narrows the ranges of what all bands share,
    `casts` those of what sets them apart.
    """
    optical = x[:, patches.optical]
    optical = recolour(optical, rng, strength, casts)
    optical = blurred(optical, rng)
    optical = optical + noise(optical.shape, rng)
    x = x.clone()
    x[:, patches.optical] = optical
    for band in set(range(x.shape[1])) - set(patches.optical):
        x[:, band] = poorer_heights(x[:, band], rng)
    return x.clamp_(0, 255)


def uniform(rng: np.random.Generator, low: float, high: float, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.uniform(low, high, shape).astype(np.float32))


def recolour(x: torch.Tensor, rng: np.random.Generator, strength: float, casts: float) -> torch.Tensor:
    """Gamma, contrast about the mean, gain and offset of all bands and of each band (a colour cast), fading to grey."""
    n, bands = x.shape[:2]
    s, c = strength, casts
    x = 255 * (x.clamp(1, 255) / 255) ** torch.exp(uniform(rng, -0.25 * s, 0.25 * s, n, 1, 1, 1))
    mean = x.mean((2, 3), keepdim=True)
    x = mean + (x - mean) * uniform(rng, 1 - 0.2 * s, 1 + 0.2 * s, n, 1, 1, 1)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * uniform(rng, 1 - 0.15 * s, 1 + 0.15 * s, n, 1, 1, 1)
    gain = uniform(rng, 1 - 0.15 * s, 1 + 0.15 * s, n, 1, 1, 1) * uniform(rng, 1 - 0.12 * c, 1 + 0.12 * c, n, bands, 1, 1)
    return x * gain + uniform(rng, -8 * s, 8 * s, n, 1, 1, 1) + uniform(rng, -8 * c, 8 * c, n, bands, 1, 1)


def blurred(x: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """A third of the images through a 5 × 5 Gaussian blur, a sixth sharpened; one convolution for all."""
    n, bands = x.shape[:2]
    lines = torch.stack([gaussian(rng.uniform(0.4, 1.3)) for _ in range(n)])
    kernels = lines[:, :, None] * lines[:, None, :]
    share = torch.from_numpy(rng.choice([0.0, 1.0, -0.4], n, p=[1 / 2, 1 / 3, 1 / 6]).astype(np.float32)).view(n, 1, 1)
    identity = torch.zeros(5, 5)
    identity[2, 2] = 1
    kernels = (identity + share * (kernels - identity)).repeat_interleave(bands, 0)[:, None]
    flat = F.pad(x, (2, 2, 2, 2), mode="replicate").reshape(1, n * bands, x.shape[2] + 4, x.shape[3] + 4)
    return F.conv2d(flat, kernels, groups=n * bands).view_as(x)


def gaussian(sigma: float) -> torch.Tensor:
    line = torch.exp(-(torch.arange(-2.0, 3.0) ** 2) / (2 * sigma**2))
    return line / line.sum()


def noise(shape, rng: np.random.Generator) -> torch.Tensor:
    """Grain of up to 7 DN on half of the images, and light that changes slowly across a third of them."""
    n = shape[0]
    generator = torch.Generator().manual_seed(int(rng.integers(0, 2**31)))
    grain = torch.randn(*shape, generator=generator) * (uniform(rng, 0, 7, n, 1, 1, 1) * (uniform(rng, 0, 1, n, 1, 1, 1) < 0.5))
    slow = torch.randn(n, 1, 4, 4, generator=generator) * (uniform(rng, 0, 8, n, 1, 1, 1) * (uniform(rng, 0, 1, n, 1, 1, 1) < 1 / 3))
    return grain + F.interpolate(slow, size=shape[2:], mode="bilinear", align_corners=False)


def poorer_heights(x: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Heights a little wrong, on a third of the images."""
    n = x.shape[0]
    touched = (uniform(rng, 0, 1, n, 1, 1) < 1 / 3).float()
    return x * (1 + touched * uniform(rng, -0.2, 0.2, n, 1, 1)) + touched * uniform(rng, -2, 2, n, 1, 1)
