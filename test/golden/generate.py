"""Makes golden.json: small convolutions and their gradients as PyTorch computes them in float64, one case on each line.

    /usr/bin/python3 test/golden/generate.py > test/golden/golden.json

It needs PyTorch alone; the file was made with 1.13 on a CPU. Gradients are what torch.autograd says, never a formula of ours.

Inputs are multiples of 1/8 (x, bias) and 1/4 (w, dy) from -2 to 2, so that every product and every sum of a convolution is a multiple
of 1/32 and exact in float64 in whatever order it is summed, and in half precision too: without an activation a case has one right
answer to the last bit. Results of an activation are printed with all their digits, the last of which are those of PyTorch's exp.

The border is made by torch.nn.functional.pad, as conv itself takes neither asymmetric padding nor a padding mode; where that refuses, by
indices of the cells that it repeats.
"""

import json
import sys
import zlib
from dataclasses import dataclass, replace
from typing import Callable, List, Optional, Tuple, Union

import torch
import torch.nn.functional as F

# Sums of one thread have one order, should a case ever have sums that round.
torch.set_num_threads(1)

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}

Pads = List[Tuple[int, int]]
ActivationOption = Union[str, dict]


@dataclass
class Problem:
    """One geometry; every list but the shapes has one entry for each spatial axis, and None is the default of its option."""

    name: str
    x: List[int]
    w: List[int]
    stride: Optional[List[int]] = None
    dilation: Optional[List[int]] = None
    padding: Optional[Pads] = None
    mode: str = "zeros"
    value: float = 0
    groups: int = 1
    output_padding: Optional[List[int]] = None
    bias: bool = False
    activation: Optional[ActivationOption] = None

    @property
    def rank(self) -> int:
        return len(self.x) - 2

    def per_axis(self, values: Optional[List[int]], initial: int) -> List[int]:
        return values or [initial] * self.rank

    def pads(self) -> Pads:
        return self.padding or [(0, 0)] * self.rank

    def options(self) -> dict:
        """The options as a user writes them, without defaults."""
        options = {
            "stride": self.stride,
            "dilation": self.dilation,
            "padding": self.padding,
            "paddingMode": None if self.mode == "zeros" else self.mode,
            "paddingValue": self.value or None,
            "groups": None if self.groups == 1 else self.groups,
            "outputPadding": self.output_padding,
            "activation": self.activation,
        }
        return {key: value for key, value in options.items() if value is not None}


