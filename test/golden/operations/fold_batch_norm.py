"""Batch normalisation folded into weights (torch.nn.utils.fusion)."""

from cases import Numbers, case, write
from torch.nn.utils.fusion import fuse_conv_bn_weights, fuse_linear_bn_weights


def plain(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def main() -> None:
    cases = []
    for name, shape, fuse, options in [
        ("2-D", [4, 2, 3, 2], fuse_conv_bn_weights, {}),
        ("1-D, without a bias", [3, 1, 5], fuse_conv_bn_weights, {}),
        ("transposed", [2, 3, 2, 2], lambda *a: fuse_conv_bn_weights(*a, transpose=True), {"transposed": True}),
        ("fully connected", [3, 4], fuse_linear_bn_weights, {}),
    ]:
        numbers = Numbers(name)
        channels = shape[1] if options else shape[0]
        w = numbers.tensor(shape)
        mean, scale, bias, conv_bias = (numbers.tensor([channels]) for _ in range(4))
        variance = numbers.tensor([channels]).abs() + 0.5
        own = None if "without" in name else conv_bias
        folded, folded_bias = fuse(w, own, mean, variance, 0.01, scale, bias)
        given = {"mean": plain(mean), "variance": plain(variance), "scale": plain(scale), "bias": plain(bias)}
        given.update({"epsilon": 0.01, "convBias": own if own is None else plain(own), **options})
        cases.append(case(name, "foldBatchNorm", [w], given, {"w": folded, "bias": folded_bias}))
    write(cases)


if __name__ == "__main__":
    main()
