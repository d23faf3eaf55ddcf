"""CoordConv: PyTorch has none, so coordinates by torch.linspace are concatenated to the channels of the input."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def coordinates(shape: list, radius: bool) -> torch.Tensor:
    """[N, coordinates, ...spatial]: along the last axis first."""
    spatial = shape[2:]
    axes = [torch.linspace(-1, 1, size, dtype=torch.float64) for size in spatial]
    grids = list(reversed(torch.meshgrid(*axes, indexing="ij")))
    if radius:
        grids.append(sum(grid**2 for grid in grids).sqrt())
    return torch.stack(grids).expand([shape[0], len(grids)] + spatial)


def main() -> None:
    cases = []
    for name, x_shape, w_shape, stride, padding, dilation, radius in [
        ("2-D", [2, 2, 4, 5], [3, 4, 3, 3], [1, 1], [1, 1], [1, 1], False),
        ("2-D, radius, stride, dilation", [1, 3, 6, 7], [2, 6, 2, 3], [2, 1], [0, 1], [1, 2], True),
        ("1-D", [2, 1, 7], [2, 2, 3], [2], [1], [1], False),
        ("3-D, radius", [1, 1, 3, 4, 3], [2, 5, 2, 2, 2], [1, 1, 1], [1, 0, 0], [1, 1, 1], True),
    ]:
        numbers = Numbers(name)
        x, w, bias = numbers.tensor(x_shape), numbers.tensor(w_shape), numbers.tensor([w_shape[0]])
        seen = torch.cat([x, coordinates(x_shape, radius)], 1)
        y = CONV[len(x_shape) - 2](seen, w, bias, stride=stride, padding=padding, dilation=dilation)
        options = {"stride": stride, "padding": padding, "dilation": dilation, "radius": radius}
        plain = {"shape": list(bias.shape), "data": bias.tolist()}
        dy = numbers.tensor(list(y.shape))
        dx, dw = torch.autograd.grad(y, [x, w], dy)
        cases.append(case(name, "coordConv", [x, w], {**options, "bias": plain}, y))
        cases.append(case(name, "coordConvBackwardData", [dy, w], {**options, "inputShape": x_shape}, dx))
        cases.append(case(name, "coordConvBackwardWeights", [x, dy], {**options, "kernelShape": w_shape}, dw))
    write(cases)


if __name__ == "__main__":
    main()
