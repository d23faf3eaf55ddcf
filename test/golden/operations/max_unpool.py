"""Max unpooling (F.max_unpool1d to 3d) and its gradient, of poolings whose windows find different cells: PyTorch leaves open what else."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
UNPOOL = {1: F.max_unpool1d, 2: F.max_unpool2d, 3: F.max_unpool3d}

UNPOOLINGS = [
    ("1-D", [2, 2, 8], [2], [2], [0], False),
    ("2-D", [1, 2, 6, 6], [2, 3], [2, 3], [0, 0], False),
    ("2-D, padded, strides over cells", [1, 2, 9, 8], [2, 2], [3, 2], [1, 0], True),
    ("2-D, a larger result", [1, 1, 5, 7], [2, 2], [2, 2], [0, 0], True),
    ("3-D", [1, 1, 4, 4, 4], [2, 2, 2], [2, 2, 2], [0, 0, 0], False),
]


def main() -> None:
    cases = []
    for name, shape, kernel, stride, padding, sized in UNPOOLINGS:
        numbers = Numbers(name)
        rank = len(kernel)
        y, indices = POOL[rank](numbers.distinct(shape), kernel, stride, padding, return_indices=True)
        x = numbers.tensor(list(y.shape))
        result = UNPOOL[rank](x, indices, kernel, stride, padding, shape if sized else None)
        dy = numbers.tensor(list(result.shape))
        (dx,) = torch.autograd.grad(result, [x], dy)
        options = {"kernelSize": kernel, "stride": stride, "padding": padding}
        cases.append(case(name, "maxUnpool", [x, indices], {**options, "outputShape": shape if sized else None}, result))
        cases.append(case(name, "maxUnpoolBackward", [dy, indices], options, dx))
    write(cases)


if __name__ == "__main__":
    main()
