"""Weights of IGN's FLAIR projects: FLAIR-1 / FLAIR-INC (.pth, .ckpt) and FLAIR-HUB (.safetensors, .ckpt), under one set of names."""
import json
import re
from pathlib import Path

import torch

TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}
# Counters and loss weights that a network does not need.
ASIDE = re.compile(r"(^|\.)criterion\.|^(model\.)?(train|val)_|(^|\.)fusion_handler\.|(^|\.)aux_decoders\.")


def read_checkpoint(path: str) -> dict:
    """Tensors by name, the names those of segmentation_models_pytorch: encoder.…, decoder.…, segmentation_head.…"""
    weights = read_safetensors(path) if path.endswith(".safetensors") else read_torch(path)
    refuse_other_inputs(path, weights)
    return {renamed(name): tensor for name, tensor in weights.items() if not ASIDE.search(name)}


def read_torch(path: str) -> dict:
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a pickle with more than tensors in it would run code of its author
        reason = str(error).splitlines()[0]
        raise SystemExit(f"{path}: tensors only wanted ({reason}); save the state_dict alone, from a session you trust")
    weights = loaded.get("state_dict", loaded)
    if not all(isinstance(value, torch.Tensor) for value in weights.values()):
        raise SystemExit(f"{path}: a state_dict wanted, found {', '.join(list(weights)[:5])}…")
    return weights


def read_safetensors(path: str) -> dict:
    """The format is a length, a JSON table of types, shapes and offsets, and the bytes."""
    data = bytearray(Path(path).read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    table = json.loads(data[8:start])
    table.pop("__metadata__", None)
    tensors = {}
    for name, entry in table.items():
        first, last = (start + offset for offset in entry["data_offsets"])
        flat = torch.frombuffer(bytes(data[first:last]), dtype=TYPES[entry["dtype"]]) if last > first else torch.empty(0)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


def refuse_other_inputs(path: str, weights: dict) -> None:
    """A network of several images at once, or of metadata beside the image, is not one of [batch, bands, side, side]."""
    branches = sorted({name.split("encoders.", 1)[1].split(".")[0] for name in weights if "encoders." in name})
    if len(branches) > 1:
        raise SystemExit(f"{path}: one branch per source found ({', '.join(branches)}); one image with all bands wanted")
    if branches and branches[0] not in ("AERIAL_RGBI", "SPOT_RGBI"):
        raise SystemExit(f"{path}: its only branch is {branches[0]}; AERIAL_RGBI wanted")
    if any(re.search(r"(^|\.)enc\.enc_mlp\.", name) for name in weights):
        raise SystemExit(f"{path}: trained with the images' metadata (use_metadata); a network of the image alone wanted")
    tasks = sorted({name.split("main_decoders.", 1)[1].split(".")[0] for name in weights if "main_decoders." in name})
    if len(tasks) > 1 or tasks == ["ALL_LABEL-LPIS"]:
        raise SystemExit(f"{path}: decoders of {', '.join(tasks)} found; the land cover's alone wanted (AERIAL_LABEL-COSIA)")


def renamed(name: str) -> str:
    """FLAIR-1: model.seg_model.*; FLAIR-HUB: model.encoders.AERIAL_RGBI.seg_model.* and model.main_decoders.<task>.seg_model.*"""
    name = re.sub(r"^(model\.)?encoders\.[^.]+\.seg_model\.", "encoder.", name)
    name = re.sub(r"^(model\.)?main_decoders\.[^.]+\.seg_model\.", "", name)
    return re.sub(r"^(model\.)?(seg_model\.)?", "", name, count=1)
