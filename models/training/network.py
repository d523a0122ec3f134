"""The network: a small encoder-decoder, wide where the image is coarse, thin at full resolution."""
import torch
from torch import nn
from torch.nn import functional as F

WIDTHS = (16, 32, 64, 96, 128)


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class SmallUNet(nn.Module):
    """N × bands × H × W of normalised values → N × classes × H × W of logits; sides multiples of `size_multiple`. Skips are
    added, which costs less than the usual concatenation. `dropout` blanks channels at the coarsest scale while training."""

    def __init__(self, bands: int, classes: int, widths=WIDTHS, dropout: float = 0.0):
        super().__init__()
        self.size_multiple = 2 ** (len(widths) - 1)
        self.stem = conv(bands, widths[0])
        self.down = nn.ModuleList(
            nn.Sequential(conv(before, after, stride=2), conv(after, after)) for before, after in zip(widths, widths[1:])
        )
        self.drop = nn.Dropout2d(dropout)
        self.narrow = nn.ModuleList(nn.Conv2d(after, before, 1) for before, after in zip(widths, widths[1:]))
        self.up = nn.ModuleList(conv(width, width) for width in widths[:-1])
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        skips = [self.stem(x)]
        for stage in self.down:
            skips.append(stage(skips[-1]))
        y = self.drop(skips.pop())
        for narrow, up in zip(reversed(self.narrow), reversed(self.up)):
            y = up(F.interpolate(narrow(y), scale_factor=2.0, mode="nearest") + skips.pop())
        return self.head(y)
