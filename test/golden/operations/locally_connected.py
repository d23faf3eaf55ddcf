"""Locally connected layers: PyTorch has none, so each output is the product of a window by torch.Tensor.unfold with weights of its own."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write


def windows(x: torch.Tensor, kernel: list, stride: list, padding: list, dilation: list) -> torch.Tensor:
    """[N, C, ...output, ...kernel]"""
    x = F.pad(x, [pad for pad in reversed(padding) for _ in range(2)])
    for axis, (size, step, distance) in enumerate(zip(kernel, stride, dilation)):
        x = x.unfold(axis + 2, (size - 1) * distance + 1, step)[..., ::distance]
    return x


def main() -> None:
    cases = []
    for name, x_shape, K, kernel, stride, padding, dilation, groups in [
        ("2-D", [2, 3, 3, 4], 2, [2, 3], [1, 1], [1, 1], [1, 1], 1),
        ("2-D, groups, stride, dilation", [1, 4, 5, 4], 4, [2, 3], [2, 1], [0, 1], [2, 1], 2),
        ("1-D", [2, 2, 8], 3, [3], [2], [1], [1], 1),
        ("3-D", [1, 2, 3, 3, 4], 2, [2, 1, 2], [1, 1, 2], [0, 0, 1], [1, 1, 1], 1),
    ]:
        numbers = Numbers(name)
        x = numbers.tensor(x_shape)
        rank, C = len(kernel), x_shape[1]
        seen = windows(x, kernel, stride, padding, dilation)
        output = list(seen.shape[2 : 2 + rank])
        # [N, groups, C/groups, ...output, taps] -> [N, groups, C/groups * taps, ...output]
        terms = seen.reshape([x_shape[0], groups, C // groups] + output + [-1])
        terms = terms.movedim(-1, 3).flatten(2, 3)
        w = numbers.tensor([K, terms.shape[2]] + output)
        bias = numbers.tensor([K] + output)
        own = w.reshape([groups, K // groups] + list(w.shape[1:]))
        y = (terms.unsqueeze(2) * own.unsqueeze(0)).sum(3).flatten(1, 2) + bias
        options = {"kernelSize": kernel, "stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        plain = {"shape": list(bias.shape), "data": bias.flatten().tolist()}
        dy = numbers.tensor(list(y.shape))
        dx, dw, db = torch.autograd.grad(y, [x, w, bias], dy)
        cases.append(case(name, "locallyConnected", [x, w], {**options, "bias": plain}, y))
        cases.append(case(name, "locallyConnectedBackwardData", [dy, w], {**options, "inputShape": x_shape}, dx))
        cases.append(case(name, "locallyConnectedBackwardWeights", [x, dy], options, dw))
        cases.append(case(name, "locallyConnectedBackwardBias", [dy], {}, db))
    write(cases)


if __name__ == "__main__":
    main()
