"""The model card: what evaluate.py measured, in words a user needs."""
from pathlib import Path

CARD = """# {name}

A small U-Net ({parameters:,} parameters, {size:.1f} MB) for the demonstration territory of ocsge. It labels each pixel of 0.2 m
with one of twelve classes of FLAIR's list, from five bands: R, G, B, NIR and NDSM = clip(max(MNS − MNT, 0) × 5, 0, 255).
`model.json` is its contract; the same is said in the file's metadata.

**Not for real ground.** It has seen nothing but synthetic scenes (`pipeline/scenes/`). On real images its output means nothing.

## Trained on

Scenes of seeds {train_first} to {train_last}, {train_count} windows of {side} × {side} px at both dates, chosen so that rare
classes are seen. Validated, to keep the best weights, on other seeds. The demonstration's own seed is in neither. Recipe:
`models/training/`.

## Scores

On {test_count} windows of {side} × {side} px drawn anywhere in scenes of seeds {test_first} to {test_last} (seen neither in training
nor in validation), half at each date, {test_pixels:.1f} million pixels; the edges of the windows count, without margin.
Couverture (CS): the twelve classes merged as `model.json` says, herbaceous, agricultural and ploughed land into CS2.2.1.

| | CS accuracy | CS mIoU | 12-class accuracy | 12-class mIoU |
|---|---|---|---|---|
{rows}

The classifier by pixel is a network of two hidden layers on the five bands of one pixel, trained on the same training scenes:
what colour and height say without texture, shape and surroundings.

| couverture | IoU | IoU by pixel |
|---|---|---|
{cs_rows}

| class | couverture | IoU |
|---|---|---|
{class_rows}

Disturbances: a colour cast of up to ±12 % and 6 DN a band; a 3 × 3 binomial blur; noise of 6 DN; pixels of 0.25 m brought back to
0.2 m.

## How to make these figures again

```
npx tsx models/training/patches.ts .train/train {train_first} {train_last} {train_windows} {side} balanced
npx tsx models/training/patches.ts .train/test {test_first} {test_last} {test_windows} {side} uniform
python3 models/training/evaluate.py --model models/{name} --train .train/train --test .train/test
```

## Licence

MIT, like the code that made its training data. sha256 of `model.onnx`: `{sha256}`.
"""


def row(label: str, scores: dict) -> str:
    return (
        f"| {label} | {100 * scores['cs_accuracy']:.2f} % | {scores['cs_miou']:.3f} "
        f"| {100 * scores['accuracy']:.2f} % | {scores['miou']:.3f} |"
    )


def write_card(folder: Path, contract: dict, figures: dict, train, test, disturbances, sha256: str) -> None:
    model, pixel = figures["model"], figures["per pixel"]
    rows = [row("this model", model), row("classifier by pixel", pixel)]
    rows += [row(f"this model, {name}", figures[name]) for name in disturbances]
    classes = contract["mlm:output"][0]["classification:classes"]
    text = CARD.format(
        name=folder.name,
        parameters=contract["mlm:total_parameters"],
        size=contract["mlm:memory_size"] / 1e6,
        sha256=sha256,
        side=test.side,
        rows="\n".join(rows),
        cs_rows="\n".join(f"| {code} | {iou:.3f} | {pixel['cs_iou'][code]:.3f} |" for code, iou in model["cs_iou"].items()),
        class_rows="\n".join(
            f"| {row['name']} | {row['ocsge:code_cs']} | {model['class_iou'][row['name']]:.3f} |" for row in classes
        ),
        test_pixels=test.y.size / 1e6,
        **{f"{name}_first": patches.seeds[0] for name, patches in (("train", train), ("test", test))},
        **{f"{name}_last": patches.seeds[1] for name, patches in (("train", train), ("test", test))},
        **{f"{name}_count": patches.count for name, patches in (("train", train), ("test", test))},
        train_windows=windows_per_date(train),
        test_windows=windows_per_date(test),
    )
    (folder / "card.md").write_text(text)


def windows_per_date(patches) -> int:
    first, last = patches.seeds
    return patches.count // (2 * (last - first + 1))
