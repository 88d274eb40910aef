"""Prompt and prefix tuning as Hugging Face PEFT computes them.

usage: python tools/reference/prompts.py          makes packages/adapters/fixtures/virtual-tokens
       python tools/reference/prompts.py FOLDER   loads what tools/acceptance/prompts.ts saved in FOLDER, and compares logits

Run it from the repository root; needs torch, transformers, safetensors and peft. Written with torch 2.15, transformers 5.23,
peft 0.21. A fixture is an adapter that PEFT saved, with values drawn from a seed, and the logits at the tokens of the inputs
that the model's own fixture has. PEFT gives prompt tuning of decoders logits of the prompt as well, which are left out.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import PeftModel, PrefixTuningConfig, PromptEncoderConfig, PromptTuningConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, logging

logging.set_verbosity_error()

MODELS = Path("packages/models/fixtures")
FIXTURES = Path("packages/adapters/fixtures/virtual-tokens")
LABELS = 3
VIRTUAL_TOKENS = 3
METHODS = {"prompt-tuning": PromptTuningConfig, "prefix-tuning": PrefixTuningConfig, "p-tuning": PromptEncoderConfig}
# The task of each model.
TASKS = {"tiny-bert": "SEQ_CLS", "tiny-roberta": "SEQ_CLS", "tiny-gpt2": "CAUSAL_LM", "tiny-llama": "CAUSAL_LM"}


def load_base(model: str, task: str) -> torch.nn.Module:
    torch.manual_seed(5)
    folder = MODELS / model
    if task == "CAUSAL_LM":
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    return AutoModelForSequenceClassification.from_pretrained(folder, num_labels=LABELS, dtype=torch.float32).eval()


def inputs_of(model: str) -> dict:
    tensors = load_file(MODELS / model / "expected.safetensors")
    names = ["input_ids", "attention_mask"] + ["token_type_ids"] * (model == "tiny-bert")
    return {name: tensors[f"inputs/{name}"].long() for name in names}


@torch.no_grad()
def logits_of(adapted: torch.nn.Module, model: str) -> torch.Tensor:
    inputs = inputs_of(model)
    logits = adapted.eval()(**inputs).logits
    return logits[:, -inputs["input_ids"].shape[1]:] if logits.dim() == 3 else logits


def make_fixture(method: str, model: str) -> None:
    task = TASKS[model]
    adapted = get_peft_model(load_base(model, task), METHODS[method](task_type=task, num_virtual_tokens=VIRTUAL_TOKENS))
    folder = FIXTURES / f"{method}-{model}"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as saved:
        adapted.save_pretrained(saved)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            (folder / name).write_bytes((Path(saved) / name).read_bytes())
    save_file({"logits": logits_of(adapted, model).contiguous()}, folder / "expected.safetensors")


def compare(folder: Path) -> float:
    """The largest difference of a logit where there is a token."""
    case = json.loads((folder / "case.json").read_text())
    model, task = case["model"], case["task"]
    adapted = PeftModel.from_pretrained(load_base(model, task), folder / "adapter")
    difference = (logits_of(adapted, model) - load_file(folder / "expected.safetensors")["logits"]).abs()
    if difference.dim() == 3:
        difference = difference[inputs_of(model)["attention_mask"] == 1]
    return difference.max().item()


if len(sys.argv) == 2:
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        print(f"{folder.name}: logits differ by {compare(folder):.1e} at most")
else:
    for method in METHODS:
        for model in TASKS:
            make_fixture(method, model)
