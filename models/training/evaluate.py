"""
Scores a shipped model on held-out scenes and writes its card.

    python3 models/training/evaluate.py --model models/demo-rgbie-1 --train DIR --test DIR

The weights are read back from model.onnx, so the figures are those of the file that ships. Beside the model: a classifier that
sees one pixel at a time, trained on the training scenes; and the model on images disturbed as another flight would be.
"""
import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

from card import write_card
from network import SmallUNet
from patches import BANDS, Patches
from scores import confusion, predict, summary


def from_onnx(path: Path, classes: int) -> nn.Module:
    """The network with the weights of an exported file, where batch normalisation was folded into the convolutions."""
    graph = onnx.load(str(path)).graph
    values = {tensor.name: numpy_helper.to_array(tensor).copy() for tensor in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    network = SmallUNet(len(BANDS), classes)
    last = len(network.down) - 1
    order = [network.stem] + [block for stage in network.down for block in stage]
    for level in range(last, -1, -1):
        order += [network.narrow[level], network.up[level]]
    order.append(network.head)
    assert len(order) == len(convolutions), f"{len(convolutions)} convolutions in the file, {len(order)} in the network"
    for module, node in zip(order, convolutions):
        weight, bias = (torch.from_numpy(values[name]) for name in node.input[1:3])
        conv = module[0] if isinstance(module, nn.Sequential) else module
        conv.weight, conv.bias = nn.Parameter(weight), nn.Parameter(bias)
        if isinstance(module, nn.Sequential):
            module[1] = nn.Identity()
    return network.eval()


class PerPixel(nn.Module):
    """Two hidden layers on the five bands of one pixel."""

    def __init__(self, classes: int):
        super().__init__()
        widths = [len(BANDS), 64, 64, classes]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


def train_per_pixel(train: Patches, mean, std, steps=3000) -> nn.Module:
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    network = PerPixel(len(train.classes))
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    scale = torch.tensor(mean), torch.tensor(std)
    for _ in range(steps):
        patch = rng.integers(0, train.count, 4096)
        row, col = rng.integers(0, train.side, (2, 4096))
        x = (torch.from_numpy(train.x[patch, :, row, col].astype(np.float32)) - scale[0]) / scale[1]
        y = torch.from_numpy(train.y[patch, row, col].astype(np.int64))
        loss = F.cross_entropy(network(x[:, :, None, None])[:, :, 0, 0], y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network


def cast(x):
    x[:, :4] = (x[:, :4] * torch.tensor([1.12, 0.96, 0.9, 1.06]).view(1, 4, 1, 1) + 6).clamp(0, 255)
    return x


def blur(x):
    line = torch.tensor([0.25, 0.5, 0.25])
    kernel = (line[:, None] * line[None, :]).expand(4, 1, 3, 3).contiguous()
    x[:, :4] = F.conv2d(F.pad(x[:, :4], (1, 1, 1, 1), mode="replicate"), kernel, groups=4)
    return x


def noise(x):
    torch.manual_seed(3)
    x[:, :4] = (x[:, :4] + 6 * torch.randn(x[:, :4].shape)).clamp(0, 255)
    return x


def coarse(x):
    """As if the images had pixels of 0.25 m, brought to 0.2 m by bilinear interpolation."""
    small = F.interpolate(x, scale_factor=0.8, mode="bilinear", align_corners=False, antialias=True)
    return F.interpolate(small, size=x.shape[2:], mode="bilinear", align_corners=False)


DISTURBANCES = {"colour cast": cast, "blur": blur, "noise": noise, "0.25 m pixels": coarse}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--train", required=True)
    parser.add_argument("--test", required=True)
    args = parser.parse_args()
    folder = Path(args.model)
    contract = json.loads((folder / "model.json").read_text())
    scaling = contract["mlm:input"][0]["value_scaling"]
    mean, std = [s["mean"] for s in scaling], [s["stddev"] for s in scaling]
    test, train = Patches(args.test), Patches(args.train)
    network = from_onnx(folder / "model.onnx", len(test.classes))
    scored = lambda model, disturb=None: summary(confusion(predict(model, test, mean, std, disturb=disturb), test), test)
    figures = {"model": scored(network)}
    print("model", figures["model"]["line"], flush=True)
    figures["per pixel"] = scored(train_per_pixel(train, mean, std))
    print("per pixel", figures["per pixel"]["line"], flush=True)
    for name, disturb in DISTURBANCES.items():
        figures[name] = scored(network, disturb)
        print(name, figures[name]["line"], flush=True)
    sha256 = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    write_card(folder, contract, figures, train, test, list(DISTURBANCES), sha256)


if __name__ == "__main__":
    main()
