"""Makes packages/models/fixtures/rotary.json: cosines and sines of rotary positions by HF transformers.

usage: python tools/reference/rotary.py     (from the repository root; needs torch, transformers)

Written with torch 2.15, transformers 5.23.0. Each case holds fields of a config.json, positions, and for each position the
cosines, then the sines, of a head's first half.
"""

import json
from pathlib import Path

import torch
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

BASE = {"hidden_size": 64, "num_attention_heads": 4, "max_position_embeddings": 4096}
# Older checkpoints have rope_theta and rope_scaling, newer ones rope_parameters.
CASES = {
    "default": {},
    "another base": {"rope_theta": 500000.0, "rope_scaling": None},
    "explicit head size": {"head_dim": 24, "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0}},
    "linear": {"rope_theta": 10000.0, "rope_scaling": {"type": "linear", "factor": 4.0}},
    "dynamic": {"rope_parameters": {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}, "max_position_embeddings": 512},
    "llama3": {"rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 1024}},
    "llama3 without the original length": {"rope_parameters": {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}},
    "yarn": {"rope_theta": 1000000.0, "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024}},
    "yarn with all options": {"rope_parameters": {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 16.0, "original_max_position_embeddings": 256, "beta_fast": 16.0, "beta_slow": 2.0, "mscale": 0.7, "mscale_all_dim": 1.2, "truncate": False}},
    "yarn with a given amplitude": {"rope_parameters": {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 16.0, "original_max_position_embeddings": 256, "attention_factor": 1.5}},
}
POSITIONS = [0, 1, 7, 100, 1500]


def make(fields: dict) -> dict:
    fields = {**BASE, **fields}
    tables = LlamaRotaryEmbedding(LlamaConfig(**json.loads(json.dumps(fields))))(torch.zeros(1), torch.tensor([POSITIONS]))
    halves = [table[0, :, : table.shape[-1] // 2] for table in tables]
    return {"config": fields, "positions": POSITIONS, "cos": halves[0].tolist(), "sin": halves[1].tolist()}


lines = [f"  {json.dumps(name)}: {json.dumps(make(fields))}" for name, fields in CASES.items()]
Path("packages/models/fixtures/rotary.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
