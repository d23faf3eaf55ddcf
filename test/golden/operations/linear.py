"""Fully connected layers (F.linear, torch.flatten) and their gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write


def main() -> None:
    cases = []
    for name, size, activation, apply in [
        ("plain", [3, 7, 4], None, None),
        ("relu", [2, 5, 3], "relu", torch.relu),
        ("sigmoid", [4, 3, 2], "sigmoid", torch.sigmoid),
    ]:
        numbers = Numbers(name)
        x, w, bias = numbers.tensor(size[:2]), numbers.tensor([size[2], size[1]]), numbers.tensor([size[2]])
        s = F.linear(x, w, bias)
        y = s if apply is None else apply(s)
        dy = numbers.tensor(list(y.shape))
        dx, dw, db = torch.autograd.grad(y, [x, w, bias], dy)
        plain = {"shape": [size[2]], "data": bias.tolist()}
        through = {"activation": activation, "preActivation": {"shape": list(s.shape), "data": s.flatten().tolist()}}
        cases.append(case(name, "linear", [x, w], {"bias": plain, "activation": activation}, y))
        cases.append(
            case(name, "linearBackward", [dy, x, w], through if activation else {}, {"dx": dx, "dw": dw, "db": db})
        )
    x = Numbers("flatten").tensor([2, 3, 2, 3])
    cases.append(case("a map", "flatten", [x], {}, torch.flatten(x, 1)))
    write(cases)


if __name__ == "__main__":
    main()
