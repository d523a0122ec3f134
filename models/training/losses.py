"""What training makes small: cross entropy by class and by couverture, and the overlap of each class."""
import numpy as np
import torch
from torch.nn import functional as F

from patches import Patches


def class_weights(train: Patches, power: float) -> torch.Tensor:
    """Rare classes count more: weight = share to the power −`power`, 1 on average over the pixels."""
    share = train.shares()
    weights = np.where(share > 0, np.clip(share, 1e-3, 1) ** -power, 0)
    return torch.tensor(weights / (weights * share).sum(), dtype=torch.float32)


def codes_of(logits: torch.Tensor, to_code: torch.Tensor) -> torch.Tensor:
    """Logits of couvertures: a couverture is as likely as its classes together."""
    return torch.stack([torch.logsumexp(logits[:, to_code == code], 1) for code in range(int(to_code.max()) + 1)], 1)


def dice(logits: torch.Tensor, y: torch.Tensor, ignore: int) -> torch.Tensor:
    """1 − Dice overlap, averaged over the classes that are there, over the whole batch."""
    known = (y != ignore).unsqueeze(1)
    truth = F.one_hot(y.masked_fill(y == ignore, 0), logits.shape[1]).movedim(-1, 1) * known
    chance = logits.softmax(1) * known
    both, either = (chance * truth).sum((0, 2, 3)), (chance + truth).sum((0, 2, 3))
    there = truth.sum((0, 2, 3)) > 0
    return (1 - (2 * both + 1) / (either + 1))[there].mean()


class Loss:
    """
    Cross entropy over the classes and, where several classes mean one couverture, over the couvertures (to take a crop for grass
    costs less than to take it for a vineyard), plus `dice_share` of the Dice loss. `smoothing` forgives labels a few errors.
    """

    def __init__(self, train: Patches, device: str, power: float, dice_share: float, smoothing: float):
        self.weights = class_weights(train, power).to(device)
        self.to_code = train.codes()[1].to(device)
        codes = int(self.to_code.max()) + 1
        self.merged = codes < len(self.to_code)
        self.code_weights = torch.stack([self.weights[self.to_code == code].mean() for code in range(codes)])
        self.ignore, self.dice_share, self.smoothing = train.ignore, dice_share, smoothing

    def __call__(self, logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        options = dict(ignore_index=self.ignore, label_smoothing=self.smoothing)
        loss = F.cross_entropy(logits, y, self.weights, **options)
        if self.merged:
            known = y != self.ignore
            code = torch.where(known, self.to_code[y.masked_fill(~known, 0)], y)
            logits, y = codes_of(logits, self.to_code), code
            loss = 0.4 * loss + F.cross_entropy(logits, y, self.code_weights, **options)
        return loss + self.dice_share * dice(logits, y, self.ignore) if self.dice_share else loss
