"""
Checkpoints as IGN's FLAIR projects write them, of random weights: python3 flair_checkpoints.py OUT. And what the network gives
for one image, by torch: OUT/image.f32 (5 × 64 × 64) and OUT/{inc,hub}.f32 (19 × 64 × 64).
"""
import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "models/training"))
from flair_unet import FlairUNet  # noqa: E402

OUT = Path(sys.argv[1])


def network(bands: int) -> FlairUNet:
    torch.manual_seed(bands)
    made = FlairUNet(bands, 19)
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return made.eval()


def write_safetensors(path: Path, tensors: dict) -> None:
    table, at = {}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        table[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    header = json.dumps({"__metadata__": {"format": "pt"}, **table}).encode()
    with open(path, "wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().tobytes())


def hub_name(name: str) -> str:
    if name.startswith("encoder."):
        return "model.encoders.AERIAL_RGBI.seg_model." + name[len("encoder.") :]
    return "model.main_decoders.AERIAL_LABEL-COSIA.seg_model." + name


image = torch.randn(1, 5, 64, 64, generator=torch.Generator().manual_seed(1))
image.numpy().tofile(OUT / "image.f32")
inc, hub = network(5), network(3)
with torch.no_grad():
    inc(image).numpy().tofile(OUT / "inc.f32")
    hub(image[:, :3]).numpy().tofile(OUT / "hub.f32")
lightning = {f"model.seg_model.{name}": tensor for name, tensor in inc.state_dict().items()}
torch.save({"epoch": 3, "state_dict": {**lightning, "criterion.weight": torch.ones(19)}}, OUT / "inc.ckpt")
fused = {"model.fusion_handler.conv_f.0.weight": torch.zeros(64, 64, 1, 1), "criterion.AERIAL_LABEL-COSIA.weight": torch.ones(19)}
write_safetensors(OUT / "hub.safetensors", {**{hub_name(n): t for n, t in hub.state_dict().items()}, **fused})

stem = torch.zeros(64, 2, 7, 7)
branches = {f"model.encoders.{name}.seg_model.conv1.weight": stem for name in ("AERIAL_RGBI", "DEM_ELEV")}
torch.save(branches, OUT / "two-branches.pth")
torch.save({"model.enc.enc_mlp.0.weight": stem}, OUT / "metadata.pth")
swin = {"encoder.model.patch_embed.proj.weight": torch.zeros(128, 3, 4, 4), "segmentation_head.0.weight": torch.zeros(19, 64, 1, 1)}
torch.save(swin, OUT / "swin.pth")
torch.save({"state_dict": {"conv1.weight": stem}, "hyper_parameters": Path}, OUT / "more-than-tensors.ckpt")
print(json.dumps({"names": list(inc.state_dict()), "parameters": sum(p.numel() for p in inc.parameters())}))
