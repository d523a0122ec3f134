"""The model card: a template's words, with the figures that evaluate.py measured."""
import hashlib
import json
from pathlib import Path

from disturbances import CASTS
from patches import Patches


def write_card(folder: Path, template: Path, figures: dict, test: Patches) -> None:
    """Fills `{fields}` of the template from the shipped files and the figures."""
    contract = json.loads((folder / "model.json").read_text())
    recipe = json.loads((folder / "recipe.json").read_text())
    weights = (folder / "model.onnx").read_bytes()
    model = figures["this model"]
    text = template.read_text().format(
        name=folder.name,
        parameters=f"{contract['mlm:total_parameters']:,}",
        size=f"{len(weights) / 1e6:.1f}",
        sha256=hashlib.sha256(weights).hexdigest(),
        count=test.count,
        side=test.side,
        megapixels=f"{(test.y != test.ignore).sum() / 1e6:.1f}",
        accuracy=f"{100 * model['cs_accuracy']:.1f}",
        miou=f"{model['cs_miou']:.3f}",
        ece=f"{model['ece']:.3f}",
        scores=score_table(figures),
        casts=cast_table(figures),
        codes=code_table(figures),
        classes=class_table(test, model),
        confusion=confusion_table(test, model),
        extra=beside(folder / "notes.md"),
        commands=commands(template, folder, recipe),
        recipe=", ".join(f"{key} {listed(value)}" for key, value in recipe.items()),
    )
    (folder / "card.md").write_text(text)


def beside(path: Path) -> str:
    """What was measured elsewhere, written by hand, where there is something."""
    return path.read_text().strip() if path.exists() else ""


def commands(template: Path, folder: Path, recipe: dict) -> str:
    """How the patches were made (`commands.txt` beside the template, else nothing), the training and the scores."""
    skipped = ("temperature", "torch", "device")
    options = [f"--{key.replace('_', '-')} {listed(value, ',')}" for key, value in recipe.items() if key not in skipped]
    return "\n".join([
        *([template.with_suffix(".txt").read_text().strip()] if template.with_suffix(".txt").exists() else []),
        f"python3 models/training/train.py --train .train/train --valid .train/valid --out models/{folder.name} \\",
        f"    {' '.join(options)}",
        f"python3 models/training/evaluate.py --model models/{folder.name} --train .train/train --test .train/test \\",
        f"    --card models/training/cards/{template.name}",
    ])


def listed(value, between=" ") -> str:
    return between.join(map(str, value)) if isinstance(value, list) else str(value)


def table(head, rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def score_table(figures: dict) -> str:
    head = ["", "CS accuracy", "CS mIoU", "class accuracy", "class mIoU", "calibration error"]
    percent, three = (lambda value: f"{100 * value:.2f} %"), (lambda value: f"{value:.3f}")
    return table(head, [
        [f"{name} ({row['cast']})" if "cast" in row else name, percent(row["cs_accuracy"]), three(row["cs_miou"]), percent(row["accuracy"]), three(row["miou"]),
         three(row["ece"]) if "ece" in row else ""]
        for name, row in figures.items()
        if not name.startswith("this model, cast ")
    ])


def cast_table(figures: dict) -> str:
    """Each colour cast: what it does to the bands, and the pixels right at CS level, of all patches and of each date."""
    first = f"this model, cast {next(iter(CASTS))}"
    ends = [name.removeprefix(first) for name in figures if name.startswith(first)]
    return table(["cast", "gain of R, G, B, NIR", "offset, DN", *(f"CS accuracy{end}" for end in ends), "CS mIoU"], [
        [name, *(", ".join(map(str, values)) for values in CASTS[name]),
         *(f"{100 * figures[f'this model, cast {name}{end}']['cs_accuracy']:.2f} %" for end in ends),
         f"{figures[f'this model, cast {name}']['cs_miou']:.3f}"]
        for name in CASTS
    ])


def code_table(figures: dict) -> str:
    """IoU of each couverture, for the model and what stands beside it undisturbed."""
    shown = {name: row for name, row in figures.items() if name in ("this model", "classifier by pixel")}
    codes = figures["this model"]["cs_iou"]
    return table(["couverture", *(f"IoU, {name}" for name in shown)], [
        [code, *(f"{row['cs_iou'][code]:.3f}" for row in shown.values())] for code in codes
    ])


def class_table(test: Patches, model: dict) -> str:
    rows = [[row["name"], row["codeCs"], f"{model['class_iou'][row['name']]:.3f}"] for row in test.classes]
    return table(["class", "couverture", "IoU"], rows)


def confusion_table(test: Patches, model: dict) -> str:
    """Rows: truth; columns: found; per cent of the truth."""
    codes, _ = test.codes()
    rows = [
        [code, *(f"{100 * value / max(sum(row), 1):.1f}" for value in row), f"{sum(row) / 1e3:.0f} k"]
        for code, row in zip(codes, model["cs_matrix"])
    ]
    return table(["true, % found as", *codes, "pixels"], rows)