# Convolutions: each forward and with the gradients of x and w; those with a bias with its gradient too.
CONVOLUTIONS = [
    Problem("1-D, batch, bias", [3, 2, 7], [2, 2, 3], padding=[(1, 1)], bias=True),
    Problem("1-D, stride 2 with a cell left over", [1, 3, 10], [2, 3, 3], stride=[2]),
    Problem("1-D, dilation 3, asymmetric padding", [1, 2, 12], [2, 2, 3], dilation=[3], padding=[(2, 4)]),
    Problem("1-D, stride beyond the kernel", [2, 2, 13], [3, 2, 2], stride=[5], padding=[(1, 0)]),
    Problem(
        "1-D, groups, even kernel, stride and dilation",
        [1, 4, 12],
        [6, 2, 4],
        stride=[2],
        dilation=[2],
        padding=[(3, 0)],
        groups=2,
    ),
    Problem("1-D, constant padding, 5 taps", [1, 3, 6], [2, 3, 5], padding=[(2, 3)], value=1.5),
    Problem("1-D, reflect as far as it reaches", [1, 2, 5], [2, 2, 3], padding=[(4, 3)], mode="reflect"),
    Problem(
        "1-D, replicate beyond the size, dilation",
        [1, 2, 4],
        [3, 2, 3],
        dilation=[2],
        padding=[(1, 6)],
        mode="replicate",
    ),
    Problem(
        "1-D, circular as far as it reaches, stride 3",
        [2, 2, 5],
        [2, 2, 4],
        stride=[3],
        padding=[(5, 2)],
        mode="circular",
    ),
    Problem("2-D, 3x3, padding 1, batch, bias", [2, 3, 4, 5], [4, 3, 3, 3], padding=[(1, 1), (1, 1)], bias=True),
    Problem("2-D, 5x5, padding 2", [1, 2, 6, 7], [2, 2, 5, 5], padding=[(2, 2), (2, 2)]),
    Problem("2-D, 1x1, bias", [2, 4, 3, 4], [5, 4, 1, 1], bias=True),
    Problem("2-D, 1x1, stride beyond the kernel", [1, 6, 5, 4], [4, 6, 1, 1], stride=[2, 3]),
    Problem(
        "2-D, a stride for each axis, asymmetric padding",
        [1, 2, 7, 8],
        [3, 2, 3, 2],
        stride=[2, 3],
        padding=[(1, 0), (0, 2)],
    ),
    Problem("2-D, a dilation for each axis", [1, 2, 7, 9], [2, 2, 3, 3], dilation=[2, 3], padding=[(2, 2), (3, 1)]),
    Problem(
        "2-D, stride and dilation",
        [1, 2, 8, 9],
        [3, 2, 3, 2],
        stride=[2, 3],
        dilation=[3, 2],
        padding=[(1, 3), (2, 0)],
    ),
    Problem("2-D, two groups, batch", [2, 4, 4, 4], [6, 2, 3, 3], padding=[(1, 1), (1, 1)], groups=2),
    Problem(
        "2-D, three groups, stride 2, bias",
        [1, 6, 5, 5],
        [3, 2, 3, 3],
        stride=[2, 2],
        padding=[(1, 1), (1, 1)],
        groups=3,
        bias=True,
    ),
    Problem("2-D, depthwise", [2, 3, 5, 4], [3, 1, 3, 3], padding=[(1, 1), (1, 1)], groups=3),
    Problem(
        "2-D, depthwise with multiplier 2, bias",
        [1, 3, 5, 5],
        [6, 1, 3, 2],
        stride=[1, 2],
        padding=[(1, 1), (0, 1)],
        groups=3,
        bias=True,
    ),
    Problem("2-D, kernel larger than the input", [1, 2, 2, 3], [2, 2, 4, 5], padding=[(2, 1), (2, 3)]),
    Problem("2-D, constant padding", [1, 2, 4, 4], [2, 2, 3, 3], padding=[(1, 2), (2, 0)], value=-0.75),
    Problem("2-D, reflect as far as it reaches", [1, 2, 4, 5], [2, 2, 3, 3], padding=[(3, 1), (2, 4)], mode="reflect"),
    Problem("2-D, replicate, batch", [2, 2, 3, 4], [2, 2, 3, 3], padding=[(2, 4), (1, 0)], mode="replicate"),
    Problem(
        "2-D, circular as far as it reaches", [1, 2, 4, 3], [3, 2, 3, 2], padding=[(4, 1), (0, 3)], mode="circular"
    ),
    Problem(
        "2-D, reflect, depthwise, stride and dilation",
        [1, 3, 6, 5],
        [3, 1, 3, 2],
        stride=[2, 1],
        dilation=[1, 2],
        padding=[(2, 2), (1, 3)],
        mode="reflect",
        groups=3,
    ),
    Problem("1-D, reflect round again", [1, 1, 4], [2, 1, 11], padding=[(5, 5)], mode="reflect"),
    Problem("1-D, circular round again, stride 2", [1, 1, 3], [2, 1, 4], stride=[2], padding=[(8, 7)], mode="circular"),
    Problem("2-D, reflect of one cell", [1, 1, 1, 4], [2, 1, 2, 3], padding=[(2, 1), (7, 3)], mode="reflect"),
    Problem("2-D, symmetric", [1, 2, 3, 4], [2, 2, 3, 2], padding=[(2, 3), (4, 0)], mode="symmetric"),
    Problem(
        "2-D, symmetric round again",
        [1, 1, 2, 3],
        [2, 1, 2, 3],
        stride=[2, 1],
        padding=[(5, 1), (0, 8)],
        mode="symmetric",
    ),
    Problem("2-D, negative padding", [1, 2, 6, 7], [2, 2, 3, 3], padding=[(-1, -2), (-1, 0)]),
    Problem(
        "2-D, cropped and padded", [1, 2, 6, 5], [2, 2, 3, 2], stride=[2, 2], padding=[(-2, 2), (3, -1)], value=0.5
    ),
    Problem("1-D, cropped and reflected", [1, 2, 6], [2, 2, 3], padding=[(-2, 5)], mode="reflect"),
    Problem(
        "3-D, cropped and replicated",
        [1, 2, 3, 4, 4],
        [2, 2, 2, 2, 2],
        padding=[(-1, 2), (1, -2), (2, -1)],
        mode="replicate",
    ),
    Problem("3-D, 3x3x3, padding 1, bias", [1, 2, 3, 3, 4], [2, 2, 3, 3, 3], padding=[(1, 1)] * 3, bias=True),
    Problem(
        "3-D, a stride for each axis",
        [1, 2, 5, 4, 5],
        [2, 2, 2, 2, 3],
        stride=[2, 1, 3],
        padding=[(0, 0), (1, 0), (1, 2)],
    ),
    Problem(
        "3-D, a dilation for each axis, constant padding",
        [1, 1, 5, 4, 6],
        [2, 1, 2, 3, 2],
        dilation=[3, 1, 2],
        padding=[(0, 1), (2, 0), (1, 1)],
        value=2,
    ),
    Problem("3-D, groups, batch", [2, 4, 2, 3, 3], [4, 2, 2, 2, 2], padding=[(0, 1), (1, 0), (0, 0)], groups=2),
    Problem(
        "3-D, depthwise with multiplier 2, stride beyond the kernel",
        [1, 3, 4, 4, 3],
        [6, 1, 2, 2, 2],
        stride=[3, 1, 2],
        padding=[(1, 0), (0, 0), (0, 1)],
        groups=3,
    ),
    Problem(
        "3-D, reflect",
        [1, 2, 3, 4, 3],
        [2, 2, 2, 3, 2],
        stride=[1, 2, 2],
        padding=[(2, 1), (0, 3), (1, 2)],
        mode="reflect",
    ),
    Problem(
        "3-D, replicate",
        [1, 2, 2, 3, 4],
        [2, 2, 3, 2, 3],
        stride=[2, 1, 2],
        padding=[(1, 3), (2, 0), (0, 1)],
        mode="replicate",
    ),
    Problem(
        "3-D, circular, batch",
        [2, 1, 3, 2, 4],
        [2, 1, 2, 3, 2],
        stride=[2, 1, 2],
        padding=[(1, 3), (2, 0), (0, 1)],
        mode="circular",
    ),
]

