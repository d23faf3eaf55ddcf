"""The activations (torch.nn.functional) and their gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, plain, write

ACTIVATIONS = [
    ("relu", {}, F.relu),
    ("relu6", {}, F.relu6),
    ("leaky-relu", {"slope": 0.25}, lambda v: F.leaky_relu(v, 0.25)),
    ("sigmoid", {}, torch.sigmoid),
    ("tanh", {}, torch.tanh),
    ("silu", {}, F.silu),
    ("gelu", {}, F.gelu),
    ("gelu", {"approximate": "tanh"}, lambda v: F.gelu(v, approximate="tanh")),
    ("elu", {"alpha": 1.5}, lambda v: F.elu(v, 1.5)),
    ("selu", {}, F.selu),
    ("softplus", {}, F.softplus),
    ("softplus", {"beta": 2.5, "threshold": 3}, lambda v: F.softplus(v, 2.5, 3)),
    ("softplus", {"beta": -1.5, "threshold": 3}, lambda v: F.softplus(v, -1.5, 3)),
    # Not F.hardsigmoid, whose gradient in 1.13 has 1/6 rounded to float32.
    ("hard-sigmoid", {}, lambda v: F.relu6(v + 3) / 6),
    ("hard-swish", {}, F.hardswish),
    ("hard-sigmoid", {"alpha": 0.2, "beta": 0.4}, lambda v: torch.clamp(0.2 * v + 0.4, 0, 1)),
    ("linear", {"alpha": -1.5, "beta": 0.25}, lambda v: -1.5 * v + 0.25),
    ("selu", {"alpha": 1.25, "gamma": 0.75}, lambda v: 0.75 * F.elu(v, 1.25)),
    ("celu", {}, F.celu),
    ("celu", {"alpha": 1.5}, lambda v: F.celu(v, 1.5)),
    ("celu", {"alpha": -4}, lambda v: F.celu(v, -4)),
    ("mish", {}, F.mish),
    ("softsign", {}, F.softsign),
    ("shrink", {}, F.hardshrink),
    ("shrink", {"lambd": 1.5, "bias": 1.5}, lambda v: F.softshrink(v, 1.5)),
    ("thresholded-relu", {"alpha": 0.5}, lambda v: F.threshold(v, 0.5, 0)),
]


def main() -> None:
    cases = []
    for activation, parameters, function in ACTIVATIONS:
        option = {"name": activation, **parameters}
        name = " ".join(str(value) for value in option.values())
        numbers = Numbers(name)
        # Corners of hard-swish are left out: PyTorch 1.13 has other derivatives there than later releases.
        x = numbers.tensor([3, 17], step=0.35, most=7) if activation == "hard-swish" else numbers.tensor([3, 17], most=7)
        y = function(x)
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        cases.append(case(name, "activate", [x], option, y))
        cases.append(case(name, "activateBackward", [dy], {"activation": option, "preActivation": plain(x)}, dx))
    write(cases)


if __name__ == "__main__":
    main()
