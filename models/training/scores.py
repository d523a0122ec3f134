"""Predictions on patches and what they score, by class and by couverture."""
import numpy as np
import torch

from patches import Patches, normalise


def predict(network, patches: Patches, mean, std, device="cpu", disturb=None) -> np.ndarray:
    """Class index of every pixel, n x side x side; `disturb` changes a 1 x 5 x side x side image before it is seen."""
    network.eval()
    out = np.empty_like(patches.y)
    with torch.no_grad():
        for i in range(patches.count):
            x = torch.from_numpy(patches.x[i : i + 1].astype(np.float32))
            x = normalise(disturb(x) if disturb else x, mean, std).to(device)
            out[i] = network(x).argmax(1)[0].cpu().numpy()
    return out


def confusion(predicted: np.ndarray, patches: Patches) -> np.ndarray:
    """Rows: truth; columns: predicted."""
    size = len(patches.classes)
    flat = patches.y.astype(np.int64).ravel() * size + predicted.astype(np.int64).ravel()
    return np.bincount(flat, minlength=size * size).reshape(size, size)


def summary(matrix: np.ndarray, patches: Patches) -> dict:
    """Accuracy and intersection over union, for the classes and for the couvertures they mean."""
    codes, to_code = patches.codes()
    merge = np.zeros((len(codes), len(matrix)))
    merge[to_code.numpy(), np.arange(len(matrix))] = 1
    by_code = merge @ matrix @ merge.T
    class_iou, code_iou = iou(matrix), iou(by_code)
    result = {
        "accuracy": matrix.trace() / matrix.sum(),
        "miou": float(np.nanmean(class_iou)),
        "class_iou": dict(zip([row["name"] for row in patches.classes], class_iou.tolist())),
        "cs_accuracy": by_code.trace() / by_code.sum(),
        "cs_miou": float(np.nanmean(code_iou)),
        "cs_iou": dict(zip(codes, code_iou.tolist())),
    }
    result["line"] = (
        f"CS {100 * result['cs_accuracy']:.2f} % mIoU {result['cs_miou']:.4f}, "
        f"classes {100 * result['accuracy']:.2f} % mIoU {result['miou']:.4f}"
    )
    return result


def iou(matrix: np.ndarray) -> np.ndarray:
    union = matrix.sum(0) + matrix.sum(1) - np.diag(matrix)
    return np.where(union > 0, np.diag(matrix) / np.maximum(union, 1), np.nan)
