"""
Trains the demonstration's network on patches of synthetic scenes, and exports it.

    python3 models/training/train.py --train DIR --valid DIR --out models/demo-rgbie-1 [--steps N --batch N --crop N]

Runs on a CPU or, when torch finds one, on a GPU; same seed, same data order. Keeps the best validation score's weights.
"""
import argparse
import copy
import time

import numpy as np
import torch
from torch.nn import functional as F

from contract import export
from network import SmallUNet
from patches import BANDS, Patches, crop_batch, disturb, normalise
from scores import confusion, predict, summary


def loss_of(logits, y, weights, to_code):
    """Cross entropy over the classes, and over the couvertures they mean: taking a crop for grass costs less than taking
    it for a vineyard."""
    per_code = torch.stack(
        [torch.logsumexp(logits[:, to_code == code], 1) for code in range(int(to_code.max()) + 1)], 1
    )
    code_weights = torch.stack([weights[to_code == code].mean() for code in range(int(to_code.max()) + 1)])
    return 0.4 * F.cross_entropy(logits, y, weights) + F.cross_entropy(per_code, to_code[y], code_weights)


def class_weights(train: Patches) -> torch.Tensor:
    """Rare classes count more, by the fourth root of how rare they are."""
    share = np.bincount(train.y[:, ::4, ::4].ravel(), minlength=len(train.classes)) / (train.y.size / 16)
    weights = torch.tensor(np.clip(share, 1e-3, 1) ** -0.25, dtype=torch.float32)
    return weights / weights.mean()


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, valid = Patches(args.train), Patches(args.valid)
    mean, std = train.statistics()
    weights = class_weights(train).to(device)
    _, to_code = train.codes()
    to_code = to_code.to(device)
    network = SmallUNet(len(BANDS), len(train.classes)).to(device).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=args.steps, pct_start=0.15)
    best, best_weights, running, start = -1.0, None, 0.0, time.time()
    for step in range(1, args.steps + 1):
        network.train()
        x, y = crop_batch(train, args.crop, args.batch, rng)
        x = normalise(disturb(x, rng), mean, std).to(device).to(memory_format=torch.channels_last)
        loss = loss_of(network(x), y.to(device), weights, to_code)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        running = loss.item() if step == 1 else 0.98 * running + 0.02 * loss.item()
        if step % args.check and step < args.steps:
            continue
        scores = summary(confusion(predict(network, valid, mean, std, device), valid), valid)
        print(f"step {step} {time.time() - start:.0f} s loss {running:.3f} valid {scores['line']}", flush=True)
        if scores["cs_miou"] > best:
            best, best_weights = scores["cs_miou"], copy.deepcopy(network.state_dict())
            torch.save({"weights": best_weights, "mean": mean, "std": std, "step": step}, args.checkpoint)
    network.load_state_dict(best_weights)
    export(network.cpu().eval(), mean, std, train.classes, args.out)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", required=True)
    parser.add_argument("--valid", required=True)
    parser.add_argument("--out", required=True, help="model folder, its name is the model's id")
    parser.add_argument("--checkpoint", default="best.pt")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--crop", type=int, default=224)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--check", type=int, default=250, help="steps between validations")
    parser.add_argument("--seed", type=int, default=2019)
    return parser.parse_args()


if __name__ == "__main__":
    main()
