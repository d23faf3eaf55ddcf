"""Local response normalisation (F.local_response_norm) and its gradient. PyTorch always averages, and has the extra channel of a window of
even size before."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write


def main() -> None:
    cases = []
    for name, shape, size, options in [
        ("1-D", [2, 5, 3], 3, {}),
        ("2-D", [1, 6, 2, 3], 5, {"alpha": 0.5, "beta": 0.5, "k": 2.0}),
        ("even", [2, 4, 2, 2], 2, {"alpha": 1.0}),
        ("3-D, wider than the channels", [1, 3, 2, 1, 3], 8, {"alpha": 2.0, "beta": 1.5}),
    ]:
        numbers = Numbers(name)
        x = numbers.tensor(shape)
        y = F.local_response_norm(x, size, **options)
        dy = numbers.tensor(shape)
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(name, "localResponseNorm", [x], {"size": size, **options}, y))
        cases.append(case(name, "localResponseNormBackward", [dy, x], {"size": size, **options}, dx))
    write(cases)


if __name__ == "__main__":
    main()