# Transposed convolutions: x [N, C, ...], w [C, K/groups, ...]; each forward and with the gradients of x and w.
TRANSPOSED = [
    Problem("1-D, stride 2, batch, bias", [2, 3, 4], [3, 2, 3], stride=[2], bias=True),
    Problem("1-D, stride beyond the kernel, output padding", [1, 2, 4], [2, 3, 2], stride=[4], output_padding=[3]),
    Problem("1-D, dilation, asymmetric padding", [1, 2, 6], [2, 2, 3], dilation=[2], padding=[(3, 1)]),
    Problem(
        "1-D, depthwise, stride and dilation",
        [2, 4, 5],
        [4, 1, 3],
        stride=[3],
        dilation=[2],
        padding=[(2, 2)],
        groups=4,
    ),
    Problem("2-D, 3x3, padding 1", [1, 3, 4, 5], [3, 4, 3, 3], padding=[(1, 1), (1, 1)]),
    Problem(
        "2-D, stride 2, padding 1, output padding 1, bias",
        [1, 2, 3, 4],
        [2, 3, 3, 3],
        stride=[2, 2],
        padding=[(1, 1), (1, 1)],
        output_padding=[1, 1],
        bias=True,
    ),
    Problem(
        "2-D, stride, dilation and output padding for each axis",
        [1, 2, 3, 3],
        [2, 2, 2, 3],
        stride=[2, 3],
        dilation=[3, 2],
        padding=[(1, 1), (2, 2)],
        output_padding=[0, 2],
    ),
    Problem(
        "2-D, asymmetric padding, stride 3, output padding",
        [2, 2, 3, 2],
        [2, 2, 3, 4],
        stride=[2, 3],
        padding=[(0, 2), (3, 1)],
        output_padding=[1, 2],
    ),
    Problem("1-D, output padding below the dilation", [1, 2, 5], [2, 2, 3], dilation=[3], output_padding=[2]),
    Problem(
        "2-D, output padding over the padding",
        [1, 2, 3, 3],
        [2, 2, 2, 3],
        stride=[1, 2],
        dilation=[3, 4],
        padding=[(1, 1), (2, 2)],
        output_padding=[2, 3],
        bias=True,
    ),
    Problem("2-D, negative padding, bias", [1, 2, 3, 2], [2, 2, 2, 3], padding=[(-1, -1), (-2, 1)], bias=True),
    Problem("2-D, groups, batch", [2, 4, 3, 3], [4, 3, 2, 2], stride=[2, 1], groups=2),
    Problem(
        "2-D, depthwise with multiplier 2, stride 2",
        [1, 3, 3, 3],
        [3, 2, 3, 3],
        stride=[2, 2],
        padding=[(1, 1), (1, 1)],
        groups=3,
    ),
    Problem("2-D, 1x1, stride beyond the kernel", [1, 4, 3, 3], [4, 3, 1, 1], stride=[2, 3], output_padding=[0, 1]),
    Problem("3-D, padding 1, bias", [1, 2, 3, 2, 3], [2, 2, 3, 3, 3], padding=[(1, 1)] * 3, bias=True),
    Problem(
        "3-D, stride and output padding for each axis, groups",
        [1, 4, 2, 2, 2],
        [4, 1, 2, 3, 2],
        stride=[2, 1, 3],
        padding=[(0, 0), (1, 2), (0, 1)],
        output_padding=[1, 0, 2],
        groups=2,
    ),
    Problem(
        "3-D, dilation, asymmetric padding",
        [1, 2, 3, 2, 2],
        [2, 1, 2, 2, 3],
        dilation=[2, 3, 1],
        padding=[(1, 0), (0, 2), (1, 1)],
    ),
]

