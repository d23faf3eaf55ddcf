"""Element-wise functions of tensors that are broadcast over each other, F.prelu, sums with an activation, and their gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, plain, write

BINARY = {
    "multiply": torch.mul,
    "divide": torch.div,
    "minimum": torch.minimum,
    "maximum": torch.maximum,
    "power": torch.pow,
}
UNARY = {
    "sqrt": torch.sqrt,
    "exp": torch.exp,
    "log": torch.log,
    "abs": torch.abs,
    "reciprocal": torch.reciprocal,
    "erf": torch.erf,
}
FLAT = {"negate": torch.neg, "floor": torch.floor, "ceil": torch.ceil, "round": torch.round, "sign": torch.sign}
COMPARED = {"equal": torch.eq, "greater": torch.gt, "greaterOrEqual": torch.ge}
SHAPES = [([2, 3, 4], [2, 3, 1]), ([3, 1], [2, 1, 4]), ([], [2, 3])]
# Corners, ties, zeros and infinities, each with each.
SPECIAL = [-2.0, -1.0, -0.5, 0.0, 1.0, 2.0, 3.0]


def special(numbers: list, column: bool) -> torch.Tensor:
    shape = [len(numbers), 1] if column else [len(numbers)]
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape).requires_grad_()


def pair(cases: list, call: str, function, name: str, a: torch.Tensor, b: torch.Tensor, numbers: Numbers) -> None:
    y = function(a, b)
    dy = numbers.tensor(list(y.shape))
    da, db = torch.autograd.grad(y, [a, b], dy)
    cases.append(case(name, call, [a, b], {}, y))
    cases.append(case(name, f"{call}Backward", [dy, a, b], {}, {"da": da, "db": db}))


def families(cases: list) -> None:
    for call, function in BINARY.items():
        for one, other in SHAPES:
            name = f"{call} {one} {other}"
            numbers = Numbers(name)
            a, b = numbers.tensor(one, step=0.25), numbers.tensor(other, step=0.25)
            if call == "divide":
                b = (b.detach() + 2.25).requires_grad_()
            if call == "power":
                a = (a.detach() + 2.25).requires_grad_()
            pair(cases, call, function, name, a, b, numbers)
        if call in ("minimum", "maximum"):
            pair(cases, call, function, "ties", special(SPECIAL, True), special(SPECIAL, False), Numbers(call))
    # Positive bases and 0 with every exponent; and negative ones, whose gradients with respect to integer exponents are NaN, forward.
    pair(cases, "power", torch.pow, "special", special([0.0, 0.5, 1.0, 2.0], True), special([0.0, 1.0, 2.0], False), Numbers("power"))
    a, b = special([-2.0, -0.5, -1.0], True), special([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0], False)
    cases.append(case("negative bases", "power", [a, b], {}, torch.pow(a, b)))
    for call, function in COMPARED.items():
        a, b = special(SPECIAL, True), special(SPECIAL, False)
        cases.append(case("each with each", call, [a, b], {}, function(a, b).double()))


def functions(cases: list) -> None:
    for call, function in UNARY.items():
        numbers = Numbers(call)
        x = numbers.tensor([3, 7])
        if call in ("sqrt", "log", "reciprocal"):
            x = (x.detach() + 2.125).requires_grad_()
        y = function(x)
        dy = numbers.tensor([3, 7])
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case("[3, 7]", call, [x], {}, y))
        cases.append(case("[3, 7]", f"{call}Backward", [dy, x], {}, dx))
    for call, function in FLAT.items():
        x = Numbers(call).tensor([3, 7], step=0.5)
        cases.append(case("[3, 7]", call, [x], {}, function(x)))
    for low, high in [(-1, 1), (None, 0.5), (0.25, None), (1, -1)]:
        given = {"min": low, "max": high}
        numbers = Numbers("clamp")
        x, dy = numbers.tensor([3, 7], step=0.25), numbers.tensor([3, 7])
        y = torch.clamp(x, low, high)
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(f"{low} to {high}", "clamp", [x], given, y))
        if low is None or high is None or low <= high:
            cases.append(case(f"{low} to {high}", "clampBackward", [dy, x], given, dx))


def choices(cases: list) -> None:
    for condition, one, other in [([2, 3, 4], [2, 3, 4], [2, 3, 4]), ([3, 1], [2, 1, 4], []), ([2, 1, 1], [4], [3, 1])]:
        name = f"{condition} {one} {other}"
        numbers = Numbers(name)
        holds = (numbers.tensor(condition) > 0).double()
        a, b = numbers.tensor(one), numbers.tensor(other)
        y = torch.where(holds != 0, a, b)
        dy = numbers.tensor(list(y.shape))
        da, db = torch.autograd.grad(y, [a, b], dy)
        cases.append(case(name, "where", [holds, a, b], {}, y))
        given = {"aShape": one, "bShape": other}
        cases.append(case(name, "whereBackward", [dy, holds], given, {"da": da, "db": db}))


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
    for call, sign in [("add", 1), ("sub", -1)]:
        for one, other in SHAPES:
            name = f"{call} {one} {other}"
            numbers = Numbers(name)
            a, b = numbers.tensor(one), numbers.tensor(other)
            y = a + sign * 0.5 * b
            dy = numbers.tensor(list(y.shape))
            da, db = torch.autograd.grad(y, [a, b], dy)
            cases.append(case(name, call, [a, b], {"scale": 0.5}, y))
            given = {"scale": 0.5, "aShape": one, "bShape": other}
            cases.append(case(name, f"{call}Backward", [dy], given, {"da": da, "db": db}))
    families(cases)
    functions(cases)
    choices(cases)
    write(cases)


if __name__ == "__main__":
    main()
