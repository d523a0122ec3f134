"""
Trains a network on patches and exports it with its contract.

    python3 models/training/train.py --train DIR --valid DIR --out models/<id> [--steps N --widths 16,32,… …]

DIR is a split written by `ocsge annotations extract` or by patches.ts. Runs on a processor or, when torch finds one, on a GPU; same
seed, same data order. Keeps the averaged weights of the best validation score, fits the temperature of the logits on the validation
patches and folds it into the last layer.
"""
import argparse
import contextlib
import copy
import json
import time
from pathlib import Path

import numpy as np
import torch

from augment import disturb, random_crops
from calibrate import fold_temperature
from contract import export
from losses import Loss
from network import SmallUNet
from patches import Patches, normalise
from scores import confusion, predict, summary


def mixed_precision(device: str):
    """bfloat16 where it is fast: on a GPU that has it, on a processor that multiplies it (torch 2 says which). It needs no scaling."""
    if device == "cuda":
        fast = torch.cuda.is_bf16_supported()
    else:
        known = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None) if int(torch.__version__[0]) >= 2 else None
        fast = known is not None and known()
    return torch.autocast(device, dtype=torch.bfloat16) if fast else contextlib.nullcontext()


class Average:
    """A copy of the network whose weights follow it slowly, which is what validation sees and what ships."""

    def __init__(self, network, decay: float):
        self.network, self.decay, self.updates = copy.deepcopy(network), decay, 0

    @torch.no_grad()
    def update(self, network) -> None:
        self.updates += 1
        keep = min(self.decay, self.updates / (self.updates + 10))
        for mine, theirs in zip(self.network.state_dict().values(), network.state_dict().values()):
            mine.copy_(mine * keep + theirs * (1 - keep) if mine.is_floating_point() else theirs)


def patch_chances(train: Patches, weights: torch.Tensor, rare: float) -> np.ndarray:
    """Patches that hold rare classes are drawn more often: `rare` 0 draws all alike."""
    counts = np.stack([np.bincount(y.ravel(), minlength=256)[: len(train.classes)] for y in train.y])
    mean_weight = counts @ weights.cpu().numpy() / np.maximum(counts.sum(1), 1)
    chances = np.where(counts.sum(1) > 0, mean_weight, 0) ** rare
    return chances / chances.sum()


def fit(network, train: Patches, valid: Patches, args, device: str):
    """The training loop. Returns the best averaged network by validation mIoU of couvertures."""
    rng, scale = np.random.default_rng(args.seed), train.statistics()
    loss_of = Loss(train, device, args.weight_power, args.dice, args.smoothing)
    chances = patch_chances(train, loss_of.weights, args.rare)
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, weight_decay=args.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=args.steps, pct_start=0.15)
    average, best, best_network, stale, start, running = Average(network, args.ema), -1.0, None, 0, time.time(), []
    for step in range(1, args.steps + 1):
        network.train()
        x, y = random_crops(train, args.crop, args.batch, rng, chances)
        x = normalise(disturb(x, train, rng, args.strength, args.casts), *scale)
        x = x.to(device).contiguous(memory_format=torch.channels_last)
        with mixed_precision(device):
            logits = network(x)
        loss = loss_of(logits.float(), y.to(device))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        average.update(network)
        running.append(loss.item())
        if step % args.check and step < args.steps:
            continue
        scores = summary(confusion(predict(average.network, valid, *scale, device), valid), valid)
        print(f"step {step} {time.time() - start:.0f} s loss {np.mean(running):.3f} valid {scores['line']}", flush=True)
        running, stale = [], stale + 1
        if scores["cs_miou"] > best:
            best, best_network, stale = scores["cs_miou"], copy.deepcopy(average.network), 0
        if stale >= args.patience:
            print(f"stopped early: no better validation score in {stale} checks", flush=True)
            break
    return best_network


def main():
    args = arguments()
    args.casts = args.strength if args.casts is None else args.casts
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, valid = Patches(args.train), Patches(args.valid)
    network = SmallUNet(len(train.bands), len(train.classes), args.widths, args.dropout)
    network = network.to(device).to(memory_format=torch.channels_last)
    network = fit(network, train, valid, args, device).cpu().eval()
    scale = train.statistics()
    temperature = fold_temperature(network, valid, *scale)
    print(f"temperature {temperature:.3f}, folded into the last layer")
    export(network, *scale, train, args.out, args.margin)
    recipe = {key: value for key, value in vars(args).items() if key not in ("train", "valid", "out")}
    recipe.update(temperature=round(temperature, 4), torch=torch.__version__.split("+")[0], device=device)
    (Path(args.out) / "recipe.json").write_text(json.dumps(recipe, indent=2) + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_argument
    option("--train", required=True)
    option("--valid", required=True)
    option("--out", required=True, help="model folder, its name is the model's id")
    option("--widths", type=lambda text: tuple(map(int, text.split(","))), default=(16, 32, 64, 96, 128))
    option("--dropout", type=float, default=0.0)
    option("--steps", type=int, default=3000)
    option("--batch", type=int, default=6)
    option("--crop", type=int, default=224)
    option("--rate", type=float, default=4e-3)
    option("--decay", type=float, default=0.01, help="weight decay")
    option("--ema", type=float, default=0.995, help="how slowly the averaged weights follow")
    option("--weight-power", type=float, default=0.25, help="class weight = share ^ -power")
    option("--dice", type=float, default=0.0, help="share of the Dice loss")
    option("--smoothing", type=float, default=0.0, help="label smoothing")
    option("--rare", type=float, default=0.0, help="how much more often patches with rare classes are drawn")
    option("--strength", type=float, default=1.0, help="of the disturbances of colour that all bands share")
    option("--casts", type=float, help="of those that set bands apart; as --strength by default")
    option("--margin", type=int, default=48, help="margin at inference, px")
    option("--check", type=int, default=250, help="steps between validations")
    option("--patience", type=int, default=8, help="checks without progress before stopping")
    option("--seed", type=int, default=2019)
    return parser.parse_args()


if __name__ == "__main__":
    main()
