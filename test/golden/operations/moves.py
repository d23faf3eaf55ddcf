"""Operations that move elements (torch.cat, split, F.channel_shuffle, F.pixel_shuffle, permute, indexing, expand), and maxout as a maximum
over an axis."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, plain, write


def main() -> None:
    cases = []
    numbers = Numbers("cat")
    a, b = numbers.tensor([2, 3, 4]), numbers.tensor([2, 1, 4])
    cases.append(case("channels", "concatenate", [[plain(a), plain(b)]], {}, torch.cat([a, b], 1)))
    x = numbers.tensor([2, 4, 3])
    parts = torch.split(x, [1, 3], 1)
    cases.append(case("channels", "split", [x], {"sizes": [1, 3]}, {"0": parts[0], "1": parts[1]}))

    x = numbers.tensor([2, 6, 2, 2])
    # F.channel_shuffle has no derivative in 1.13.
    y = x.reshape(2, 2, 3, 2, 2).transpose(1, 2).reshape(x.shape)
    assert torch.equal(y, F.channel_shuffle(x, 2))
    dy = numbers.tensor([2, 6, 2, 2])
    cases.append(case("2 groups", "channelShuffle", [x], {"groups": 2}, y))
    (back,) = torch.autograd.grad(y, [x], dy)
    cases.append(case("2 groups", "channelShuffleBackward", [dy], {"groups": 2}, back))

    x = numbers.tensor([2, 8, 2, 3])
    y = F.pixel_shuffle(x, 2)
    dy = numbers.tensor(list(y.shape))
    (dx,) = torch.autograd.grad(y, [x], dy)
    cases.append(case("by 2", "pixelShuffle", [x], {"factor": 2}, y))
    cases.append(case("by 2", "pixelUnshuffle", [dy], {"factor": 2}, dx))

    x = numbers.distinct([2, 6, 3])
    y = x.reshape(2, 3, 2, 3).max(2).values
    dy = numbers.tensor([2, 3, 3])
    (dx,) = torch.autograd.grad(y, [x], dy)
    cases.append(case("2 pieces", "maxout", [x], {"pieces": 2}, y))
    cases.append(case("2 pieces", "maxoutBackward", [dy, x], {"pieces": 2}, dx))

    x = numbers.tensor([2, 3, 4, 5])
    y = x.permute(0, 2, 3, 1)
    cases.append(case("to the last axis", "transpose", [x], {"permutation": [0, 2, 3, 1]}, y.contiguous()))
    cases.append(case("all axes", "transpose", [x], {}, x.permute(3, 2, 1, 0).contiguous()))
    # torch has no negative steps.
    y = x.flip(1)[:, ::2, 1:4:2]
    options = {"starts": [-1, 1], "ends": [-9, 4], "steps": [-2, 2], "axes": [1, 2]}
    dy = numbers.tensor(list(y.shape))
    (dx,) = torch.autograd.grad(y, [x], dy)
    cases.append(case("with steps", "slice", [x], options, y.contiguous()))
    cases.append(case("with steps", "sliceBackward", [dy], {**options, "inputShape": [2, 3, 4, 5]}, dx))
    for mode, name in (("constant", "zeros"), ("reflect", "reflect"), ("replicate", "replicate"), ("circular", "circular")):
        x = numbers.tensor([1, 2, 3, 4])
        given = {"value": 0.5} if mode == "constant" else {}
        y = F.pad(x, (2, 3, 1, 2), mode, **given)
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        options = {"padding": [[0, 0], [0, 0], [1, 2], [2, 3]], "paddingMode": name, "paddingValue": given.get("value", 0)}
        cases.append(case(name, "pad", [x], options, y))
        cases.append(case(name, "padBackward", [dy], {**options, "inputShape": [1, 2, 3, 4]}, dx))
    x = numbers.tensor([3, 4])
    y = F.pad(x, (-1, 2, 1, -2))
    cases.append(case("crops", "pad", [x], {"padding": [[1, -2], [-1, 2]]}, y))
    x = numbers.tensor([3, 1])
    cases.append(case("two axes", "expand", [x, [2, 3, 4]], {}, x.expand(2, 3, 4).contiguous()))
    write(cases)


if __name__ == "__main__":
    main()
