"""
A land-cover network of IGN's FLAIR projects → model.onnx and model.json for ocsge.

    python3 models/training/export_flair.py --checkpoint FLAIR-INC_rgbie_15cl_resnet34-unet_weights.pth \\
        --project flair-inc --trained 15 --out models/flair-inc-rgbie-15cl

FLAIR-1 and FLAIR-INC number their classes from 1 (logit = value − 1) and take R, G, B, NIR, E; FLAIR-HUB numbers them from 0 in
another order and takes the channels its configuration names, NIR, R, G unless said. Means and deviations are theirs too.
The U-Net on a ResNet34 is built here; any other network by segmentation_models_pytorch, where it is installed (--architecture).
"""
import argparse
import csv
import json
from pathlib import Path
from types import SimpleNamespace

import onnx
import torch
from torch.nn import functional as F

import contract
from flair_checkpoint import read_checkpoint
from flair_unet import FlairUNet

CLASSES = Path(__file__).parent / "flair-classes.csv"
RESOLUTION_M = 0.2
# As both projects' zone detection cuts its windows, for a tile of 512.
MARGIN_PX = 128
# (DN − mean) / deviation. FLAIR-1 configs/flair-1-config.yaml; FLAIR-HUB configs/train/config_modalities.yaml, and Cerema's
# configuration of its RGB model for the blue band.
SCALINGS = {
    "flair-inc": {
        "R": (105.08, 52.17),
        "G": (110.87, 45.38),
        "B": (101.82, 44.0),
        "NIR": (106.38, 39.69),
        "NDSM": (53.26, 79.3),
    },
    "flair-hub": {"R": (105.66, 52.23), "G": (111.35, 45.62), "B": (102.18, 44.3), "NIR": (106.59, 39.78)},
}
BANDS = {
    "flair-inc": {3: "R,G,B", 4: "R,G,B,NIR", 5: "R,G,B,NIR,NDSM"},
    "flair-hub": {3: "NIR,R,G", 4: "R,G,B,NIR"},
}


