"""Checks adapters that saveShira of @unmask/id3 writes against Hugging Face PEFT.

usage: python tools/reference/shira.py                               makes packages/id3/fixtures/shira
       python tools/reference/shira.py ADAPTER_FOLDER BASE_FOLDER DELTA   compares logits of the adapter and of the delta itself

Run it from the repository root; needs torch, transformers, safetensors and peft. Written with torch 2.15, transformers 5.23,
peft 0.21. The fixture is a made-up delta of packages/models/fixtures/tiny-bert, the adapter that PEFT itself saves for it,
with a mask function that knows the delta's indices, and the logits of the base with the delta's values written in.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import PeftModel, ShiraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification, logging

from apply_delta import apply_delta

logging.set_verbosity_error()

BASE = Path("packages/models/fixtures/tiny-bert")
FIXTURE = Path("packages/id3/fixtures/shira")
LAYER = "bert.encoder.layer."
RANK = 2
# Entries changed: layers that SHiRA can hold, then what only modules_to_save can hold.
TARGETS = {f"{LAYER}0.attention.self.query": 20, f"{LAYER}0.attention.self.value": 100, f"{LAYER}0.intermediate.dense": 150, f"{LAYER}1.output.dense": 192}
OTHERS = {
    f"{LAYER}1.attention.self.value.weight": 5, f"{LAYER}1.attention.self.value.bias": 3, f"{LAYER}1.intermediate.dense.weight": 1500,
    f"{LAYER}1.output.LayerNorm.bias": 4, "bert.embeddings.word_embeddings.weight": 30,
}


def load_base(folder: Path) -> torch.nn.Module:
    """The base in float32; its new head does not matter, since every delta and adapter brings one."""
    return AutoModelForSequenceClassification.from_pretrained(folder, num_labels=2, dtype=torch.float32).eval()


@torch.no_grad()
def logits_of(model: torch.nn.Module, inputs: dict) -> torch.Tensor:
    return model(**inputs).logits


def inputs_for(vocabulary: int) -> dict:
    generator = torch.Generator().manual_seed(3)
    mask = torch.ones(4, 12, dtype=torch.long)
    mask[2, 7:] = 0
    return {
        "input_ids": torch.randint(5, vocabulary, (4, 12), generator=generator) * mask,
        "token_type_ids": (torch.arange(12) > 6).long().expand(4, 12) * mask, "attention_mask": mask,
    }


def compare(adapter: Path, base: Path, delta: Path) -> dict:
    applied = load_base(base)
    apply_delta(applied, str(delta))
    inputs = inputs_for(applied.config.vocab_size)
    direct, untrained = logits_of(applied, inputs), logits_of(load_base(base), inputs)
    adapted = PeftModel.from_pretrained(load_base(base), adapter).eval()
    through_peft = logits_of(adapted, inputs)
    merged = adapted.merge_and_unload()
    weights = {name: (tensor - merged.state_dict()[name]).abs() for name, tensor in applied.state_dict().items()}
    return {
        "logits": direct.flatten().tolist(),
        "maxDifferenceOfLogits": (through_peft - direct).abs().max().item(),
        "maxDifferenceOfMergedLogits": (logits_of(merged, inputs) - direct).abs().max().item(),
        "maxDifferenceOfWeights": max(each.max().item() for each in weights.values()),
        "inexactWeights": sum(int((each > 0).sum()) for each in weights.values()),
        "changeOfLogits": (untrained - direct).abs().max().item(),
    }


def make_delta(base: torch.nn.Module) -> dict:
    """Writes the delta; returns indices and new values by parameter name."""
    torch.manual_seed(11)
    state, chosen, tensors = base.state_dict(), {}, {}
    for name, count in {**{f"{module}.weight": count for module, count in TARGETS.items()}, **OTHERS}.items():
        indices = torch.randperm(state[name].numel())[:count].sort().values
        values = state[name].flatten()[indices] + torch.randn(count) * 0.3
        values[::3] *= 1e-3  # so near zero that new - base rounds
        chosen[name] = indices, values
        tensors |= {f"{name}.indices": indices.int(), f"{name}.values": values}
    tensors |= {"classifier.weight": torch.randn(2, 32), "classifier.bias": torch.randn(2)}
    shapes = json.dumps({name: list(state[name].shape) for name in chosen})
    save_file(tensors, FIXTURE / "delta.safetensors", {"format": "unmask-delta", "version": "1", "shapes": shapes})
    return chosen


def make_adapter(base: torch.nn.Module, chosen: dict) -> None:
    """Lets PEFT build and save the adapter."""
    modules = {id(base.get_submodule(name)): name for name in TARGETS}

    def places(name: str) -> torch.Tensor:
        """The chosen places, and the first others up to RANK · (rows + columns)."""
        weight, chosen_places = base.get_submodule(name).weight, chosen[f"{name}.weight"][0]
        used = torch.zeros(weight.numel(), dtype=torch.bool).index_fill_(0, chosen_places, True)
        spare = (~used).nonzero().flatten()[: RANK * sum(weight.shape) - len(chosen_places)]
        return torch.cat([chosen_places, spare]).sort().values

    def mask_function(layer: torch.nn.Module, r: int, **_: object) -> torch.Tensor:
        mask = torch.zeros(layer.weight.numel())
        mask[places(modules[id(layer)])] = 1
        return mask.view(layer.weight.shape)

    every_place = {name: places(name) for name in TARGETS}
    former = {name: base.get_submodule(name).weight.detach().clone().flatten() for name in TARGETS}
    saved = sorted({"classifier", *[name.rpartition(".")[0] for name in OTHERS]})
    config = ShiraConfig(r=RANK, mask_type="unmask", target_modules=list(TARGETS), modules_to_save=[*saved], inference_mode=True, task_type="SEQ_CLS")
    config.mask_fn = mask_function
    model = get_peft_model(base, config)
    trained = load_base(BASE)
    apply_delta(trained, str(FIXTURE / "delta.safetensors"))
    with torch.no_grad():
        for name, where in every_place.items():
            layer = model.base_model.model.get_submodule(name)
            layer.shira_weight["default"].copy_(trained.get_submodule(name).weight.flatten()[where] - former[name][where])
        for name in saved:
            model.base_model.model.get_submodule(name).modules_to_save["default"].load_state_dict(trained.get_submodule(name).state_dict())
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            (FIXTURE / name).write_bytes((Path(folder) / name).read_bytes())


def make_fixture() -> None:
    FIXTURE.mkdir(parents=True, exist_ok=True)
    make_adapter(load_base(BASE), make_delta(load_base(BASE)))
    report = compare(FIXTURE, BASE, FIXTURE / "delta.safetensors")
    applied = load_base(BASE)
    apply_delta(applied, str(FIXTURE / "delta.safetensors"))
    inputs = inputs_for(applied.config.vocab_size)
    tensors = {**{name: tensor.int() for name, tensor in inputs.items()}, "logits": logits_of(applied, inputs)}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, FIXTURE / "expected.safetensors")
    print(json.dumps(report))


if len(sys.argv) == 4:
    print(json.dumps(compare(*map(Path, sys.argv[1:]))))
else:
    make_fixture()
