"""Patches written by patches.ts: reading, normalisation, augmentation."""
import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

BANDS = ["R", "G", "B", "NIR", "NDSM"]


class Patches:
    """x: n x 5 x side x side uint8; y: n x side x side uint8; class names and codes as the scenes define them."""

    def __init__(self, folder: str):
        index = json.loads((Path(folder) / "index.json").read_text())
        self.count, self.side, self.seeds = index["count"], index["sidePx"], index["seeds"]
        self.classes = index["classes"]
        shape = (self.count, self.side, self.side)
        self.x = np.fromfile(Path(folder) / "x.u8", np.uint8).reshape(shape[0], len(BANDS), *shape[1:])
        self.y = np.fromfile(Path(folder) / "y.u8", np.uint8).reshape(shape)

    def statistics(self):
        """Mean and deviation per band, over every fourth pixel."""
        sample = self.x[:, :, ::4, ::4].astype(np.float32)
        return sample.mean((0, 2, 3)).round(2).tolist(), sample.std((0, 2, 3)).round(2).tolist()

    def codes(self):
        """Couverture codes in order, and the index among them of each class."""
        names = [row["codeCs"] for row in self.classes]
        codes = sorted(set(names))
        return codes, torch.tensor([codes.index(name) for name in names])


def normalise(x: torch.Tensor, mean, std) -> torch.Tensor:
    shape = (1, -1, 1, 1)
    return (x - torch.tensor(mean, device=x.device).view(shape)) / torch.tensor(std, device=x.device).view(shape)


def crop_batch(patches: Patches, size: int, batch: int, rng: np.random.Generator):
    """Random crops, turned and mirrored; some taken smaller or larger, as 0.16 to 0.26 m pixels would be."""
    xs, ys = [], []
    for i in rng.integers(0, patches.count, batch):
        cut = int(size * rng.choice([1, 1, 1, rng.uniform(0.8, 1.3)]))
        r, c = rng.integers(0, patches.side - cut + 1, 2)
        x = torch.from_numpy(patches.x[i, :, r : r + cut, c : c + cut].astype(np.float32))
        y = torch.from_numpy(patches.y[i, r : r + cut, c : c + cut].astype(np.int64))
        if cut != size:
            x = F.interpolate(x[None], size=(size, size), mode="bilinear", align_corners=False)[0]
            y = F.interpolate(y[None, None].float(), size=(size, size), mode="nearest")[0, 0].long()
        turns, mirrored = int(rng.integers(0, 4)), rng.random() < 0.5
        x, y = torch.rot90(x, turns, (1, 2)), torch.rot90(y, turns, (0, 1))
        xs.append(x.flip(2) if mirrored else x)
        ys.append(y.flip(1) if mirrored else y)
    return torch.stack(xs), torch.stack(ys)


def disturb(x: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Another camera: colour cast, contrast, blur, noise; poorer heights. x is N x 5 of DN and is changed."""
    n = len(x)
    random = lambda low, high, *shape: torch.from_numpy(rng.uniform(low, high, shape).astype(np.float32))
    x[:, :4] = x[:, :4] * random(0.85, 1.15, n, 1, 1, 1) * random(0.92, 1.08, n, 4, 1, 1) + random(-9, 9, n, 4, 1, 1)
    for i in range(n):
        if rng.random() < 0.3:
            weight = rng.uniform(0.1, 0.33)
            line = torch.tensor([weight, 1 - 2 * weight, weight])
            kernel = (line[:, None] * line[None, :]).expand(4, 1, 3, 3).contiguous()
            x[i : i + 1, :4] = F.conv2d(F.pad(x[i : i + 1, :4], (1, 1, 1, 1), mode="replicate"), kernel, groups=4)
        if rng.random() < 0.5:
            x[i, :4] += float(rng.uniform(0, 7)) * torch.randn(x[i, :4].shape)
        if rng.random() < 0.3:
            x[i, 4] = x[i, 4] * float(rng.uniform(0.8, 1.2)) + float(rng.uniform(-2, 2))
    return x.clamp_(0, 255)
