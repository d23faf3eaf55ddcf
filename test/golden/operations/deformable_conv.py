"""Deformable convolution. torchvision.ops.deform_conv2d is no part of PyTorch: samples are made by indexing with bilinear weights, which
autograd differentiates, in its order of offsets (offset group, tap, y before x) and masks. Offsets lie between cells."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write


def bilinear(x: torch.Tensor, y: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """x [N, C, H, W] at y, u [N, ...]: [N, C, ...], zeros beyond the border."""
    N, C, H, W = x.shape
    top, left = y.detach().floor().long(), u.detach().floor().long()
    total = 0
    for down in (0, 1):
        for right in (0, 1):
            row, column = top + down, left + right
            inside = (row >= 0) & (row < H) & (column >= 0) & (column < W)
            place = row.clamp(0, H - 1) * W + column.clamp(0, W - 1)
            values = x.flatten(2).gather(2, place.flatten(1).unsqueeze(1).expand(N, C, -1)).reshape([N, C] + list(y.shape[1:]))
            by_row = (y - top) if down else (1 - (y - top))
            by_column = (u - left) if right else (1 - (u - left))
            total = total + values * (by_row * by_column * inside).unsqueeze(1)
    return total


def deform(x, w, offset, mask, bias, stride, padding, dilation, groups, offset_groups):
    N, C, H, W = x.shape
    K, _, R, S = w.shape
    P, Q = offset.shape[2:]
    moved = offset.reshape(N, offset_groups, R, S, 2, P, Q)
    steps = [
        torch.arange(outputs).reshape(-1, 1) * step - pad + torch.arange(taps).reshape(1, -1) * distance
        for outputs, step, pad, taps, distance in zip((P, Q), stride, padding, (R, S), dilation)
    ]
    rows = steps[0].t().reshape(R, 1, P, 1) + moved[:, :, :, :, 0]
    columns = steps[1].t().reshape(1, S, 1, Q) + moved[:, :, :, :, 1]
    many = C // offset_groups
    samples = torch.cat(
        [bilinear(x[:, g * many : (g + 1) * many], rows[:, g], columns[:, g])
         * (1 if mask is None else mask.reshape(N, offset_groups, 1, R, S, P, Q)[:, g]) for g in range(offset_groups)], 1
    )
    seen = samples.reshape(N, C * R * S, P, Q)
    return F.conv2d(seen, w.reshape(K, -1, 1, 1), bias, groups=groups)


def main() -> None:
    cases = []
    for name, x_shape, w_shape, stride, padding, dilation, groups, offset_groups, masked in [
        ("version 1", [2, 2, 4, 5], [3, 2, 3, 3], [1, 1], [1, 1], [1, 1], 1, 1, False),
        ("modulated, groups, stride, dilation", [1, 4, 7, 5], [4, 2, 2, 3], [2, 1], [1, 1], [1, 2], 2, 2, True),
    ]:
        numbers = Numbers(name)
        x, w, bias = numbers.tensor(x_shape), numbers.tensor(w_shape), numbers.tensor([w_shape[0]])
        R, S = w_shape[2:]
        P, Q = [
            (size + 2 * pad - distance * (taps - 1) - 1) // step + 1
            for size, pad, distance, taps, step in zip(x_shape[2:], padding, dilation, (R, S), stride)
        ]
        offset = (numbers.tensor([x_shape[0], 2 * offset_groups * R * S, P, Q]) + 1 / 16).detach().requires_grad_()
        mask = numbers.tensor([x_shape[0], offset_groups * R * S, P, Q]) if masked else None
        y = deform(x, w, offset, mask, bias, stride, padding, dilation, groups, offset_groups)
        plain = {key: {"shape": list(one.shape), "data": one.flatten().tolist()} for key, one in
                 [("offset", offset), ("mask", mask), ("bias", bias)] if one is not None}
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups,
                   "offsetGroups": offset_groups, **plain}
        dy = numbers.tensor(list(y.shape))
        names = ["dx", "dw", "doffset"] + (["dmask"] if masked else [])
        gradients = torch.autograd.grad(y, [x, w, offset] + ([mask] if masked else []), dy)
        cases.append(case(name, "deformableConv", [x, w], options, y))
        del options["bias"]
        cases.append(case(name, "deformableConvBackward", [dy, x, w], options, dict(zip(names, gradients))))
    write(cases)


if __name__ == "__main__":
    main()
