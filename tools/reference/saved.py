"""Loads the folders that tools/acceptance/saved.ts wrote with HF transformers, and compares logits.

usage: python tools/reference/saved.py FOLDER

Prints a line a model; exits with 1 when a key is missing or unexpected, or a logit is further off than 1e-4. Needs torch,
transformers and safetensors. Written with torch 2.15 and transformers 5.23.
"""

import json
import sys
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import load_file

AUTO = {
    "ForSequenceClassification": hf.AutoModelForSequenceClassification,
    "ForTokenClassification": hf.AutoModelForTokenClassification,
    "ForMaskedLM": hf.AutoModelForMaskedLM,
    "ForCausalLM": hf.AutoModelForCausalLM,
    "LMHeadModel": hf.AutoModelForCausalLM,
}
TOLERANCE = 1e-4

hf.logging.set_verbosity_error()
hf.logging.disable_progress_bar()


def load(folder: Path) -> tuple:
    [architecture] = json.loads((folder / "config.json").read_text())["architectures"]
    auto = next(auto for suffix, auto in AUTO.items() if architecture.endswith(suffix))
    model, report = auto.from_pretrained(folder, output_loading_info=True, attn_implementation="eager")
    assert type(model).__name__ == architecture, f"{architecture} loads as {type(model).__name__}"
    return model.eval(), {kind: sorted(keys) for kind, keys in report.items() if keys}


def largest_difference(model: torch.nn.Module, expected: dict) -> float:
    """Over the positions that hold tokens."""
    mask = expected["attention_mask"].bool()
    names = ["input_ids", "attention_mask"]
    if getattr(model.config, "type_vocab_size", 0) > 1:
        names.append("token_type_ids")
    inputs = {name: expected[name].long() for name in names}
    with torch.no_grad():
        difference = (model(**inputs).logits - expected["logits"]).abs()
    return (difference if difference.dim() == 2 else difference[mask]).max().item()


failed = False
for folder in sorted(Path(sys.argv[1]).iterdir()):
    model, report = load(folder / "model")
    difference = largest_difference(model, load_file(folder / "expected.safetensors"))
    failed |= bool(report) or difference > TOLERANCE
    tokenizer = type(hf.AutoTokenizer.from_pretrained(folder / "model")).__name__ if (folder / "model/tokenizer.json").exists() else None
    print(json.dumps({"model": folder.name, "class": type(model).__name__, "labels": model.config.num_labels, "problem": model.config.problem_type, "dtype": str(model.dtype), "keys": report, "tokenizer": tokenizer, "maxDifference": difference}))
sys.exit(failed)
