"""Gaussian pooling, by F.unfold and a product: PyTorch has no such operation."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

POOLINGS = [
    ("3x3", [1, 2, 5, 6], [3, 3], [1, 2], [1, 1], [1.0, 1.0]),
    ("2x3, padded", [2, 1, 5, 6], [2, 3], [2, 1], [1, 1], [0.8, 1.5]),
]


def main() -> None:
    cases = []
    for name, shape, kernel, stride, padding, sigma in POOLINGS:
        numbers = Numbers(name)
        x = numbers.tensor(shape)
        bells = [
            torch.exp(-((torch.arange(taps, dtype=torch.float64) - (taps - 1) / 2) ** 2) / (2 * deviation**2))
            for taps, deviation in zip(kernel, sigma)
        ]
        weights = torch.outer(*bells).reshape(1, 1, -1, 1)
        N, C, H, W = shape

        def windows(values: torch.Tensor) -> torch.Tensor:
            return F.unfold(values, kernel, padding=padding, stride=stride).reshape(N, C, kernel[0] * kernel[1], -1)

        sums = (windows(x) * weights).sum(2) / (windows(torch.ones_like(x)) * weights).sum(2)
        size = [(cells + 2 * pad - taps) // step + 1 for cells, pad, taps, step in zip((H, W), padding, kernel, stride)]
        y = sums.reshape(N, C, *size)
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        options = {"kernelSize": kernel, "stride": stride, "padding": padding, "sigma": sigma}
        cases.append(case(name, "gaussianPool", [x], options, y))
        cases.append(case(name, "gaussianPoolBackward", [dy], {**options, "inputShape": shape}, dx))
    write(cases)


if __name__ == "__main__":
    main()