# Every activation on a convolution with a bias: forward, and the gradients of x, w and the bias through the activation.
ACTIVATED = [
    Problem("2-D, relu", [1, 2, 4, 4], [3, 2, 3, 3], padding=[(1, 1), (1, 1)], activation="relu"),
    Problem(
        "2-D, relu6, depthwise", [2, 3, 3, 4], [3, 1, 3, 3], padding=[(1, 1), (1, 1)], groups=3, activation="relu6"
    ),
    Problem("1-D, leaky-relu", [2, 2, 8], [3, 2, 3], stride=[2], padding=[(1, 1)], activation="leaky-relu"),
    Problem(
        "2-D, leaky-relu of slope 0.25, replicate",
        [1, 2, 3, 4],
        [2, 2, 2, 2],
        padding=[(1, 0), (2, 1)],
        mode="replicate",
        activation={"name": "leaky-relu", "slope": 0.25},
    ),
    Problem("2-D, sigmoid, 1x1, batch", [2, 3, 3, 3], [2, 3, 1, 1], activation="sigmoid"),
    Problem(
        "1-D, tanh, groups, dilation", [1, 4, 8], [4, 2, 2], dilation=[2], padding=[(1, 2)], groups=2, activation="tanh"
    ),
    Problem(
        "2-D, silu, stride 2", [1, 2, 5, 6], [3, 2, 3, 3], stride=[2, 2], padding=[(1, 1), (1, 1)], activation="silu"
    ),
    Problem(
        "2-D, gelu, reflect", [1, 2, 4, 4], [2, 2, 2, 3], padding=[(1, 0), (1, 1)], mode="reflect", activation="gelu"
    ),
    Problem("3-D, elu", [1, 2, 3, 3, 3], [2, 2, 2, 2, 2], activation="elu"),
    Problem(
        "2-D, elu of alpha 2, constant padding",
        [1, 1, 4, 5],
        [3, 1, 2, 2],
        padding=[(1, 1), (0, 1)],
        value=0.5,
        activation={"name": "elu", "alpha": 2},
    ),
    Problem(
        "2-D, hardswish, circular, batch",
        [2, 1, 3, 4],
        [3, 1, 2, 3],
        padding=[(1, 0), (1, 1)],
        mode="circular",
        activation="hard-swish",
    ),
]
ACTIVATED = [replace(problem, bias=True) for problem in ACTIVATED]

# Sums on the very corners of piecewise activations, 0 and 6, where a derivative is a choice of side. (Those of hard-swish, -3 and 3,
# are left out: PyTorch changed its mind about them, https://github.com/pytorch/pytorch/pull/148049.)
CORNERS = [
    Problem(f"corners of {name}", [1, 1, 9], [1, 1, 1], bias=True, activation=option)
    for name, option in [
        ("relu", "relu"),
        ("relu6", "relu6"),
        ("leaky-relu", {"name": "leaky-relu", "slope": 0.25}),
        ("elu", {"name": "elu", "alpha": 2}),
    ]
]
CORNER_X, CORNER_W, CORNER_BIAS = [-2, -1.5, -1.25, -1, -0.75, 0, 1, 2, 1.75], [2], [2]  # 2 x + 2 is 0 at -1 and 6 at 2

