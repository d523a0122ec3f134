"""FLAIR's baseline: the U-Net on a ResNet34 of segmentation_models_pytorch, in plain torch, its weights under the same names."""
import torch
from torch import nn
from torch.nn import functional as F

# Blocks and width of each stage of a ResNet34, and widths of the decoder's blocks.
STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))
DECODER = (256, 128, 64, 32, 16)


class BasicBlock(nn.Module):
    def __init__(self, before: int, after: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
        self.downsample = shortcut if stride != 1 or before != after else None

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Encoder(nn.Module):
    """Features at 1/2, 1/4 … 1/32 of the image."""

    def __init__(self, bands: int):
        super().__init__()
        self.conv1 = nn.Conv2d(bands, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        before = 64
        for number, (count, width) in enumerate(STAGES, start=1):
            strides = [1 if number == 1 else 2] + [1] * (count - 1)
            widths = [before] + [width] * (count - 1)
            setattr(self, f"layer{number}", nn.Sequential(*(BasicBlock(b, width, s) for b, s in zip(widths, strides))))
            before = width

    def forward(self, x):
        features = [F.relu(self.bn1(self.conv1(x)))]
        y = F.max_pool2d(features[0], 3, 2, 1)
        for number in range(1, len(STAGES) + 1):
            y = getattr(self, f"layer{number}")(y)
            features.append(y)
        return features


def conv(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class DecoderBlock(nn.Module):
    def __init__(self, inputs: int, skip: int, outputs: int):
        super().__init__()
        self.conv1 = conv(inputs + skip, outputs)
        self.conv2 = conv(outputs, outputs)

    def forward(self, x, skip):
        y = F.interpolate(x, scale_factor=2.0, mode="nearest")
        return self.conv2(self.conv1(y if skip is None else torch.cat([y, skip], dim=1)))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        skips = [width for _, width in STAGES[-2::-1]] + [64, 0]
        inputs = [STAGES[-1][1], *DECODER[:-1]]
        self.blocks = nn.ModuleList(DecoderBlock(*widths) for widths in zip(inputs, skips, DECODER))

    def forward(self, features):
        y = features[-1]
        for block, skip in zip(self.blocks, [*features[-2::-1], None]):
            y = block(y, skip)
        return y


class FlairUNet(nn.Module):
    """N × bands × H × W of normalised values, sides multiples of 32 → N × classes × H × W of logits."""

    size_multiple = 32

    def __init__(self, bands: int, classes: int):
        super().__init__()
        self.encoder = Encoder(bands)
        self.decoder = Decoder()
        self.segmentation_head = nn.Sequential(nn.Conv2d(DECODER[-1], classes, 3, padding=1))

    def forward(self, x):
        return self.segmentation_head(self.decoder(self.encoder(x)))
