"""Normalisations (F.batch_norm, F.layer_norm, F.instance_norm, F.group_norm, F.normalize) and their gradients. PyTorch 1.13 has no
rms_norm, which is composed here; layer_norm over axes that do not lie together is one of moved axes."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, write


def plain(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def batch(cases, name, shape, affine, eps=1e-5, momentum=0.1):
    numbers = Numbers(name)
    x, scale, bias = numbers.tensor(shape), numbers.tensor(shape[1:2]), numbers.tensor(shape[1:2])
    mean, variance = numbers.tensor(shape[1:2]).detach(), numbers.tensor(shape[1:2]).detach().abs() + 0.5
    weight = (scale, bias) if affine else (None, None)
    given = {"scale": plain(scale), "bias": plain(bias)} if affine else {}
    by = {"scale": plain(scale)} if affine else {}
    own = {"epsilon": eps if eps != 1e-5 else None}
    for training in [False, True]:
        running = mean.clone(), variance.clone()
        y = F.batch_norm(x, *running, *weight, training, momentum, eps)
        dy = numbers.tensor(shape)
        gradients = torch.autograd.grad(y, [x, scale, bias] if affine else [x], dy)
        axes = [0, *range(2, len(shape))]
        own_mean, own_variance = x.mean(axes), x.var(axes, unbiased=False)
        inverse = 1 / torch.sqrt(own_variance + eps)
        if training:
            result = {"y": y, "mean": own_mean, "inverseDeviation": inverse}
            result.update({"runningMean": running[0], "runningVariance": running[1]})
            state = {"runningMean": plain(mean), "runningVariance": plain(variance)}
            rate = {"momentum": momentum if momentum != 0.1 else None}
            cases.append(case(name, "batchNormTraining", [x], {**given, **state, **own, **rate}, result))
            saved = {"mean": plain(own_mean), "inverseDeviation": plain(inverse)}
        else:
            saved = {"mean": plain(mean), "variance": plain(variance), **own}
            cases.append(case(name, "batchNorm", [x], {**given, **saved}, y))
        if affine:
            result = dict(zip(["dx", "dscale", "dbias"], gradients))
            title = f"{name}, {'training' if training else 'inference'}"
            cases.append(case(title, "batchNormBackward", [dy, x], {**by, **saved}, result))


def grouped(cases, name, call, shape, parameters, apply, options, eps=1e-5):
    numbers = Numbers(name)
    x, scale, bias = numbers.tensor(shape), numbers.tensor(parameters), numbers.tensor(parameters)
    y = apply(x, scale, bias, eps)
    dy = numbers.tensor(shape)
    dx, dscale, dbias = torch.autograd.grad(y, [x, scale, bias], dy)
    own = {**options, "scale": plain(scale), "epsilon": eps if eps != 1e-5 else None}
    cases.append(case(name, call, [x], {**own, "bias": plain(bias)}, y))
    cases.append(case(name, f"{call}Backward", [dy, x], own, {"dx": dx, "dscale": dscale, "dbias": dbias}))


def moved(axes):
    """Layer normalisation over any axes, with parameters in their order."""

    def apply(x, scale, bias, eps):
        last = list(range(-len(axes), 0))
        y = F.layer_norm(x.movedim(axes, last), [x.shape[axis] for axis in axes], scale, bias, eps)
        return y.movedim(last, axes)

    return apply


def statistics(cases, name, shape, axes):
    x = Numbers(name).tensor(shape)
    mean, variance = x.mean(axes, keepdim=True), x.var(axes, unbiased=False, keepdim=True)
    inverse = 1 / torch.sqrt(variance + 1e-5)
    result = {"y": (x - mean) * inverse, "mean": mean, "inverseDeviation": inverse}
    cases.append(case(name, "layerNormWithStatistics", [x], {"axes": axes}, result))


def roots(cases, name, shape, axes, eps):
    numbers = Numbers(name)
    sizes = [shape[axis] for axis in axes]
    x, scale, dy = numbers.tensor(shape), numbers.tensor(sizes), numbers.tensor(shape)
    last = list(range(-len(axes), 0))
    own = x.movedim(axes, last)
    inverse = 1 / torch.sqrt((own * own).mean(last, keepdim=True) + (2**-23 if eps is None else eps))
    y = (own * inverse * scale).movedim(last, axes)
    dx, dscale = torch.autograd.grad(y, [x, scale], dy)
    given = {"axes": axes, "scale": plain(scale), "epsilon": eps}
    cases.append(case(name, "rmsNorm", [x], given, y))
    cases.append(case(name, "rmsNormBackward", [dy, x], given, {"dx": dx, "dscale": dscale}))


def norms(cases, name, shape, p, axis, eps=None):
    numbers = Numbers(name)
    x, dy = numbers.tensor(shape), numbers.tensor(shape)
    y = F.normalize(x, p, axis, 1e-12 if eps is None else eps)
    (dx,) = torch.autograd.grad(y, [x], dy)
    given = {"p": p if p != 2 else None, "axis": axis if axis != 1 else None, "epsilon": eps}
    cases.append(case(name, "lpNormalize", [x], given, y))
    cases.append(case(name, "lpNormalizeBackward", [dy, x], given, dx))


def along(cases, name, shape, axis):
    numbers = Numbers(name)
    x, scale, bias = numbers.tensor(shape), numbers.tensor([shape[axis]]), numbers.tensor([shape[axis]])
    mean, variance = numbers.tensor([shape[axis]]).detach(), numbers.tensor([shape[axis]]).detach().abs() + 0.5
    y = F.batch_norm(x.movedim(axis, 1), mean, variance, scale, bias, False).movedim(1, axis)
    given = {"mean": plain(mean), "variance": plain(variance), "scale": plain(scale), "bias": plain(bias), "axis": axis}
    cases.append(case(name, "batchNorm", [x], given, y))


def main() -> None:
    cases = []
    batch(cases, "2-D", [2, 3, 2, 3], True)
    batch(cases, "1-D, without parameters", [2, 2, 4], False, eps=0.01)
    batch(cases, "rows", [5, 3], True, momentum=0.3)
    batch(cases, "3-D", [1, 2, 2, 2, 3], True, eps=0.1)

    def layer(axes):
        return lambda x, scale, bias, eps: F.layer_norm(x, list(x.shape[-axes:]), scale, bias, eps)

    def channels(x, scale, bias, eps):
        return F.layer_norm(x.movedim(1, -1), [x.shape[1]], scale, bias, eps).movedim(-1, 1)

    def group(groups):
        return lambda x, scale, bias, eps: F.group_norm(x, groups, scale, bias, eps)

    def instance(x, scale, bias, eps):
        return F.instance_norm(x, weight=scale, bias=bias, eps=eps)

    for axes, shape in [(3, [2, 3, 2, 3]), (2, [2, 2, 3, 2]), (1, [2, 2, 2, 5]), (1, [3, 7])]:
        name = f"the last {axes} of {len(shape)}"
        grouped(cases, name, "layerNorm", shape, shape[-axes:], layer(axes), {"axes": axes})
    grouped(cases, "channels", "layerNorm", [2, 4, 2, 2], [4], channels, {"axes": "channels"}, 1e-6)
    grouped(cases, "2-D", "instanceNorm", [2, 3, 2, 3], [3], instance, {})
    grouped(cases, "1-D", "instanceNorm", [1, 2, 7], [2], instance, {}, 0.01)
    grouped(cases, "2-D", "groupNorm", [2, 6, 2, 2], [6], group(2), {"groups": 2})
    grouped(cases, "rows", "groupNorm", [3, 6], [6], group(3), {"groups": 3}, 0.01)
    grouped(cases, "3-D, one group", "groupNorm", [1, 4, 2, 1, 3], [4], group(1), {"groups": 1})
    for axes, shape in [([1, 3], [2, 3, 2, 4]), ([3, 1], [2, 3, 2, 4]), ([0, 2], [3, 2, 4]), ([-1, 0, 2], [2, 2, 3, 2, 3])]:
        grouped(cases, f"over {axes}", "layerNorm", shape, [shape[axis] for axis in axes], moved(axes), {"axes": axes})
    statistics(cases, "statistics over [3, 1]", [2, 3, 2, 4], [3, 1])
    roots(cases, "roots over the last axis", [2, 3, 5], [2], 1e-5)
    roots(cases, "roots over [2, 0]", [2, 3, 4], [2, 0], None)
    norms(cases, "channels", [2, 5, 3], 2, 1)
    norms(cases, "magnitudes of rows", [3, 4], 1, -1)
    norms(cases, "below epsilon", [2, 3], 2, 0, 50)
    along(cases, "along axis 2", [2, 3, 4], 2)
    along(cases, "along axis 0", [4, 3, 2], 0)
    write(cases)


if __name__ == "__main__":
    main()
