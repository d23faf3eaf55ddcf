"""Resizing where PyTorch has it: nearest-exact, bicubic and antialiasing of F.interpolate, and its gradient."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

# PyTorch's antialiasing has PIL's cubic kernel, and cells beyond the border have no weight.
ANTIALIAS = {"antialias": True, "excludeOutside": True}
PIL = {"mode": "cubic", "cubicCoefficient": -0.5, **ANTIALIAS}

RESIZINGS = [
    ("nearest-exact, by a factor", [1, 2, 3, 5], "nearest-exact", {"scale": 1.75, "rounding": "round-prefer-ceil"}),
    ("nearest-exact, to fewer cells", [2, 1, 9], "nearest-exact", {"outputSize": [4], "rounding": "round-prefer-ceil"}),
    ("cubic, by a factor", [1, 2, 3, 5], "bicubic", {"scale": 1.7, "mode": "cubic"}),
    ("cubic, to a size", [1, 2, 7, 4], "bicubic", {"outputSize": [4, 9], "mode": "cubic"}),
    ("cubic, corners aligned", [1, 1, 4, 5], "bicubic", {"outputSize": [6, 3], "mode": "cubic", "coordinates": "align-corners"}),
    ("linear, antialiased", [1, 2, 11, 8], "bilinear", {"outputSize": [4, 3], "mode": "linear", **ANTIALIAS}),
    ("linear, antialiased, one axis larger", [1, 1, 5, 9], "bilinear", {"outputSize": [7, 4], "mode": "linear", **ANTIALIAS}),
    ("cubic, antialiased", [1, 1, 11, 9], "bicubic", {"outputSize": [5, 4], **PIL}),
]


def main() -> None:
    cases = []
    for name, shape, mode, options in RESIZINGS:
        numbers = Numbers(name)
        x = numbers.tensor(shape)
        y = F.interpolate(
            x,
            options.get("outputSize"),
            options.get("scale"),
            mode,
            None if mode == "nearest-exact" else options.get("coordinates") == "align-corners",
            antialias=options.get("antialias", False),
        )
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(name, "resize", [x], options, y))
        cases.append(case(name, "resizeBackward", [dy], {**options, "inputShape": shape}, dx))
    write(cases)


if __name__ == "__main__":
    main()
