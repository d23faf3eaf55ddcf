"""Region alignment: torchvision's rules, whose samples are F.grid_sample's with aligned corners and a border, and its gradient."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write

ROIS = [[0.5, 1.25, 6.5, 4.75], [-2.25, -1.5, 3.125, 2.0], [3.0, 2.0, 9.625, 8.875]]
IMAGES = [1, 0, 1]

ALIGNMENTS = [
    ("two samples", {"outputSize": [2, 3], "samplingRatio": 2}),
    ("adaptive samples", {"outputSize": [2, 2]}),
    ("scaled, not moved by half a cell", {"outputSize": [3, 2], "spatialScale": 0.5, "coordinates": "output-half-pixel"}),
]


def places(low: float, high: float, bins: int, options: dict) -> torch.Tensor:
    """The samples [bins, samples] of a region along an axis."""
    scale = options.get("spatialScale", 1.0)
    moved = options.get("coordinates", "half-pixel") == "half-pixel"
    start = low * scale - (0.5 if moved else 0.0)
    size = (high - low) * scale
    size = size if moved else max(size, 1.0)
    count = options.get("samplingRatio") or -int(-size / bins // 1)
    steps = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    return start + (torch.arange(bins, dtype=torch.float64)[:, None] + steps) * (size / bins)


def align(x: torch.Tensor, options: dict) -> torch.Tensor:
    height, width = x.shape[2:]
    regions = []
    for (x0, y0, x1, y1), image in zip(ROIS, IMAGES):
        rows = places(y0, y1, options["outputSize"][0], options)
        columns = places(x0, x1, options["outputSize"][1], options)
        v, h = rows.flatten(), columns.flatten()
        grid = torch.stack(
            torch.broadcast_tensors(2 * h[None, :] / (width - 1) - 1, 2 * v[:, None] / (height - 1) - 1), -1
        )
        samples = F.grid_sample(x[image : image + 1], grid[None], "bilinear", "border", True)[0]
        inside = ((v >= -1) & (v <= height))[:, None] & ((h >= -1) & (h <= width))[None, :]
        samples = (samples * inside).reshape(x.shape[1], *rows.shape, *columns.shape)
        regions.append(samples.mean((2, 4)))
    return torch.stack(regions)


def main() -> None:
    cases = []
    for name, options in ALIGNMENTS:
        numbers = Numbers(name)
        x = numbers.tensor([2, 2, 6, 8])
        y = align(x, options)
        dy = numbers.tensor(list(y.shape))
        (dx,) = torch.autograd.grad(y, [x], dy)
        given = [torch.tensor(ROIS), torch.tensor(IMAGES)]
        cases.append(case(name, "roiAlign", [x, *given], options, y))
        cases.append(case(name, "roiAlignBackward", [dy, *given], {**options, "inputShape": [2, 2, 6, 8]}, dx))
    write(cases)


if __name__ == "__main__":
    main()
