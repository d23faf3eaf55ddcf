"""F.softmax, F.log_softmax and their gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, plain, write

CASES = [([3, 5], 1, {}), ([2, 3, 2, 4], 1, {}), ([2, 3, 4], -1, {"axis": -1}), ([2, 3, 4], 2, {"layout": "channels-last"})]


def main() -> None:
    cases = []
    for call, function in (("softmax", F.softmax), ("logSoftmax", F.log_softmax)):
        for shape, axis, options in CASES:
            name = f"{shape} along {options or 'the channels'}"
            numbers = Numbers(name)
            x = numbers.tensor(shape, most=4)
            y = function(x, axis)
            dy = numbers.tensor(shape)
            (dx,) = torch.autograd.grad(y, [x], dy)
            cases.append(case(name, call, [x], options, y))
            cases.append(case(name, f"{call}Backward", [dy], {**options, "output": plain(y)}, dx))
    write(cases)


if __name__ == "__main__":
    main()
