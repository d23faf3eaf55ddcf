"""What the generators beside this file share. Each is run by itself and prints its cases as JSON, one on each line:

    cd test/golden/operations && /usr/bin/python3 pooling.py > pooling.json

They need PyTorch alone; the files were made with 1.13 on a CPU, in float64. Gradients are what torch.autograd says, never a formula of ours.

A case is a call of the reference: its name, its arguments in their order (arrays, and other values as they stand) with the options last,
and what it returns: an array, or arrays by their names.
"""

import json
import sys
import zlib
from typing import Any, Dict, List, Union

import torch

torch.set_num_threads(1)


class Numbers:
    """Seeded by a name (crc32), so that a new case leaves the others as they are. Knuth's MMIX linear congruential generator."""

    def __init__(self, name: str):
        self.state = zlib.crc32(name.encode())

    def next(self) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self.state >> 33

    def tensor(self, shape: List[int], step: float = 1 / 8, most: float = 2) -> torch.Tensor:
        """Multiples of step from -most to most; distinct ones are what `distinct` is for."""
        count = round(most / step)
        values = [(self.next() % (2 * count + 1) - count) * step for _ in range(torch.Size(shape).numel())]
        return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()

    def distinct(self, shape: List[int], step: float = 1 / 8) -> torch.Tensor:
        """Multiples of step around 0, no two the same, in no order: what has one largest in every window."""
        count = torch.Size(shape).numel()
        order = list(range(count))
        for at in range(count - 1, 0, -1):
            other = self.next() % (at + 1)
            order[at], order[other] = order[other], order[at]
        values = [(value - count // 2) * step for value in order]
        return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()


def plain(value: Any) -> Any:
    """A tensor as an array of the reference; everything else as it stands."""
    if isinstance(value, torch.Tensor):
        return {"shape": list(value.shape), "data": value.detach().double().flatten().tolist()}
    return value


def case(name: str, call: str, arguments: List[Any], options: dict, result: Union[torch.Tensor, Dict[str, torch.Tensor]]) -> dict:
    """One call of the reference. Options that are None are left out."""
    given = {key: value for key, value in options.items() if value is not None}
    named = {key: plain(value) for key, value in result.items()} if isinstance(result, dict) else plain(result)
    return {"name": name, "call": call, "arguments": [plain(one) for one in arguments], "options": given, "result": named}


def write(cases: List[dict]) -> None:
    names = [(one["call"], one["name"]) for one in cases]
    assert len(set(names)) == len(names), "two cases have the same name"
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
    sys.stdout.write(f"[\n{lines}\n]\n")
