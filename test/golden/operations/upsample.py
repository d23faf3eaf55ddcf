"""Upsampling (F.interpolate) and its gradient."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}

# Sizes are such that no place of the nearest mode falls on a whole number but where floats are exact, as PyTorch computes in those.
UPSAMPLINGS = [
    ("1-D, twice", [2, 2, 5], {"scale": 2}),
    ("2-D, 2x3", [1, 2, 3, 4], {"scale": [2, 3]}),
    ("2-D, to a size", [1, 2, 3, 4], {"outputSize": [7, 9]}),
    ("2-D, to fewer cells", [1, 1, 7, 8], {"outputSize": [3, 4]}),
    ("3-D", [1, 1, 2, 3, 2], {"scale": 2}),
    ("1-D, linear", [2, 2, 5], {"scale": 2, "mode": "linear"}),
    ("2-D, linear, to a size", [1, 2, 3, 4], {"outputSize": [7, 9], "mode": "linear"}),
    ("2-D, linear, to fewer cells", [1, 1, 7, 8], {"outputSize": [3, 5], "mode": "linear"}),
    ("2-D, linear, a scale that is not met", [1, 1, 3, 5], {"scale": 1.5, "mode": "linear"}),
    ("2-D, corners aligned", [1, 2, 3, 4], {"outputSize": [7, 6], "mode": "linear", "alignCorners": True}),
    ("2-D, corners aligned, one cell", [1, 2, 3, 4], {"outputSize": [1, 6], "mode": "linear", "alignCorners": True}),
    ("3-D, linear", [1, 1, 2, 3, 2], {"scale": [2, 1, 3], "mode": "linear"}),
]


def main() -> None:
    cases = []
    for name, shape, options in UPSAMPLINGS:
        numbers = Numbers(name)
        x = numbers.tensor(shape)
        linear = options.get("mode") == "linear"
        scale = options.get("scale")
        scales = tuple(scale) if isinstance(scale, list) else scale
        y = F.interpolate(
            x,
            options.get("outputSize"),
            scales,
            LINEAR[len(shape) - 2] if linear else "nearest",
            options.get("alignCorners", False) if linear else None,
        )
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(name, "upsample", [x], options, y))
        cases.append(case(name, "upsampleBackward", [dy], {**options, "inputShape": shape}, dx))
    write(cases)


if __name__ == "__main__":
    main()
