"""
Pictures of held-out patches, to look at: photograph, infrared (NIR, R, G), truth, and what the shipped model finds.

    python3 models/training/picture.py --model models/<id> --test DIR --out picture.png [--patches 0,5,9 --shrink 2]
"""
import argparse
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np

from evaluate import read_plane, run_model
from patches import Patches

GAP = 4


def write_png(path: Path, rgb: np.ndarray) -> None:
    """height × width × 3 of uint8 → PNG."""
    height, width = rgb.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = rgb.reshape(height, -1)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def palette(patches: Patches) -> np.ndarray:
    """Colour of each class index; what nobody knows is white."""
    colours = np.full((256, 3), 255, np.uint8)
    for row in patches.classes:
        colours[row["index"]] = [int(row["colour"].lstrip("#")[i : i + 2], 16) for i in (0, 2, 4)]
    return colours


def panels(patches: Patches, found: np.ndarray, i: int) -> np.ndarray:
    band = lambda *names: np.stack([patches.x[i, patches.bands.index(name)] for name in names], -1)
    colours = palette(patches)
    images = [band("R", "G", "B"), band("NIR", "R", "G"), colours[patches.y[i]], colours[found[i]]]
    return np.hstack([np.pad(image, ((0, GAP), (0, GAP), (0, 0)), constant_values=255) for image in images])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--patches", default="0,1,2,3", help="numbers of the patches, separated by commas")
    parser.add_argument("--shrink", type=int, default=1, help="shows every n-th row and column")
    args = parser.parse_args()
    test = Patches(args.test)
    with tempfile.TemporaryDirectory() as scratch:
        run_model(args.model, [(args.test, scratch)])
        found = read_plane(Path(scratch), "classes", test)
    test.x, test.y, found = (array[..., :: args.shrink, :: args.shrink] for array in (test.x, test.y, found))
    chosen = [int(number) for number in args.patches.split(",")]
    write_png(Path(args.out), np.vstack([panels(test, found, i) for i in chosen]))


if __name__ == "__main__":
    main()
