"""A split of patches: what `ocsge annotations extract` and patches.ts write, and normalisation."""
import copy
import json
from pathlib import Path

import numpy as np
import torch

# Bands of heights: augmentations of radiometry leave them alone.
HEIGHTS = {"NDSM", "MNS", "MNT", "DSM", "DTM"}


class Patches:
    """
    x: n × bands × side × side of uint8, y: n × side × side of uint8 (a class index, or `ignore` where nobody knows).
    Everything else about the data set (bands, classes, codes, resolution, source, credit) is read from index.json.
    """

    def __init__(self, folder: str):
        self.index = json.loads((Path(folder) / "index.json").read_text())
        self.count, self.side, self.classes = self.index["count"], self.index["sidePx"], self.index["classes"]
        self.bands = self.index.get("bands", ["R", "G", "B", "NIR", "NDSM"])
        self.ignore = self.index.get("ignoreIndex", 255)
        self.resolution = self.index.get("resolutionM", 0.2)
        self.optical = [i for i, band in enumerate(self.bands) if band not in HEIGHTS]
        plane = (self.side, self.side)
        self.x = np.fromfile(Path(folder) / "x.u8", np.uint8).reshape(self.count, len(self.bands), *plane)
        self.y = np.fromfile(Path(folder) / "y.u8", np.uint8).reshape(self.count, *plane)

    def only(self, chosen) -> "Patches":
        """The same split with some of its patches."""
        part = copy.copy(self)
        part.x, part.y = self.x[chosen], self.y[chosen]
        part.count = len(part.y)
        return part

    def statistics(self):
        """Mean and deviation per band, over every fourth pixel that is known."""
        known = self.y[:, ::4, ::4] != self.ignore
        sample = np.moveaxis(self.x[:, :, ::4, ::4], 1, 0)[:, known].astype(np.float64)
        return sample.mean(1).round(2).tolist(), sample.std(1).round(2).tolist()

    def codes(self):
        """Couverture codes in order, and the index among them of each class."""
        names = [row["codeCs"] for row in self.classes]
        codes = sorted(set(names))
        return codes, torch.tensor([codes.index(name) for name in names])

    def shares(self) -> np.ndarray:
        """Share of each class among the known pixels."""
        counts = np.bincount(self.y.ravel(), minlength=256)[: len(self.classes)]
        return counts / max(counts.sum(), 1)


def normalise(x: torch.Tensor, mean, std) -> torch.Tensor:
    shape = (1, -1, 1, 1)
    return (x - torch.tensor(mean, device=x.device).view(shape)) / torch.tensor(std, device=x.device).view(shape)
