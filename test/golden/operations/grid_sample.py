"""Sampling by a grid (F.grid_sample) and its gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

MODES = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}


def main() -> None:
    cases = []
    for mode in MODES:
        for padding in ("zeros", "border", "reflection"):
            for align in (False, True):
                for deep in (False, True):
                    if deep and (mode == "cubic" or align):
                        continue
                    name = f"{mode}, {padding}{', corners aligned' if align else ''}{', 3-D' if deep else ''}"
                    numbers = Numbers(name)
                    x = numbers.tensor([1, 2, 2, 3, 4] if deep else [1, 2, 3, 4])
                    # Thirteenths are no ties, and never on a cell or a border but by chance of none here.
                    grid = (numbers.tensor([1, 2, 2, 2, 3] if deep else [1, 3, 4, 2], 2 / 13, 22 / 13) + 1 / 29).detach().requires_grad_()
                    y = F.grid_sample(x, grid, MODES[mode], padding, align)
                    dy = numbers.tensor(list(y.shape))
                    dx, dgrid = torch.autograd.grad(y, [x, grid], dy)
                    options = {"mode": mode, "paddingMode": padding, "alignCorners": align}
                    cases.append(case(name, "gridSample", [x, grid], options, y))
                    cases.append(case(name, "gridSampleBackward", [dy, x, grid], options, {"dx": dx, "dgrid": dgrid}))
    write(cases)


if __name__ == "__main__":
    main()
