"""Lp pooling (F.lp_pool1d, F.lp_pool2d) and its gradient."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

POOL = {1: F.lp_pool1d, 2: F.lp_pool2d}

# Name, x, norm, kernel, stride, ceil. What is not even is taken of positive numbers.
POOLINGS = [
    ("1-D, 2", [2, 2, 8], 2, [3], [2], False),
    ("2-D, 2", [1, 2, 5, 6], 2, [2, 3], [1, 2], False),
    ("2-D, 1", [1, 2, 4, 4], 1, [2, 2], [2, 2], False),
    ("2-D, 3", [1, 1, 5, 5], 3, [2, 2], [2, 1], False),
    ("2-D, 2.5", [1, 1, 5, 5], 2.5, [3, 2], [2, 2], False),
    ("2-D, 2, ceil", [1, 1, 6, 5], 2, [3, 2], [2, 2], True),
]


def main() -> None:
    cases = []
    for name, shape, norm, kernel, stride, ceil in POOLINGS:
        numbers = Numbers(name)
        x = numbers.tensor(shape)
        if norm % 2 != 0 and norm != 1:
            x = (x.detach().abs() + 0.25).requires_grad_()
        rank = len(kernel)
        y = POOL[rank](x, float(norm), kernel[0] if rank == 1 else kernel, stride[0] if rank == 1 else stride, ceil)
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        options = {"kernelSize": kernel, "stride": stride, "norm": norm, "ceilMode": ceil or None}
        cases.append(case(name, "lpPool", [x], options, y))
        cases.append(case(name, "lpPoolBackward", [dy, x, y], options, dx))
    write(cases)


if __name__ == "__main__":
    main()