# Transposed convolutions with an activation on the result, forward.
ACTIVATED_TRANSPOSED = [
    Problem(
        "2-D, relu6, stride 2",
        [1, 2, 3, 3],
        [2, 2, 3, 3],
        stride=[2, 2],
        padding=[(1, 1), (0, 1)],
        bias=True,
        activation="relu6",
    ),
    Problem("1-D, gelu", [2, 2, 5], [2, 3, 2], bias=True, activation="gelu"),
]


class Numbers:
    """Seeded by a name (crc32), so that a new case leaves the others as they are. Knuth's MMIX linear congruential generator."""

    def __init__(self, name: str):
        self.state = zlib.crc32(name.encode())

    def tensor(self, shape: List[int], step: float) -> torch.Tensor:
        """Multiples of step from -2 to 2."""
        values = []
        most = round(2 / step)
        for _ in range(torch.Size(shape).numel()):
            self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
            values.append(((self.state >> 33) % (2 * most + 1) - most) * step)
        return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()


def activation_of(option: Optional[ActivationOption]) -> Callable[[torch.Tensor], torch.Tensor]:
    fields = option if isinstance(option, dict) else {"name": option}
    return {
        None: lambda s: s,
        "relu": F.relu,
        "relu6": F.relu6,
        "leaky-relu": lambda s: F.leaky_relu(s, fields.get("slope", 0.01)),
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "silu": F.silu,
        "gelu": F.gelu,
        "elu": lambda s: F.elu(s, fields.get("alpha", 1)),
        "hard-swish": F.hardswish,
    }[fields["name"]]


def reaches_once(problem: Problem) -> bool:
    """Whether F.pad takes the padding: no further than to the other border."""
    less = {"reflect": 1, "circular": 0}.get(problem.mode)
    return less is None or all(max(pair) <= size - less for pair, size in zip(problem.pads(), problem.x[2:]))


def cell_of(position: int, size: int, mode: str) -> int:
    """The cell that a position repeats, found by mirroring or shifting it until it lies in the input."""
    while not 0 <= position < size:
        before = position < 0
        if mode == "replicate" or size == 1:
            position = 0 if before else size - 1
        elif mode == "circular":
            position += size if before else -size
        else:
            between = 1 if mode == "symmetric" else 0
            position = -between - position if before else 2 * (size - 1) + between - position
    return position


def convolve(problem: Problem, x: torch.Tensor, w: torch.Tensor, bias: Optional[torch.Tensor]) -> torch.Tensor:
    """conv(x, w) + bias, before the activation."""
    # F.pad takes the last axis first.
    pads = [pad for pair in reversed(problem.pads()) for pad in pair]
    if problem.mode == "zeros":
        padded = F.pad(x, pads, mode="constant", value=problem.value)
    elif all(0 <= pad for pad in pads) and problem.mode != "symmetric" and reaches_once(problem):
        padded = F.pad(x, pads, mode=problem.mode)
    else:
        padded = x
        for axis, (begin, end) in enumerate(problem.pads()):
            size = x.shape[axis + 2]
            cells = [cell_of(position, size, problem.mode) for position in range(-begin, size + end)]
            padded = padded.index_select(axis + 2, torch.tensor(cells))
    return CONV[problem.rank](
        padded,
        w,
        bias,
        stride=problem.per_axis(problem.stride, 1),
        dilation=problem.per_axis(problem.dilation, 1),
        groups=problem.groups,
    )


def convolve_transposed(
    problem: Problem, x: torch.Tensor, w: torch.Tensor, bias: Optional[torch.Tensor]
) -> torch.Tensor:
    """conv_transpose(x, w) + bias; padding takes cells away from the result, which conv_transpose does alike at both ends only."""
    pads = problem.pads()
    symmetric = all(begin == end >= 0 for begin, end in pads)
    grows = any(pad < 0 for pair in pads for pad in pair)
    if grows:
        # The cells that negative padding adds see nothing but the bias.
        plain = convolve_transposed(replace(problem, padding=None), x, w, None)
        y = F.pad(plain, [-pad for pair in reversed(pads) for pad in pair])
        return y if bias is None else y + bias.reshape([1, -1] + [1] * problem.rank)
    y = CONV_TRANSPOSE[problem.rank](
        x,
        w,
        bias,
        stride=problem.per_axis(problem.stride, 1),
        padding=[begin for begin, _ in pads] if symmetric else 0,
        output_padding=problem.per_axis(problem.output_padding, 0),
        groups=problem.groups,
        dilation=problem.per_axis(problem.dilation, 1),
    )
    if not symmetric:
        for axis, (begin, end) in enumerate(pads, start=2):
            y = y.narrow(axis, begin, y.shape[axis] - begin - end)
    return y


