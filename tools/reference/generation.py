"""Makes generation.json beside each tiny decoder of packages/models/fixtures: what HF transformers generates with it.

usage: python tools/reference/generation.py [folder ...]     (from the repository root, after models.py; needs torch, transformers, safetensors)

Written with torch 2.15, transformers 5.23.0. By default all folders that have logits of a language-model head.
"""

import json
import sys
from pathlib import Path

import torch
import transformers as hf
from safetensors import safe_open
from safetensors.torch import load_file

FIXTURES = Path("packages/models/fixtures")
MAX_NEW_TOKENS = 10
PAD = 0
BEAMS = [
    {"num_beams": beams, "length_penalty": penalty, "early_stopping": early}
    for beams, penalty, early in [(2, 1.0, False), (4, 0.6, False), (4, 1.0, True)]
]


def is_decoder(folder: Path) -> bool:
    with safe_open(folder / "expected.safetensors", "pt") as file:
        return "causal-lm/logits" in file.keys()


def load(folder: Path, expected: dict) -> hf.PreTrainedModel:
    """The model with the head that the fixture's logits were computed with."""
    model = hf.AutoModelForCausalLM.from_config(hf.AutoConfig.from_pretrained(folder), attn_implementation="eager").eval()
    model.base_model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    prefix = "causal-lm/parameter/"
    model.load_state_dict({name.removeprefix(prefix): tensor for name, tensor in expected.items() if name.startswith(prefix)}, strict=False)
    model.generation_config = hf.GenerationConfig()
    return model


def generate(model: hf.PreTrainedModel, prompts: list, eos: list, **options) -> list:
    """The new tokens of each prompt, up to the one that ends it."""
    columns = max(map(len, prompts))
    ids = torch.tensor([[PAD] * (columns - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (columns - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    output = model.generate(ids, attention_mask=mask, max_new_tokens=MAX_NEW_TOKENS, do_sample=False, pad_token_id=PAD, eos_token_id=eos or None, **options)
    ended = []
    for row in output[:, columns:].tolist():
        ends = [place for place, token in enumerate(row) if token in eos]
        ended.append(row[: ends[0] + 1] if ends else row)
    return ended


def make(folder: Path) -> None:
    expected = load_file(folder / "expected.safetensors")
    model = load(folder, expected)
    inputs = {"input_ids": expected["inputs/input_ids"].long(), "attention_mask": expected["inputs/attention_mask"].long()}
    with torch.no_grad():
        difference = (model(**inputs).logits - expected["causal-lm/logits"])[inputs["attention_mask"] == 1].abs().max()
    assert difference < 1e-4, f"{folder}: these are not the weights of the fixture's logits"

    lengths = inputs["attention_mask"].sum(1).tolist()
    prompts = [row[:length] for row, length in zip(inputs["input_ids"].tolist(), lengths)]
    endless = generate(model, prompts, [])
    eos = sorted({endless[0][4], endless[1][7]})  # so that rows end at different lengths
    # one by one, since HF transformers counts padding as repeated too
    penalized = [generate(model, [prompt], eos, repetition_penalty=1.3)[0] for prompt in prompts]
    greedy = {"1": generate(model, prompts, eos), "1.3": penalized}
    beams = [{**options, "ids": generate(model, prompts, eos, **options)} for options in BEAMS]
    content = {"prompts": prompts, "maxNewTokens": MAX_NEW_TOKENS, "eosIds": eos, "endless": endless, "greedyByPenalty": greedy, "beams": beams}
    (folder / "generation.json").write_text(json.dumps(content) + "\n")


folders = [FIXTURES / name for name in sys.argv[1:]] or sorted(path for path in FIXTURES.glob("tiny-*") if is_decoder(path))
for folder in folders:
    make(folder)
