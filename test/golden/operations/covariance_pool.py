"""Covariance pooling: of all cells torch.cov, of windows by F.unfold."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write


def triangle(matrices: torch.Tensor) -> torch.Tensor:
    rows, columns = torch.triu_indices(matrices.shape[-1], matrices.shape[-1])
    return matrices[..., rows, columns]


def main() -> None:
    cases = []

    def add(name: str, x: torch.Tensor, options: dict, y: torch.Tensor, numbers: Numbers) -> None:
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(name, "covariancePool", [x], options, y))
        cases.append(case(name, "covariancePoolBackward", [dy, x], options, dx))

    numbers = Numbers("all cells")
    x = numbers.tensor([2, 3, 4, 3])
    matrices = torch.stack([torch.cov(one.flatten(1), correction=0) for one in x])
    add("all cells", x, {}, triangle(matrices).reshape(2, 6, 1, 1), numbers)

    numbers = Numbers("moments")
    x = numbers.tensor([2, 3, 5])
    add("moments", x, {"centered": False}, triangle(x @ x.transpose(1, 2) / 5).reshape(2, 6, 1), numbers)

    numbers = Numbers("windows")
    x = numbers.tensor([1, 3, 5, 6])
    windows = F.unfold(x, [2, 3], stride=[1, 2]).reshape(1, 3, 6, -1).permute(0, 3, 1, 2)
    off = windows - windows.mean(3, keepdim=True)
    y = triangle(off @ off.transpose(2, 3) / 6).permute(0, 2, 1).reshape(1, 6, 4, 2)
    add("windows", x, {"kernelSize": [2, 3], "stride": [1, 2]}, y, numbers)
    write(cases)


if __name__ == "__main__":
    main()