def check_exact(name: str, tensor: torch.Tensor) -> None:
    """Multiples of 1/32 up to 64 in size: they have at most 11 bits, as many as a half keeps."""
    scaled = tensor.detach() * 32
    assert bool((scaled == scaled.round()).all()) and float(scaled.abs().max()) <= 2048, name


def plain(tensor: torch.Tensor) -> dict:
    """Shape and numbers, whole ones without a point (and 0 without a sign); json prints the others with the digits they need."""
    values = tensor.detach().flatten().tolist()
    return {"shape": list(tensor.shape), "data": [int(v) if v == int(v) else v for v in values]}


def case(problem: Problem, pass_name: str, **fields) -> dict:
    return {"name": f"{pass_name}: {problem.name}", "pass": pass_name, "options": problem.options(), **fields}


def cases_of(problem: Problem, transposed: bool, gradients: bool) -> List[dict]:
    """The cases of one problem: forward, and if wanted the gradients of x and w and, where there is one, of the bias."""
    prefix = "transposed" if transposed else ""
    numbers = Numbers(f"{prefix} {problem.name}")
    x, w = numbers.tensor(problem.x, 1 / 8), numbers.tensor(problem.w, 1 / 4)
    channels = problem.w[1] * problem.groups if transposed else problem.w[0]
    bias = numbers.tensor([channels], 1 / 8) if problem.bias else None
    if problem in CORNERS:
        with torch.no_grad():
            for tensor, values in [(x, CORNER_X), (w, CORNER_W), (bias, CORNER_BIAS)]:
                tensor.copy_(torch.tensor(values, dtype=torch.float64).reshape(tensor.shape))
    s = (convolve_transposed if transposed else convolve)(problem, x, w, bias)
    y = activation_of(problem.activation)(s)
    check_exact(problem.name, s)
    if problem.activation == "hard-swish":
        assert not bool((s.abs() == 3).any()), problem.name
    forward = {"x": plain(x), "w": plain(w), **({"bias": plain(bias)} if problem.bias else {}), "expected": plain(y)}
    cases = [case(problem, prefix or "forward", **forward)]
    if not gradients:
        return cases

    dy = numbers.tensor(list(y.shape), 1 / 4)
    wanted = [x, w, bias] if problem.bias else [x, w]
    dx, dw, *db = torch.autograd.grad(y, wanted, dy)
    through = {}
    if problem.activation is None:
        for gradient in [dx, dw, *db]:
            check_exact(problem.name, gradient)
    else:
        through = {"preActivation": plain(s), "output": plain(y)}
    shapes = {"inputShape": problem.x, "kernelShape": problem.w}
    prefix = "transposed-" if transposed else ""
    cases += [
        case(problem, f"{prefix}backward-data", **shapes, w=plain(w), dy=plain(dy), **through, expected=plain(dx)),
        case(problem, f"{prefix}backward-weights", **shapes, x=plain(x), dy=plain(dy), **through, expected=plain(dw)),
    ]
    # The gradient of a transposed convolution's bias is the same sum over dy, and no pass of its own.
    if db and not transposed:
        cases.append(case(problem, "backward-bias", **shapes, dy=plain(dy), **through, expected=plain(db[0])))
    return cases


def main() -> None:
    cases = []
    for problem in [*CONVOLUTIONS, *ACTIVATED, *CORNERS]:
        cases += cases_of(problem, transposed=False, gradients=True)
    for problem in TRANSPOSED:
        cases += cases_of(problem, transposed=True, gradients=True)
    for problem in ACTIVATED_TRANSPOSED:
        cases += cases_of(problem, transposed=True, gradients=False)
    assert len({one["name"] for one in cases}) == len(cases), "two cases have the same name"
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
    sys.stdout.write(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
