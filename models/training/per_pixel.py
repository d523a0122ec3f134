"""What colour and height say without texture, shape and surroundings: a classifier that sees one pixel at a time."""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from patches import Patches, normalise


class PerPixel(nn.Module):
    """Two hidden layers on the bands of one pixel."""

    def __init__(self, bands: int, classes: int):
        super().__init__()
        widths = [bands, 64, 64, classes]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


def train_per_pixel(train: Patches, mean, std, steps=3000) -> nn.Module:
    """Trained on 4 096 pixels a step, drawn anywhere in the training patches."""
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    network = PerPixel(len(train.bands), len(train.classes))
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        patch = rng.integers(0, train.count, 4096)
        row, col = rng.integers(0, train.side, (2, 4096))
        x = torch.from_numpy(train.x[patch, :, row, col].astype(np.float32))[:, :, None, None]
        y = torch.from_numpy(train.y[patch, row, col].astype(np.int64))
        loss = F.cross_entropy(network(normalise(x, mean, std))[:, :, 0, 0], y, ignore_index=train.ignore)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network
