"""Max pooling (F.max_pool1d to 3d) with its indices, and its gradient."""

from dataclasses import dataclass
from typing import List, Optional

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}


@dataclass
class Pooling:
    name: str
    x: List[int]
    kernel: List[int]
    stride: Optional[List[int]] = None
    padding: Optional[List[int]] = None
    dilation: Optional[List[int]] = None
    ceil: bool = False
    ties: bool = False


POOLINGS = [
    Pooling("1-D", [2, 3, 9], [2]),
    Pooling("1-D, overlapping, padded, ceil", [1, 2, 10], [3], [2], [1], ceil=True),
    Pooling("2-D, padded", [2, 2, 5, 7], [3, 3], [2, 2], [1, 1]),
    Pooling("2-D, equal cells", [1, 2, 6, 7], [3, 2], [1, 2], [1, 0], ties=True),
    Pooling("2-D, ceil", [1, 1, 7, 8], [3, 3], [2, 3], [1, 1], ceil=True),
    Pooling("2-D, dilation", [1, 2, 7, 8], [2, 3], [1, 2], [1, 1], [3, 2]),
    Pooling("3-D", [1, 2, 4, 5, 4], [2, 3, 2], [1, 2, 2], [1, 1, 0]),
]


def main() -> None:
    cases = []
    for one in POOLINGS:
        numbers = Numbers(one.name)
        x = numbers.tensor(one.x, step=1, most=2) if one.ties else numbers.distinct(one.x)
        rank = len(one.x) - 2
        y, indices = POOL[rank](
            x, one.kernel, one.stride, one.padding or 0, one.dilation or 1, ceil_mode=one.ceil, return_indices=True
        )
        options = {
            "kernelSize": one.kernel,
            "stride": one.stride,
            "padding": one.padding,
            "dilation": one.dilation,
            "ceilMode": one.ceil or None,
        }
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(one.name, "maxPoolWithIndices", [x], options, {"y": y, "indices": indices}))
        cases.append(case(one.name, "maxPoolBackward", [dy, indices], {**options, "inputShape": one.x}, dx))
    write(cases)


if __name__ == "__main__":
    main()
