"""Reductions over axes, torch.argmax and torch.argmin, torch.matmul, and their gradients."""

import torch
from cases import Numbers, case, write

REDUCTIONS = {
    "reduceSum": lambda x, axes, keep: torch.sum(x, axes, keep),
    "reduceMean": lambda x, axes, keep: torch.mean(x, axes, keep),
    "reduceMax": lambda x, axes, keep: torch.amax(x, axes, keep),
    "reduceMin": lambda x, axes, keep: torch.amin(x, axes, keep),
    "reduceL1": lambda x, axes, keep: torch.linalg.vector_norm(x, 1, axes, keep),
    "reduceL2": lambda x, axes, keep: torch.linalg.vector_norm(x, 2, axes, keep),
    "reduceSumSquare": lambda x, axes, keep: torch.sum(x * x, axes, keep),
    "reduceLogSumExp": lambda x, axes, keep: torch.logsumexp(x, axes, keep),
}
AXES = [([2, 3, 4], [0, 1, 2], False), ([2, 3, 4], [1], True), ([3, 2, 2, 3], [0, 2], False)]
FROM_SHAPE = ("reduceSum", "reduceMean")
FROM_INPUT = ("reduceL1", "reduceSumSquare")

PRODUCTS = [
    ([3, 4], [4, 2], False, False),
    ([2, 3, 4], [2, 4, 2], False, False),
    ([2, 4, 3], [4, 2], True, False),
    ([3, 4], [2, 2, 4], False, True),
    ([2, 1, 4, 3], [3, 2, 4], True, True),
    ([4], [2, 4, 3], False, False),
    ([2, 3, 4], [4], False, False),
    ([4], [4], False, False),
]


def reductions(cases: list) -> None:
    for name, function in REDUCTIONS.items():
        for shape, axes, keep in AXES:
            numbers = Numbers(f"{name} {shape}")
            x = numbers.tensor(shape)
            if name in ("reduceMax", "reduceMin"):
                # With ties.
                x = x.detach().round().requires_grad_()
            y = function(x, axes, keep)
            dy = numbers.tensor(list(y.shape))
            (dx,) = torch.autograd.grad(y, [x], dy)
            options = {"axes": axes, "keepDimensions": keep}
            label = f"{shape} over {axes}"
            cases.append(case(label, name, [x], options, y))
            if name in FROM_SHAPE:
                cases.append(case(label, f"{name}Backward", [dy], {**options, "inputShape": shape}, dx))
            else:
                given = [dy, x] if name in FROM_INPUT else [dy, x, y]
                cases.append(case(label, f"{name}Backward", given, options, dx))
    x = Numbers("product").tensor([2, 3, 2])
    cases.append(case("the last axis", "reduceProduct", [x], {"axes": [-1]}, x.prod(-1)))
    positive = x.detach().abs() + 0.5
    cases.append(case("the first axis", "reduceLogSum", [positive], {"axes": [0]}, positive.sum(0).log()))


def extremes(cases: list) -> None:
    x = Numbers("extremes").distinct([3, 4, 2])
    for axis in (0, 1, 2):
        options = {"axis": axis, "keepDimensions": axis == 1}
        for name, function in (("argMax", torch.argmax), ("argMin", torch.argmin)):
            cases.append(case(f"axis {axis}", name, [x], options, function(x, axis, axis == 1).double()))


def products(cases: list) -> None:
    for shape, other, flip, flop in PRODUCTS:
        numbers = Numbers(f"{shape} {other}")
        a, b = numbers.tensor(shape), numbers.tensor(other)
        y = torch.matmul(a.transpose(-1, -2) if flip else a, b.transpose(-1, -2) if flop else b)
        dy = numbers.tensor(list(y.shape))
        da, db = torch.autograd.grad(y, [a, b], dy)
        options = {"transposeA": flip, "transposeB": flop}
        label = f"{shape} by {other}"
        cases.append(case(label, "matmul", [a, b], options, y))
        cases.append(case(label, "matmulBackward", [dy, a, b], options, {"da": da, "db": db}))


def main() -> None:
    cases = []
    reductions(cases)
    extremes(cases)
    products(cases)
    write(cases)


if __name__ == "__main__":
    main()
