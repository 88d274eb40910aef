"""Writes a delta that saveDelta of @unmask/id3 wrote into a PyTorch model whose tensors have the same names, exactly (in float32)."""

import json

import torch
from safetensors import safe_open


def apply_delta(model: torch.nn.Module, path: str) -> None:
    state = model.state_dict()
    with safe_open(path, "pt") as file:
        shapes = json.loads(file.metadata()["shapes"])  # of the parameters with selected entries
        for name, shape in shapes.items():
            if list(state[name].shape) != shape:
                raise ValueError(f"{name} has shape {list(state[name].shape)}, and the delta is for {shape}")
            state[name].view(-1)[file.get_tensor(f"{name}.indices").long()] = file.get_tensor(f"{name}.values").to(state[name])
        for name in set(file.keys()) - {f"{name}.{part}" for name in shapes for part in ("indices", "values")}:
            state[name].copy_(file.get_tensor(name))  # trained in full
