"""Predictions on patches and what they score, by class and by couverture."""
import numpy as np
import torch

from patches import Patches, normalise


def predict(network, patches: Patches, mean, std, device="cpu") -> np.ndarray:
    """Class index of every pixel, n × side × side."""
    out = np.empty_like(patches.y)
    for i, logits in logits_of(network, patches, mean, std, device):
        out[i] = logits.argmax(0).cpu().numpy()
    return out


def logits_of(network, patches: Patches, mean, std, device="cpu"):
    """Yields (patch number, classes × side × side of logits)."""
    network.eval()
    with torch.no_grad():
        for i in range(patches.count):
            x = torch.from_numpy(patches.x[i : i + 1].astype(np.float32)).to(device)
            yield i, network(normalise(x, mean, std).contiguous(memory_format=torch.channels_last))[0].float()


def confusion(predicted: np.ndarray, patches: Patches) -> np.ndarray:
    """Rows: truth; columns: predicted; pixels nobody knows are left out."""
    size = len(patches.classes)
    known = patches.y != patches.ignore
    flat = patches.y[known].astype(np.int64) * size + predicted[known].astype(np.int64)
    return np.bincount(flat, minlength=size * size).reshape(size, size)


def summary(matrix: np.ndarray, patches: Patches) -> dict:
    """Accuracy and intersection over union, for the classes and for the couvertures they mean."""
    codes, to_code = patches.codes()
    merge = np.zeros((len(codes), len(matrix)))
    merge[to_code.numpy(), np.arange(len(matrix))] = 1
    by_code = merge @ matrix @ merge.T
    class_iou, code_iou = iou(matrix), iou(by_code)
    result = {
        "accuracy": float(matrix.trace() / matrix.sum()),
        "miou": float(np.nanmean(class_iou)),
        "class_iou": dict(zip([row["name"] for row in patches.classes], class_iou.tolist())),
        "cs_accuracy": float(by_code.trace() / by_code.sum()),
        "cs_miou": float(np.nanmean(code_iou)),
        "cs_iou": dict(zip(codes, code_iou.tolist())),
        "cs_matrix": by_code.astype(int).tolist(),
    }
    result["line"] = (
        f"CS {100 * result['cs_accuracy']:.2f} % mIoU {result['cs_miou']:.4f}, "
        f"classes {100 * result['accuracy']:.2f} % mIoU {result['miou']:.4f}"
    )
    return result


def iou(matrix: np.ndarray) -> np.ndarray:
    """Per class; NaN for a class neither true nor predicted anywhere."""
    union = matrix.sum(0) + matrix.sum(1) - np.diag(matrix)
    return np.where(union > 0, np.diag(matrix) / np.maximum(union, 1), np.nan)


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error: |share right − mean confidence| of equal steps of confidence, weighted by pixels."""
    step = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(step, minlength=bins)
    gap = np.bincount(step, right, bins) - np.bincount(step, confidence, bins)
    return float(np.abs(gap).sum() / max(count.sum(), 1))
