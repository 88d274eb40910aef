"""Writes packages/id3/fixtures/toolkit.json: what the official ID3 toolkit chooses and trains in a few small runs.

usage: python tools/reference/toolkit.py   (from the repository root; needs torch, and selective-optimizers from PyPI)

Written with selective-optimizers 0.4 round torch 2.15's AdamW. Its `eps` is the score's; AdamW's own stays 1e-8.

`runs` are settings in which the toolkit does what the algorithm says; each records the smallest relative gap in score between
the last entry chosen and the first one left out, which has to be far above rounding for the choice to be comparable.
`longer` and `handmade` are settings in which release 0.4 departs from the algorithm:

- `longer`: its step counter stays at zero, so that with T not dividing B each step, not only the first B mod T, chooses one
  entry more: B + T - (B mod T) in all.
- `handmade.ties`: where entries tie at the cutoff it drops the surplus from the front of one tensor, whatever these score, and
  leaves out the tensors behind it.
- `handmade.zeros`: with too few gradients other than zero the cutoff is zero and everything ties, so entries that have no
  gradient at all are chosen instead of those that have one.
"""

import base64
import json
import math
from importlib.metadata import version
from pathlib import Path

import torch
from selective_optimizers.wrap import get_selective_optimizer
from torch import nn

ID3 = get_selective_optimizer(torch.optim.AdamW, "id3")
BATCH = 16


