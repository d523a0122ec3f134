"""The demonstration's network: a small encoder-decoder, wide where the image is coarse, thin at full resolution."""
import torch
from torch import nn
from torch.nn import functional as F

WIDTHS = (16, 32, 64, 96, 128)
# Sides must be multiples of this: four halvings.
SIZE_MULTIPLE = 16


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class SmallUNet(nn.Module):
    """N x bands x H x W of normalised values -> N x classes x H x W of logits. Skips are added, which costs less than
    the usual concatenation."""

    def __init__(self, bands: int, classes: int, widths=WIDTHS):
        super().__init__()
        self.stem = conv(bands, widths[0])
        self.down = nn.ModuleList(
            nn.Sequential(conv(before, after, stride=2), conv(after, after)) for before, after in zip(widths, widths[1:])
        )
        self.narrow = nn.ModuleList(nn.Conv2d(after, before, 1) for before, after in zip(widths, widths[1:]))
        self.up = nn.ModuleList(conv(width, width) for width in widths[:-1])
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        skips = [self.stem(x)]
        for stage in self.down:
            skips.append(stage(skips[-1]))
        y = skips.pop()
        for narrow, up in zip(reversed(self.narrow), reversed(self.up)):
            y = up(F.interpolate(narrow(y), scale_factor=2.0, mode="nearest") + skips.pop())
        return self.head(y)