def class_table(project: str, logits: int, trained: int) -> list:
    """What each logit is. Classes that were not trained have no couverture: they are never predicted."""
    with open(CLASSES, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbering = "flair1" if project == "flair-inc" else "cosia"
    rows.sort(key=lambda row: int(row[numbering]))
    chosen = {
        19: rows,
        15: [row for row in rows if row["trained"]],
        12: [row for row in rows if row["trained"] == "12"],
        13: [row for row in rows if row["trained"] == "12"] + [row for row in rows if row["name"] == "other"],
    }.get(logits)
    if chosen is None:
        raise SystemExit(f"{logits} logits found; 12, 13, 15 or 19 wanted, whose order FLAIR has published")
    return [
        {
            "index": index,
            "name": row["name"],
            "nameFr": row["nameFr"],
            "colour": row["colour"],
            "codeCs": row["codeCs"] if row["trained"] and int(row["trained"]) <= trained else None,
        }
        for index, row in enumerate(chosen)
    ]


class Resized(torch.nn.Module):
    """Logits brought back to the image's size, as FLAIR-HUB does."""

    def __init__(self, network, size_multiple: int):
        super().__init__()
        self.network, self.size_multiple = network, size_multiple

    def forward(self, x):
        logits = self.network(x)
        return F.interpolate(logits, size=x.shape[-2:], mode="bilinear", align_corners=False)


def build(weights: dict, architecture: str, bands: int, classes: int, side):
    """The network with its weights in; names that do not fit are told."""
    if architecture == "resnet34-unet":
        network = inner = FlairUNet(bands, classes)
    else:
        try:
            import segmentation_models_pytorch as smp
        except ImportError:
            raise SystemExit(f"{architecture} is built by segmentation_models_pytorch, which is not installed")
        encoder, decoder = architecture.rsplit("-", 1)
        fixed = {"img_size": side} if side else {}
        inner = smp.create_model(decoder, encoder, encoder_weights=None, in_channels=bands, classes=classes, **fixed)
        network = Resized(inner, 32)
    expected = inner.state_dict()
    missing = [name for name in expected if name not in weights and not name.endswith("num_batches_tracked")]
    unknown = [name for name in weights if name not in expected]
    if missing or unknown:
        raise SystemExit(
            f"these are not the weights of a {architecture}: {len(missing)} missing ({', '.join(missing[:3])}…), "
            f"{len(unknown)} unknown ({', '.join(unknown[:3])}…); say which network by --architecture"
        )
    inner.load_state_dict(weights, strict=False)
    return network.eval()


def first_weights(weights: dict) -> torch.Tensor:
    """Of the first layer that sees the image: outputs × bands × …"""
    return next(value for name, value in weights.items() if name.startswith("encoder.") and value.dim() == 4)


def export(network, layout, scaling, folder: str, side) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "model.onnx"
    mean, std = ([scaling[band][i] for band in layout.bands] for i in (0, 1))
    free = {0: "batch"} if side else {0: "batch", 2: "height", 3: "width"}
    options = dict(
        input_names=["image"], output_names=["logits"], opset_version=17, dynamic_axes={"image": free, "logits": free}
    )
    if tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 5):
        options["dynamo"] = False
    torch.onnx.export(network, torch.zeros(1, len(layout.bands), side or 64, side or 64), str(path), **options)
    model = onnx.load(str(path))
    stated = contract.metadata(mean, std, layout, MARGIN_PX)
    stated["ignored_classes"] = [row["index"] for row in layout.classes if row["codeCs"] is None]
    onnx.helper.set_model_props(model, {key: json.dumps(value) for key, value in stated.items()})
    model.producer_name, model.doc_string = "ocsge", f"{out.name}: exported from {layout.index['source']}"
    onnx.save(model, str(path))
    description = contract.contract(out.name, mean, std, layout, MARGIN_PX, network, path.stat().st_size)
    description.update({"mlm:architecture": layout.architecture, "mlm:pretrained": True})
    description["mlm:pretrained_source"] = layout.index["source"]
    if side:
        description["ocsge:tile_px"], description["ocsge:margin_px"] = side, min(MARGIN_PX, side // 4)
        for one, key in ((description["mlm:input"][0], "input"), (description["mlm:output"][0], "result")):
            one[key]["shape"][2:] = [side, side]
    (out / "model.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, help=".pth, .ckpt or .safetensors")
    parser.add_argument("--project", required=True, choices=sorted(SCALINGS), help="whose numbering, channels and scaling")
    parser.add_argument("--out", required=True)
    parser.add_argument("--trained", type=int, choices=[12, 15], default=15, help="classes it was trained on (12cl, 15cl)")
    parser.add_argument("--bands", help="R,G,B,NIR,NDSM in the network's order, where the project's own is not it")
    parser.add_argument("--architecture", default="resnet34-unet", help="encoder-decoder by smp's names")
    parser.add_argument("--side", type=int, help="the only side of its tiles, for a network that has one (Swin)")
    return parser.parse_args(arguments)


def main(arguments=None) -> None:
    options = options_of(arguments)
    weights = read_checkpoint(options.checkpoint)
    if "segmentation_head.0.weight" not in weights:
        raise SystemExit(f"{options.checkpoint}: no segmentation_head found among {', '.join(list(weights)[:3])}…")
    logits, count = weights["segmentation_head.0.weight"].shape[0], first_weights(weights).shape[1]
    text = options.bands or BANDS[options.project].get(count, "")
    bands = [band.strip() for band in text.split(",") if band.strip()]
    scaling = SCALINGS[options.project]
    if len(bands) != count or not set(bands) <= set(scaling):
        raise SystemExit(f"the network takes {count} bands, {text or 'none'} named; --bands of {', '.join(scaling)} wanted")
    classes = class_table(options.project, logits, options.trained)
    network = build(weights, options.architecture, count, logits, options.side)
    source = f"{options.project} {Path(options.checkpoint).name}"
    layout = SimpleNamespace(
        bands=bands, classes=classes, resolution=RESOLUTION_M, index={"source": source}, architecture=options.architecture
    )
    with torch.no_grad():
        export(network, layout, scaling, options.out, options.side)
    print(f"{options.out}: {','.join(bands)} → {logits} logits, {sum(row['codeCs'] is not None for row in classes)} predicted")


if __name__ == "__main__":
    main()
