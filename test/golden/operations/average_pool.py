"""Average pooling (F.avg_pool1d to 3d) and its gradient. PyTorch has neither dilation nor padding of two sizes here."""

from dataclasses import dataclass
from typing import List, Optional

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

POOL = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


@dataclass
class Pooling:
    name: str
    x: List[int]
    kernel: List[int]
    stride: Optional[List[int]] = None
    padding: Optional[List[int]] = None
    ceil: bool = False
    include: bool = True
    divisor: Optional[int] = None


POOLINGS = [
    Pooling("1-D", [2, 3, 9], [2]),
    Pooling("1-D, overlapping, padded, ceil", [1, 2, 10], [3], [2], [1], ceil=True),
    Pooling("2-D, padded", [2, 2, 5, 7], [3, 3], [2, 2], [1, 1]),
    Pooling("2-D, padding left out", [1, 2, 5, 7], [3, 2], [2, 1], [1, 1], include=False),
    Pooling("2-D, ceil, cut off by the padding's end", [1, 1, 6, 6], [3, 3], [2, 2], [1, 1], ceil=True),
    Pooling("2-D, ceil, padding left out", [1, 1, 7, 8], [3, 3], [2, 3], [1, 1], ceil=True, include=False),
    Pooling("2-D, ceil, a window that would begin behind the end", [1, 1, 4, 4], [2, 2], [3, 3], [1, 1], ceil=True),
    Pooling("2-D, a divisor", [1, 2, 4, 4], [2, 2], [1, 2], divisor=3),
    Pooling("3-D", [1, 2, 4, 5, 4], [2, 3, 2], [1, 2, 2], [1, 1, 0]),
]


def main() -> None:
    cases = []
    for one in POOLINGS:
        numbers = Numbers(one.name)
        x = numbers.tensor(one.x)
        rank = len(one.x) - 2
        extra = {} if rank == 1 else {"divisor_override": one.divisor}
        y = POOL[rank](
            x, one.kernel, one.stride, one.padding or 0, ceil_mode=one.ceil, count_include_pad=one.include, **extra
        )
        options = {
            "kernelSize": one.kernel,
            "stride": one.stride,
            "padding": one.padding,
            "ceilMode": one.ceil or None,
            "includePadding": None if one.include else False,
            "divisor": one.divisor,
        }
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(one.name, "averagePool", [x], options, y))
        cases.append(case(one.name, "averagePoolBackward", [dy], {**options, "inputShape": one.x}, dx))
    write(cases)


if __name__ == "__main__":
    main()
