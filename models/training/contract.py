"""What the network is, said twice: STAC MLM fields beside it (model.json), metadata inside it (ONNX metadata_props)."""
import json
from pathlib import Path

import onnx
import torch

from patches import Patches

TILE_PX = 512
NDSM_SCALE = 5


def export(network: torch.nn.Module, mean, std, train: Patches, folder: str, margin: int) -> None:
    """Writes folder/model.onnx (opset 17, any height and width that are multiples of the network's) and folder/model.json."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "model.onnx"
    axes = {0: "batch", 2: "height", 3: "width"}
    options = dict(
        input_names=["image"], output_names=["logits"], opset_version=17, dynamic_axes={"image": axes, "logits": axes}
    )
    if tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 5):
        options["dynamo"] = False
    torch.onnx.export(network, torch.zeros(1, len(train.bands), 64, 64), str(path), **options)
    model = onnx.load(str(path))
    onnx.checker.check_model(model)
    stated = metadata(mean, std, train, margin)
    onnx.helper.set_model_props(model, {key: json.dumps(value) for key, value in stated.items()})
    model.producer_name, model.doc_string = "ocsge", f"{out.name}: trained on {train.index.get('source', 'synthetic scenes')}"
    onnx.save(model, str(path))
    description = contract(out.name, mean, std, train, margin, network, path.stat().st_size)
    (out / "model.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")


def metadata(mean, std, train: Patches, margin: int) -> dict:
    """Keys of the QGIS plugin Deepness (which divides by 255 first), and what it has no key for."""
    heights = {"ndsm_scale": NDSM_SCALE, "ndsm_offset": 0} if "NDSM" in train.bands else {}
    return {
        "model_type": "Segmentor",
        "class_names": {str(row["index"]): row["name"] for row in train.classes},
        "resolution": round(train.resolution * 100, 3),
        "tile_size": TILE_PX,
        "tiles_size": TILE_PX,
        "tiles_overlap": round(200 * margin / TILE_PX),
        "standardization_mean": [round(value / 255, 6) for value in mean],
        "standardization_std": [round(value / 255, 6) for value in std],
        "band_order": train.bands,
        **heights,
        "ignored_classes": [],
        "activation": "logits",
        "class_codes_cs": [row["codeCs"] for row in train.classes],
    }


def band(name: str) -> dict:
    if name != "NDSM":
        return {"name": name}
    return {
        "name": name,
        "format": "rio-calc",
        "expression": f"clip(max(MNS - MNT, 0) * {NDSM_SCALE}, 0, 255)",
        "ocsge:scale": NDSM_SCALE,
        "ocsge:offset": 0,
        "ocsge:clip": [0, 255],
    }


def contract(name: str, mean, std, train: Patches, margin: int, network, size: int) -> dict:
    """STAC MLM 1.5 properties; keys beginning with `ocsge:` are our own."""
    order = ["batch", "bands", "height", "width"]
    return {
        "stac_extensions": [
            "https://stac-extensions.github.io/mlm/v1.5.2/schema.json",
            "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
        ],
        "mlm:name": name,
        "mlm:architecture": "U-Net",
        "mlm:tasks": ["semantic-segmentation"],
        "mlm:framework": "ONNX",
        "mlm:framework_version": "opset 17",
        "mlm:total_parameters": sum(parameter.numel() for parameter in network.parameters()),
        "mlm:memory_size": size,
        "mlm:pretrained": False,
        "mlm:batch_size_suggestion": 1,
        "mlm:accelerator_constrained": False,
        "mlm:input": [
            {
                "name": "image",
                "bands": [band(name) for name in train.bands],
                "input": {"shape": [-1, len(train.bands), -1, -1], "dim_order": order, "data_type": "float32"},
                "value_scaling": [{"type": "z-score", "mean": m, "stddev": s} for m, s in zip(mean, std)],
                "resize_type": None,
            }
        ],
        "mlm:output": [
            {
                "name": "logits",
                "tasks": ["semantic-segmentation"],
                "result": {"shape": [-1, len(train.classes), -1, -1], "dim_order": order, "data_type": "float32"},
                "classification:classes": [
                    {
                        "value": row["index"],
                        "name": row["name"],
                        "description": row.get("nameFr", row["name"]),
                        "color_hint": row["colour"].lstrip("#").upper(),
                        "ocsge:code_cs": row["codeCs"],
                    }
                    for row in train.classes
                ],
            }
        ],
        "ocsge:activation": "logits",
        "ocsge:tile_px": TILE_PX,
        "ocsge:margin_px": margin,
        "ocsge:size_multiple_px": network.size_multiple,
        "ocsge:resolution_m": train.resolution,
    }
