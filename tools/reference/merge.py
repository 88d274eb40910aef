"""Checks a folder that mergeDelta of @unmask/id3 wrote against the base model with the delta applied to it.

usage: python tools/reference/merge.py MERGED_FOLDER BASE_FOLDER DELTA

Needs torch, transformers and safetensors. Written with torch 2.15 and transformers 5.23.
"""

import json
import sys

import torch
from transformers import AutoModelForSequenceClassification, logging

from apply_delta import apply_delta

logging.set_verbosity_error()
merged_folder, base_folder, delta = sys.argv[1:]
merged, report = AutoModelForSequenceClassification.from_pretrained(merged_folder, output_loading_info=True)
base = AutoModelForSequenceClassification.from_pretrained(base_folder, num_labels=merged.config.num_labels, dtype=torch.float32)
apply_delta(base, delta)

generator = torch.Generator().manual_seed(3)
inputs = torch.randint(5, base.config.vocab_size, (4, 12), generator=generator)
with torch.no_grad():
    logits = [model.eval()(input_ids=inputs).logits for model in (merged, base)]
weights = merged.state_dict()
print(json.dumps({
    "dtype": str(merged.dtype),
    "missing": sorted(report["missing_keys"]),
    "unexpected": sorted(report["unexpected_keys"]),
    "maxDifferenceOfLogits": (logits[0] - logits[1]).abs().max().item(),
    "maxDifferenceOfWeights": max((tensor - weights[name]).abs().max().item() for name, tensor in base.state_dict().items()),
}))
