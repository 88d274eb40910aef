"""Writes what PyTorch's AdamW does to a few weights, as the reference of packages/optimizers.

    python tools/reference/adamw.py > packages/optimizers/fixtures/adamw.json
"""

import json

import torch

torch.manual_seed(0)
cases = []
for options in ({}, {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.1}, {"weightDecay": 0.0}):
    weights = torch.nn.Parameter(torch.randn(16))
    optimizer = torch.optim.AdamW(
        [weights],
        lr=0.01,
        betas=(options.get("beta1", 0.9), options.get("beta2", 0.999)),
        eps=options.get("epsilon", 1e-8),
        weight_decay=options.get("weightDecay", 0.01),
    )
    case = {"options": options, "initial": weights.tolist(), "steps": []}
    for step in range(1, 9):
        gradient = torch.randn(16) * 10.0 ** torch.randint(-4, 3, (16,))
        gradient[step % 16] = 0.0
        learning_rate = 0.01 / step
        optimizer.param_groups[0]["lr"] = learning_rate
        weights.grad = gradient
        optimizer.step()
        case["steps"].append({"learningRate": learning_rate, "gradients": gradient.tolist(), "weights": weights.tolist()})
    cases.append(case)
print(json.dumps({"torch": torch.__version__, "cases": cases}))
