"""Writes what PyTorch's AdamW and SGD, and Lion as published, do to a few weights: the reference of packages/optimizers.

    python tools/reference/optimizers.py packages/optimizers/fixtures
"""

import json
import sys
from pathlib import Path

import torch


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al., "Symbolic Discovery of Optimization Algorithms" (NeurIPS 2023). PyTorch has none."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for weights in group["params"]:
                mean = self.state[weights].setdefault("mean", torch.zeros_like(weights))
                direction = (beta1 * mean + (1 - beta1) * weights.grad).sign()
                weights -= group["lr"] * (direction + group["weight_decay"] * weights)
                mean.copy_(beta2 * mean + (1 - beta2) * weights.grad)


def adamw(weights, options):
    return torch.optim.AdamW(
        [weights],
        lr=0.01,
        betas=(options.get("beta1", 0.9), options.get("beta2", 0.999)),
        eps=options.get("epsilon", 1e-8),
        weight_decay=options.get("weightDecay", 0.01),
    )


def sgd(weights, options):
    return torch.optim.SGD(
        [weights],
        lr=0.01,
        momentum=options.get("momentum", 0.0),
        nesterov=options.get("nesterov", False),
        weight_decay=options.get("weightDecay", 0.0),
    )


def lion(weights, options):
    betas = (options.get("beta1", 0.9), options.get("beta2", 0.99))
    return Lion([weights], lr=0.01, betas=betas, weight_decay=options.get("weightDecay", 0.0))


RULES = {
    "adamw": (adamw, ({}, {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.1}, {"weightDecay": 0.0})),
    "sgd": (
        sgd,
        ({}, {"weightDecay": 0.1}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True, "weightDecay": 0.1}),
    ),
    "lion": (lion, ({}, {"beta1": 0.8, "beta2": 0.95, "weightDecay": 0.1})),
}

folder = Path(sys.argv[1])
for name, (make, settings) in RULES.items():
    torch.manual_seed(0)
    cases = []
    for options in settings:
        weights = torch.nn.Parameter(torch.randn(16))
        optimizer = make(weights, options)
        case = {"options": options, "initial": weights.tolist(), "steps": []}
        for step in range(1, 9):
            gradient = torch.randn(16) * 10.0 ** torch.randint(-4, 3, (16,))
            gradient[step % 16] = 0.0
            learning_rate = 0.01 / step
            optimizer.param_groups[0]["lr"] = learning_rate
            weights.grad = gradient
            optimizer.step()
            case["steps"].append(
                {"learningRate": learning_rate, "gradients": gradient.tolist(), "weights": weights.tolist()}
            )
        cases.append(case)
    (folder / f"{name}.json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")
