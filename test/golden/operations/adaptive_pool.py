"""Adaptive pooling (F.adaptive_avg_pool1d to 3d, F.adaptive_max_pool1d to 3d) and its gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

AVERAGE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
MAX = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}

POOLINGS = [
    ("1-D", [2, 2, 10], [4]),
    ("2-D", [1, 2, 5, 7], [3, 2]),
    ("2-D, one bin", [2, 2, 4, 3], [1, 1]),
    ("2-D, more bins than cells", [1, 1, 3, 4], [5, 4]),
    ("3-D", [1, 1, 3, 4, 5], [2, 2, 3]),
]


def main() -> None:
    cases = []
    for name, shape, bins in POOLINGS:
        numbers = Numbers(name)
        x = numbers.distinct(shape)
        rank = len(bins)
        options = {"outputSize": bins}
        backward = {**options, "inputShape": shape}
        y = AVERAGE[rank](x, bins)
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(name, "adaptiveAveragePool", [x], options, y))
        cases.append(case(name, "adaptiveAveragePoolBackward", [dy], backward, dx))
        y, indices = MAX[rank](x, bins, return_indices=True)
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(name, "adaptiveMaxPoolWithIndices", [x], options, {"y": y, "indices": indices}))
        cases.append(case(name, "adaptiveMaxPoolBackward", [dy, indices], backward, dx))
    write(cases)


if __name__ == "__main__":
    main()
