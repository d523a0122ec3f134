"""
How far one test figure may be trusted: the recipe trained and scored several times, each time on other blocks of ground.

    python3 models/training/cross_validate.py --patches DIR --work DIR --folds 4 -- --widths … --steps … (options of train.py)

DIR holds train/, valid/ and test/ as `ocsge annotations extract` writes them. Patches that touch stay in one fold; fold k is the test
of run k, fold k + 1 its validation, and the others train. Prints the scores of each run; the models are thrown-away ones.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from evaluate import run_model, scored
from patches import Patches

SPLITS = ("train", "valid", "test")


def clusters(places: np.ndarray, side: float) -> np.ndarray:
    """Number of the cluster of each patch: patches whose corners are less than 1.5 sides apart touch."""
    touching = (np.abs(places[:, None] - places[None]) < 1.5 * side).all(2)
    label = np.arange(len(places))
    for _ in range(len(places)):
        least = np.where(touching, label[None], len(label)).min(1)
        if (least == label).all():
            break
        label = least
    return label


def folds_of(label: np.ndarray, folds: int) -> np.ndarray:
    """Fold of each patch: the largest clusters first, each into the fold that has the fewest patches."""
    fold, size = np.zeros(len(label), int), np.zeros(folds, int)
    names, counts = np.unique(label, return_counts=True)
    for name, count in sorted(zip(names, counts), key=lambda pair: -pair[1]):
        smallest = int(size.argmin())
        fold[label == name] = smallest
        size[smallest] += count
    return fold


def write_split(folder: Path, parts: list, chosen: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    x, y = (np.concatenate([getattr(part, name) for part in parts])[chosen] for name in ("x", "y"))
    x.tofile(folder / "x.u8")
    y.tofile(folder / "y.u8")
    places = [place for part in parts for place in part.index["patches"]]
    index = {**parts[0].index, "count": len(y), "patches": [places[i] for i in np.flatnonzero(chosen)]}
    (folder / "index.json").write_text(json.dumps(index))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patches", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("recipe", nargs="*", help="options of train.py, after --")
    args = parser.parse_args()
    parts = [Patches(str(args.patches / split)) for split in SPLITS]
    places = np.array([[place["xM"], place["yM"]] for part in parts for place in part.index["patches"]])
    fold = folds_of(clusters(places, parts[0].side * parts[0].resolution), args.folds)
    found = []
    for k in range(args.folds):
        work, following = args.work / str(k), (k + 1) % args.folds
        for split, chosen in zip(SPLITS, (~np.isin(fold, (k, following)), fold == following, fold == k)):
            write_split(work / split, parts, chosen)
        command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("train.py"))]
        command += ["--train", work / "train", "--valid", work / "valid", "--out", work / "model", *args.recipe]
        subprocess.run(list(map(str, command)), check=True)
        run_model(str(work / "model"), [(work / "test", work / "found")])
        found.append(scored(work / "found", Patches(str(work / "test"))))
        print(f"fold {k}, {(fold == k).sum()} patches: {found[-1]['line']}, ECE {found[-1]['ece']:.3f}", flush=True)
    for name in ("cs_accuracy", "cs_miou", "ece"):
        values = np.array([scores[name] for scores in found])
        print(f"{name}: mean {values.mean():.4f}, from {values.min():.4f} to {values.max():.4f}")


if __name__ == "__main__":
    main()
