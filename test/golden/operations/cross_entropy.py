"""F.cross_entropy and F.nll_loss, and their gradients."""

import torch
import torch.nn.functional as F
from cases import Numbers, case, plain, write

CASES = [
    ("classes", [4, 5], {}),
    ("classes, ignored ones, weights", [2, 3, 2, 3], {"weight": True, "ignoreIndex": 1}),
    ("classes, smoothed, weights", [3, 4, 5], {"weight": True, "labelSmoothing": 0.3}),
    ("classes, smoothed, the sum", [3, 4], {"labelSmoothing": 0.1, "reduction": "sum"}),
    ("classes, each, ignored ones", [2, 3, 4], {"reduction": "none", "labelSmoothing": 0.1}),
    ("probabilities", [3, 4], {}),
    ("probabilities, smoothed, weights", [2, 3, 2, 2], {"weight": True, "labelSmoothing": 0.2}),
    ("probabilities, each", [2, 3, 4], {"reduction": "none", "weight": True}),
]

LIKELIHOODS = [
    ("likelihoods", [4, 5], {}),
    ("likelihoods, ignored ones, weights", [2, 3, 2, 3], {"weight": True, "ignoreIndex": 1}),
    ("likelihoods, each", [2, 3, 4], {"reduction": "none"}),
]


def main() -> None:
    cases = []
    for name, shape, given in CASES:
        numbers = Numbers(name)
        logits = numbers.tensor(shape, most=4)
        classes = shape[1]
        weight = numbers.tensor([classes]).detach().abs() + 0.5 if given.get("weight") else None
        if name.startswith("classes"):
            target = torch.tensor([numbers.next() % classes for _ in range(logits[:, 0].numel())]).reshape(logits[:, 0].shape)
            if name.endswith("ignored ones"):
                target.view(-1)[::3] = -100
        else:
            target = numbers.tensor(shape).detach().abs()
        reduction = given.get("reduction", "mean")
        loss = F.cross_entropy(
            logits,
            target,
            weight,
            ignore_index=given.get("ignoreIndex", -100),
            reduction=reduction,
            label_smoothing=given.get("labelSmoothing", 0.0),
        )
        if reduction != "none":
            loss = loss.reshape(1)
        dy = numbers.tensor(list(loss.shape))
        (dx,) = torch.autograd.grad(loss, [logits], dy)
        options = {**given, "weight": plain(weight)}
        cases.append(case(name, "crossEntropy", [logits, target], options, loss))
        cases.append(case(name, "crossEntropyBackward", [logits, target], {**options, "dy": plain(dy)}, dx))
    for name, shape, given in LIKELIHOODS:
        numbers = Numbers(name)
        logarithms = numbers.tensor(shape, most=4)
        classes = shape[1]
        weight = numbers.tensor([classes]).detach().abs() + 0.5 if given.get("weight") else None
        target = torch.tensor([numbers.next() % classes for _ in range(logarithms[:, 0].numel())]).reshape(logarithms[:, 0].shape)
        reduction = given.get("reduction", "mean")
        ignored = given.get("ignoreIndex", -100)
        loss = F.nll_loss(logarithms, target, weight, ignore_index=ignored, reduction=reduction)
        if reduction != "none":
            loss = loss.reshape(1)
        dy = numbers.tensor(list(loss.shape))
        (dx,) = torch.autograd.grad(loss, [logarithms], dy)
        options = {**given, "weight": plain(weight)}
        cases.append(case(name, "negativeLogLikelihood", [logarithms, target], options, loss))
        backward = {**options, "dy": plain(dy)}
        cases.append(case(name, "negativeLogLikelihoodBackward", [logarithms, target], backward, dx))
    write(cases)


if __name__ == "__main__":
    main()
