"""Products that spread one factor, F.prelu, sums with an activation, and their gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, plain, write


def main() -> None:
    cases = []
    for other in ([2, 3, 4], [2, 3, 1], [1, 3, 1], [2, 1, 4]):
        name = f"{other}"
        numbers = Numbers(name)
        a, b, dy = numbers.tensor([2, 3, 4]), numbers.tensor(other), numbers.tensor([2, 3, 4])
        y = a * b
        da, db = torch.autograd.grad(y, [a, b], dy)
        cases.append(case(name, "multiply", [a, b], {}, y))
        cases.append(case(name, "multiplyBackward", [dy, a, b], {}, {"da": da, "db": db}))
    for slopes in (1, 3):
        name = f"{slopes} slopes"
        numbers = Numbers(name)
        x, slope, dy = numbers.tensor([2, 3, 2, 4]), numbers.tensor([slopes]), numbers.tensor([2, 3, 2, 4])
        y = F.prelu(x, slope)
        dx, dslope = torch.autograd.grad(y, [x, slope], dy)
        cases.append(case(name, "prelu", [x, slope], {}, y))
        cases.append(case(name, "preluBackward", [dy, x, slope], {}, {"dx": dx, "dslope": dslope}))
    numbers = Numbers("add")
    a, b, dy = numbers.tensor([2, 3, 4]), numbers.tensor([2, 3, 4]), numbers.tensor([2, 3, 4])
    sums = torch.add(a, b, alpha=0.5)
    y = F.relu(sums)
    da, db = torch.autograd.grad(y, [a, b], dy)
    given = {"scale": 0.5, "activation": "relu"}
    cases.append(case("add", "add", [a, b], given, y))
    cases.append(case("add", "addBackward", [dy], {**given, "output": plain(y)}, {"da": da, "db": db}))
    write(cases)


if __name__ == "__main__":
    main()
