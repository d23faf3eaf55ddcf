"""Steps of torch.optim's optimisers: the state after three, from the state after two."""

import torch
from cases import Numbers, case, write


def steps(make, w, gradients):
    """The weights and the optimiser's state before and after the last of some steps."""
    w = w.detach().clone().requires_grad_()
    optimiser = make([w])
    for at, gradient in enumerate(gradients):
        before = w.detach().clone(), {k: v.clone() for k, v in optimiser.state[w].items() if torch.is_tensor(v)}
        w.grad = gradient.detach().clone()
        optimiser.step()
    return before, (w.detach(), optimiser.state[w])


def plain(tensor):
    return {"shape": list(tensor.shape), "data": tensor.flatten().tolist()}


def main() -> None:
    cases = []
    for name, options in [
        ("plain", {"lr": 0.1}),
        ("weight decay", {"lr": 0.1, "weight_decay": 0.01}),
        ("momentum", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
        ("Nesterov", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01, "nesterov": True}),
    ]:
        numbers = Numbers(name)
        gradients = [numbers.tensor([2, 3]) for _ in range(3)]
        (w, state), (after, kept) = steps(lambda p: torch.optim.SGD(p, **options), numbers.tensor([2, 3]), gradients)
        given = {
            "learningRate": options["lr"],
            "momentum": options.get("momentum"),
            "weightDecay": options.get("weight_decay"),
            "nesterov": options.get("nesterov"),
        }
        result = {"w": after}
        if "momentum" in options:
            given["velocity"] = plain(state["momentum_buffer"])
            result["velocity"] = kept["momentum_buffer"]
        cases.append(case(name, "sgd", [w, gradients[-1]], given, result))
    for name, kind, options in [
        ("plain", torch.optim.Adam, {}),
        ("weight decay", torch.optim.Adam, {"weight_decay": 0.1, "betas": (0.8, 0.99), "eps": 1e-4}),
        ("decoupled weight decay", torch.optim.AdamW, {"weight_decay": 0.1}),
    ]:
        numbers = Numbers(name)
        gradients = [numbers.tensor([2, 3]) for _ in range(3)]
        (w, state), (after, kept) = steps(lambda p: kind(p, lr=0.01, **options), numbers.tensor([2, 3]), gradients)
        betas = options.get("betas")
        given = {
            "learningRate": 0.01,
            "beta1": betas and betas[0],
            "beta2": betas and betas[1],
            "epsilon": options.get("eps"),
            "weightDecay": options.get("weight_decay"),
            "decoupled": True if kind is torch.optim.AdamW else None,
            "step": 3,
            "m": plain(state["exp_avg"]),
            "v": plain(state["exp_avg_sq"]),
        }
        cases.append(
            case(name, "adam", [w, gradients[-1]], given, {"w": after, "m": kept["exp_avg"], "v": kept["exp_avg_sq"]})
        )
    write(cases)


if __name__ == "__main__":
    main()