class Classifier(nn.Module):
    """features, or tokens whose vectors are put side by side -> hidden -> classes"""

    def __init__(self, activation: str, inputs: int, hidden: int, classes: int, vocabulary: int = 0, length: int = 0):
        super().__init__()
        if vocabulary:
            self.embedding = nn.Embedding(vocabulary, inputs // length)
        self.hidden = nn.Linear(inputs, hidden)
        self.output = nn.Linear(hidden, classes)
        self.activation = {"tanh": torch.tanh, "gelu": nn.functional.gelu}[activation]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if hasattr(self, "embedding"):
            x = self.embedding(x).flatten(1)
        return self.output(self.activation(self.hidden(x)))


def pack(tensor: torch.Tensor) -> str:
    return base64.b64encode(tensor.detach().contiguous().numpy().astype("<f4").tobytes()).decode()


def make_optimizer(parameters: dict, options: dict, dense: list):
    competing = [parameter for name, parameter in parameters.items() if name not in dense]
    whole = [parameters[name] for name in dense]
    groups = [{"params": competing}] + ([{"params": whole, "choose_all": True}] if whole else [])
    # The toolkit's budget includes what trains whole; `options` counts the chosen entries alone.
    budget = options["budget"] + sum(parameter.numel() for parameter in whole)
    return ID3(
        groups, lr=options["learningRate"], betas=(options["beta1"], options["beta2"]), weight_decay=0.0, verify=False,
        budget=budget, max_steps=options["steps"], exp=options["exponent"], eps=options["epsilon"],
    )


def masks_of(optimizer, parameters: dict, dense: list) -> dict:
    names = [name for name in parameters if name not in dense]
    return {name: mask.flatten().clone() for name, mask in zip(names, optimizer.param_groups[0]["chosen_masks"])}


def step(optimizer, parameters: dict, options: dict, dense: list) -> tuple:
    """One step: the flat indices that it newly chose, by parameter, and the gap in score between these and the rest."""
    before = masks_of(optimizer, parameters, dense)
    scores = {
        name: parameters[name].grad.double().abs().flatten()
        / (parameters[name].detach().double().abs().flatten() + options["epsilon"]) ** options["exponent"]
        for name in before
    }
    optimizer.step()
    after = masks_of(optimizer, parameters, dense)
    new = {name: after[name] & ~before[name] for name in after}
    lowest_in = min(scores[name][new[name]].min().item() for name in new if new[name].any())
    highest_out = max(scores[name][~after[name]].max().item() for name in new if not after[name].all())
    chosen = {name: mask.nonzero().flatten().tolist() for name, mask in new.items() if mask.any()}
    return chosen, lowest_in / highest_out - 1 if highest_out > 0 else math.inf


def train(seed: int, activation: str, sizes: dict, options: dict, dense: list) -> dict:
    torch.manual_seed(seed)
    model = Classifier(activation, **sizes)
    parameters = dict(model.named_parameters())
    initial = {name: pack(parameter) for name, parameter in parameters.items()}
    batches = []
    for _ in range(4):
        labels = torch.randint(0, sizes["classes"], (BATCH,))
        if "vocabulary" in sizes:
            # Of the vocabulary each batch holds a part, and one word in eight occurs in no batch: these rows get gradient zero.
            words = torch.randperm(sizes["vocabulary"] * 7 // 8)[: sizes["vocabulary"] // 2]
            batches.append((words[torch.randint(0, len(words), (BATCH, sizes["length"]))], labels))
        else:
            batches.append((torch.randn(BATCH, sizes["inputs"]), labels))

    optimizer = make_optimizer(parameters, options, dense)
    chosen, gaps = [], []
    for index in range(options["steps"]):
        inputs, labels = batches[index % len(batches)]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        one, gap = step(optimizer, parameters, options, dense)
        chosen.append(one)
        gaps.append(gap)
    return {
        "activation": activation, "sizes": sizes, "options": options, "dense": dense,
        "batches": [{"inputs": i.flatten().tolist() if "vocabulary" in sizes else pack(i), "labels": l.tolist()} for i, l in batches],
        "parameters": [{"name": name, "shape": list(p.shape), "initial": initial[name], "final": pack(p)} for name, p in parameters.items()],
        "chosen": chosen, "smallestGap": float(f"{min(gaps):.3g}"),
    }


def handmade(options: dict, shapes: dict, steps: list) -> dict:
    """Gradients given by hand, on weights that start at zero."""
    parameters = {name: nn.Parameter(torch.zeros(shape)) for name, shape in shapes.items()}
    optimizer = make_optimizer(parameters, options, [])
    chosen = []
    for gradients in steps:
        for name, values in gradients.items():
            parameters[name].grad = torch.tensor(values, dtype=torch.float32).reshape(shapes[name])
        chosen.append(step(optimizer, parameters, options, [])[0])
    return {"options": options, "shapes": shapes, "gradients": steps, "chosen": chosen}


def options_of(budget: int, steps: int, **others: float) -> dict:
    return {"exponent": 1.0, "epsilon": 1e-3, "beta1": 0.9, "beta2": 0.999, "learningRate": 0.01, "budget": budget, "steps": steps, **others}


def main() -> None:
    torch.set_num_threads(1)
    features = {"inputs": 12, "hidden": 24, "classes": 3}
    words = {"inputs": 48, "hidden": 16, "classes": 4, "vocabulary": 40, "length": 6}
    other = {"exponent": 0.5, "epsilon": 0.1, "beta1": 0.8, "beta2": 0.95}
    head = ["output.weight", "output.bias"]
    fixture = {
        "toolkit": f"selective-optimizers {version('selective-optimizers')}",
        "torch": torch.__version__,
        "runs": {
            "features, gelu": train(1, "gelu", features, options_of(150, 50), []),
            "tokens, tanh": train(2, "tanh", words, options_of(250, 50), []),
            "tokens, tanh, whole head": train(12, "tanh", words, options_of(200, 50, **other), head),
        },
        "longer": train(4, "gelu", features, options_of(107, 10), []),
        "handmade": {
            "ties": handmade(options_of(4, 1, epsilon=1.0), {"a": [6], "b": [4]}, [{"a": [5, 1, 1, 1, 1, 1], "b": [9, 8, 0, 0]}]),
            "zeros": handmade(
                options_of(12, 2, epsilon=1.0),
                {"embedding": [6, 2], "bias": [3]},
                [
                    {"embedding": [0, 0, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0], "bias": [5, 4, 0]},
                    {"embedding": [7, 6, 3, 2, 9, 8, 1, 0, 0, 0, 1, 2], "bias": [5, 4, 3]},
                ],
            ),
        },
    }
    path = Path("packages/id3/fixtures/toolkit.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    for name, run in {**fixture["runs"], "longer": fixture["longer"]}.items():
        total = sum(len(indices) for one in run["chosen"] for indices in one.values())
        print(f"{name}: chosen {total} of a budget of {run['options']['budget']}, smallest gap {run['smallestGap']}")
    for name, case in fixture["handmade"].items():
        print(f"{name}: {case['chosen']}")
    print(f"{path}: {path.stat().st_size} bytes")


main()
