"""Depthwise-separable and spatially separable convolution (F.conv1d to 3d with groups) and their gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def depthwise_separable(cases: list) -> None:
    for name, x_shape, depthwise_shape, pointwise_shape, stride, padding, dilation in [
        ("2-D", [2, 3, 5, 6], [3, 1, 3, 3], [4, 3, 1, 1], [1, 1], [1, 1], [1, 1]),
        ("2-D, two kernels a channel", [1, 2, 7, 6], [4, 1, 3, 2], [3, 4, 1, 1], [2, 1], [1, 0], [1, 2]),
        ("1-D", [1, 3, 8], [3, 1, 3], [2, 3, 1], [2], [1], [1]),
        ("3-D", [1, 2, 3, 4, 3], [2, 1, 2, 2, 2], [2, 2, 1, 1, 1], [1, 2, 1], [0, 1, 1], [1, 1, 1]),
    ]:
        numbers = Numbers(name)
        x, depthwise, pointwise = (numbers.tensor(shape) for shape in [x_shape, depthwise_shape, pointwise_shape])
        bias, depthwise_bias = numbers.tensor([pointwise_shape[0]]), numbers.tensor([depthwise_shape[0]])
        conv = CONV[len(x_shape) - 2]
        between = F.relu(
            conv(x, depthwise, depthwise_bias, stride=stride, padding=padding, dilation=dilation, groups=x_shape[1])
        )
        y = conv(between, pointwise, bias)
        geometry = {"stride": stride, "padding": padding, "dilation": dilation}
        options = {**geometry, "depthwiseActivation": "relu"}
        options["depthwiseBias"] = {"shape": list(depthwise_bias.shape), "data": depthwise_bias.tolist()}
        plain_bias = {"shape": list(bias.shape), "data": bias.tolist()}
        cases.append(case(name, "separableConv", [x, depthwise, pointwise], {**options, "bias": plain_bias}, y))
        dy = numbers.tensor(list(y.shape))
        named = ["dx", "ddepthwise", "dpointwise", "ddepthwiseBias"]
        gradients = torch.autograd.grad(y, [x, depthwise, pointwise, depthwise_bias], dy)
        result = dict(zip(named, gradients))
        cases.append(case(name, "separableConvBackward", [dy, x, depthwise, pointwise], options, result))


def along_axes(cases: list) -> None:
    for name, x_shape, sizes, stride, padding, mode in [
        ("2-D, zeros", [2, 2, 5, 6], [3, 5], [1, 1], [1, 2], "zeros"),
        ("2-D, reflect, stride", [1, 3, 6, 7], [4, 3], [2, 1], [2, 1], "reflect"),
        ("2-D, circular", [1, 2, 5, 4], [3, 2], [1, 1], [1, 1], "circular"),
        ("3-D, replicate", [1, 2, 3, 4, 3], [2, 3, 2], [1, 1, 2], [1, 1, 2], "replicate"),
    ]:
        numbers = Numbers(name)
        x = numbers.tensor(x_shape)
        rank, channels = len(sizes), x_shape[1]
        kernels = [numbers.tensor([size]) for size in sizes]
        reach = [pad for pad in reversed(padding) for _ in range(2)]
        padded = F.pad(x, reach) if mode == "zeros" else F.pad(x, reach, mode=mode)
        # The whole kernel at once: what the passes come to.
        kernel = kernels[0]
        for one in kernels[1:]:
            kernel = kernel.unsqueeze(-1) * one
        w = kernel.expand([channels, 1] + sizes)
        y = CONV[rank](padded, w, stride=stride, groups=channels)
        options = {"stride": stride, "padding": padding, "paddingMode": mode}
        arrays = [{"shape": list(one.shape), "data": one.tolist()} for one in kernels]
        cases.append(case(name, "spatiallySeparableConv", [x, arrays], options, y))
        dy = numbers.tensor(list(y.shape))
        dx, *dkernels = torch.autograd.grad(y, [x] + kernels, dy)
        result = {"dx": dx}
        made = case(name, "spatiallySeparableConvBackward", [dy, x, arrays], options, result)
        made["result"]["dkernels"] = [{"shape": list(one.shape), "data": one.tolist()} for one in dkernels]
        cases.append(made)


def main() -> None:
    cases: list = []
    depthwise_separable(cases)
    along_axes(cases)
    write(cases)


if __name__ == "__main__":
    main()
