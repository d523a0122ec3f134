"""
Scores a shipped model on a held-out split and fills its card.

    python3 models/training/evaluate.py --model models/<id> --test DIR --card models/training/cards/<name>.md [--train DIR]

The predictions are made by predict.ts: the very file that ships, in the runtime of the chain. Each disturbance is scored too; with
`--train`, a classifier that sees one pixel at a time is trained there and scored beside. Writes scores.json and card.md.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from card import write_card
from disturbances import CASTS, DISTURBANCES, write_disturbed
from patches import Patches
from per_pixel import train_per_pixel
from scores import calibration_error, confusion, predict, summary

HERE = Path(__file__).resolve().parent


def run_model(model: str, pairs) -> None:
    """Predictions of several splits by one process: pairs of (split, where to write)."""
    command = ["npx", "tsx", str(HERE / "predict.ts"), str(Path(model).resolve())]
    command += [str(Path(path).resolve()) for pair in pairs for path in pair]
    subprocess.run(command, check=True, cwd=HERE.parent.parent)


def read_plane(folder: Path, name: str, patches: Patches) -> np.ndarray:
    return np.fromfile(folder / f"{name}.u8", np.uint8).reshape(patches.y.shape)


def scored(folder: Path, patches: Patches, chosen=slice(None)) -> dict:
    """Scores of predictions on the chosen patches, calibration of the confidence included."""
    part = patches.only(chosen)
    classes, confidence = (read_plane(folder, name, patches)[chosen] for name in ("classes", "confidence"))
    result = summary(confusion(classes, part), part)
    known = part.y != part.ignore
    to_code = part.codes()[1].numpy()
    right = to_code[classes[known]] == to_code[part.y[known]]
    result["ece"] = calibration_error(confidence[known] / 255, right)
    return result


def groups_of(patches: Patches) -> dict:
    """Patches by date of the imagery, where the index says it."""
    dates = [patch.get("date") for patch in patches.index.get("patches", [])]
    known = sorted({date for date in dates if date is not None})
    return {f"date {date}": np.array([other == date for other in dates]) for date in known} if len(known) > 1 else {}


def add_disturbed(figures: dict, test: Patches, found) -> None:
    """Scores under each disturbance, of all patches and of each date; `found(name)` is the folder of its predictions."""
    groups = groups_of(test)
    for name in DISTURBANCES:
        for end, chosen in {"": slice(None), **{f", {group}": chosen for group, chosen in groups.items()}}.items():
            row = scored(found(name), test, chosen)
            figures[f"this model, {name}{end}"] = {key: value for key, value in row.items() if key != "cs_matrix"}
    for end in ["", *(f", {group}" for group in groups)]:
        casts = {name: figures[f"this model, cast {name}{end}"] for name in CASTS}
        figures[f"this model, colour cast, mean of eight{end}"] = mean_of(casts)
        figures[f"this model, colour cast, worst of eight{end}"] = worst_of(casts)


TOTALS = ("accuracy", "miou", "cs_accuracy", "cs_miou", "ece")


def mean_of(rows: dict) -> dict:
    mean = {key: float(np.mean([row[key] for row in rows.values()])) for key in TOTALS}
    return mean | {"line": f"CS {100 * mean['cs_accuracy']:.2f} % mIoU {mean['cs_miou']:.4f}"}


def worst_of(rows: dict) -> dict:
    """The row with the fewest pixels right, and its name."""
    name = min(rows, key=lambda key: rows[key]["cs_accuracy"])
    return {key: rows[name][key] for key in TOTALS} | {"cast": name, "line": f"{rows[name]['line']}, {name}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--train")
    parser.add_argument("--card", help="template of the card")
    args = parser.parse_args()
    test, figures = Patches(args.test), {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = lambda kind, name: Path(scratch) / kind / name.replace(" ", "-")
        for name in DISTURBANCES:
            write_disturbed(test, name, folder("images", name))
        pairs = [(args.test, folder("found", "plain"))]
        pairs += [(folder("images", name), folder("found", name)) for name in DISTURBANCES]
        run_model(args.model, pairs)
        figures["this model"] = scored(folder("found", "plain"), test)
        for name, chosen in groups_of(test).items():
            figures[f"this model, {name}"] = scored(folder("found", "plain"), test, chosen)
        add_disturbed(figures, test, lambda name: folder("found", name))
    if args.train:
        train = Patches(args.train)
        scale = train.statistics()
        found = predict(train_per_pixel(train, *scale), test, *scale)
        figures["classifier by pixel"] = summary(confusion(found, test), test)
    for name, scores in figures.items():
        print(f"{name}: {scores['line']}", f"ECE {scores['ece']:.3f}" if "ece" in scores else "")
    (Path(args.model) / "scores.json").write_text(json.dumps(figures, indent=1) + "\n")
    if args.card:
        write_card(Path(args.model), Path(args.card), figures, test)


if __name__ == "__main__":
    main()
