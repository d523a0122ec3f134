"""Images as another flight would have made them: fixed disturbances under which a shipped model is scored."""
import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from patches import Patches


# Gain and offset (DN) of R, G, B, NIR: other films, sensors and hours, each within ±12 % and 6 DN.
CASTS = {
    "warm": ((1.12, 0.96, 0.9, 1.06), (6, 6, 6, 6)),
    "cold": ((0.9, 1.04, 1.12, 0.94), (-6, -6, -6, -6)),
    "blue": ((0.9, 0.95, 1.12, 1), (6, 6, 6, 6)),
    "yellow": ((1.1, 1.05, 0.88, 1), (-6, -6, -6, -6)),
    "brighter": ((1.12, 1.12, 1.12, 1.12), (6, 6, 6, 6)),
    "darker": ((0.88, 0.88, 0.88, 0.88), (-6, -6, -6, -6)),
    "infrared down": ((1, 1, 1, 0.88), (0, 0, 0, -6)),
    "infrared up": ((1, 1, 1, 1.12), (0, 0, 0, 6)),
}


def cast(name: str):
    """The disturbance of that name; x is n × up to four bands of DN."""
    gain, offset = (torch.tensor(values).view(1, -1, 1, 1) for values in CASTS[name])
    return lambda x: x * gain[:, : x.shape[1]] + offset[:, : x.shape[1]]


def blur(x: torch.Tensor) -> torch.Tensor:
    """A 3 × 3 binomial filter."""
    line = torch.tensor([0.25, 0.5, 0.25])
    kernel = (line[:, None] * line[None, :]).expand(x.shape[1], 1, 3, 3).contiguous()
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), kernel, groups=x.shape[1])


def noise(x: torch.Tensor) -> torch.Tensor:
    """Gaussian, 6 DN."""
    return x + 6 * torch.randn(x.shape, generator=torch.Generator().manual_seed(3))


def coarse(x: torch.Tensor) -> torch.Tensor:
    """As if the pixels were a quarter larger (0.25 m for 0.2 m), brought back by bilinear interpolation."""
    small = F.interpolate(x, scale_factor=0.8, mode="bilinear", align_corners=False, antialias=True)
    return F.interpolate(small, size=x.shape[2:], mode="bilinear", align_corners=False)


# The last one changes the heights too: they come from the same flight.
DISTURBANCES = {f"cast {name}": cast(name) for name in CASTS}
DISTURBANCES |= {"blur": blur, "noise": noise, "pixels a quarter larger": coarse}


def write_disturbed(patches: Patches, name: str, folder: Path) -> None:
    """The patches' images disturbed, as a split that predict.ts reads; in the file's 8 bits."""
    folder.mkdir(parents=True)
    bands = range(len(patches.bands)) if name == "pixels a quarter larger" else patches.optical
    with open(folder / "x.u8", "wb") as file:
        for image in patches.x:
            x = torch.from_numpy(image[None].astype(np.float32))
            x[:, bands] = DISTURBANCES[name](x[:, bands])
            file.write(x.round().clamp(0, 255).to(torch.uint8).numpy().tobytes())
    (folder / "index.json").write_text(json.dumps(patches.index))
