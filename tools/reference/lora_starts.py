"""Where LoRA's factors start in Hugging Face PEFT, by each init_lora_weights that looks at weights or data.

usage: python tools/reference/lora_starts.py     (from the repository root; needs torch, transformers, peft, safetensors)

Written with torch 2.15, transformers 5.24, peft 0.21.2. The file holds the token ids of some batches of one sequence and, for each
start, the factors of some layers of tiny-llama. PEFT approximates singular values by random numbers; here it has exact ones. Its
LoftQ takes quantizers from bitsandbytes on a graphics card; here they are written out.
"""

from pathlib import Path

import peft
import torch
import transformers as hf
from peft.tuners.lora.corda import preprocess_corda
from peft.tuners.lora.eva import initialize_lora_eva_weights
from peft.tuners.lora.loraga import preprocess_loraga
from peft.utils.loftq_utils import _low_rank_decomposition
from safetensors.torch import save_file

MODEL = "packages/models/fixtures/tiny-llama"
OUT = Path("packages/adapters/fixtures/lora-starts/starts.safetensors")
LAYERS = ["model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.q_proj"]
BATCHES = [torch.randint(3, 60, (1, 24), generator=torch.Generator().manual_seed(batch)) for batch in range(4)]
LEVELS = torch.tensor([-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
                       0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1])  # fmt: skip


def exact_svd(matrix: torch.Tensor, q: int = 6, niter: int = 2, M: object = None) -> tuple:
    u, s, v = torch.linalg.svd(matrix, full_matrices=False)
    return u[:, :q], s[:q], v[:q].T


torch.svd_lowrank = exact_svd
peft.tuners.lora.layer.svd_lowrank = exact_svd


def load() -> torch.nn.Module:
    return hf.AutoModelForCausalLM.from_pretrained(MODEL, attn_implementation="eager", attention_dropout=0.0).eval()


def config(**fields: object) -> peft.LoraConfig:
    return peft.LoraConfig(lora_alpha=6, **({"r": 3, "target_modules": ["q_proj", "v_proj"]} | fields))


def factors(model: peft.PeftModel) -> dict:
    tensors = {}
    for layer in LAYERS:
        module = model.base_model.model.get_submodule(layer)
        if hasattr(module, "lora_A"):
            tensors |= {f"{layer}.{each}": getattr(module, each)["default"].weight.detach() for each in ["lora_A", "lora_B"]}
            tensors[f"{layer}.base"] = module.base_layer.weight.detach()
            tensors[f"{layer}.scale"] = torch.tensor([float(module.scaling["default"])])
    return tensors


def from_weights(init: str) -> dict:
    return factors(peft.get_peft_model(load(), config(init_lora_weights=init)))


def corda(method: str) -> dict:
    model, settings = load(), config(init_lora_weights="corda", corda_config=peft.tuners.lora.config.CordaConfig(corda_method=method))
    preprocess_corda(model, settings, run_model=lambda: [model(ids) for ids in BATCHES])
    return factors(peft.get_peft_model(model, settings))


def lora_ga(**fields: object) -> dict:
    model, settings = load(), config(init_lora_weights="lora_ga", lora_ga_config=peft.tuners.lora.config.LoraGAConfig(**fields))
    preprocess_loraga(model, settings, lambda: [model(ids, labels=ids).loss.backward() for ids in BATCHES])
    return factors(peft.get_peft_model(model, settings))


def eva(target_modules: object = ("q_proj", "v_proj"), **fields: object) -> dict:
    model = peft.get_peft_model(load(), config(init_lora_weights="eva", r=2, target_modules=list(target_modules), eva_config=peft.EvaConfig(**fields)))
    batches = [{"input_ids": ids, "attention_mask": torch.ones_like(ids)} for ids in BATCHES]
    initialize_lora_eva_weights(model, batches, show_progress_bar=False)
    return factors(model)


def quantized(values: torch.Tensor, bits: int) -> torch.Tensor:
    if bits == 8:
        largest = values.abs().amax(1, keepdim=True)
        return (values * 127 / largest).round() * largest / 127
    blocks = values.reshape(-1, 64)
    largest = blocks.abs().amax(1, keepdim=True)
    return (LEVELS[((blocks / largest)[..., None] - LEVELS).abs().argmin(-1)] * largest).reshape(values.shape)


def loftq(bits: int, iterations: int) -> dict:
    tensors, model = {}, load()
    for layer in LAYERS:
        weight = model.get_submodule(layer).weight.detach()
        rest = weight
        for _ in range(iterations):
            base = quantized(rest, bits)
            found = _low_rank_decomposition(weight - base, reduced_rank=3)
            rest = weight - found["L"] @ found["R"]
        tensors |= {f"{layer}.lora_A": found["R"], f"{layer}.lora_B": found["L"], f"{layer}.base": base, f"{layer}.scale": torch.tensor([2.0])}
    return tensors


STARTS = {
    "pissa": from_weights("pissa"),
    "pissa_niter_4": from_weights("pissa_niter_4"),
    "olora": from_weights("olora"),
    "mica": from_weights("mica"),
    "corda-ipm": corda("ipm"),
    "corda-kpm": corda("kpm"),
    "lora_ga": lora_ga(),
    "lora_ga-ArBr-svd": lora_ga(direction="ArBr", scale="weight_svd"),
    "lora_ga-A2rBr-gd": lora_ga(direction="A2rBr", scale="gd_scale"),
    "eva": eva(),
    "eva-whiten": eva(["q_proj"], whiten=True, adjust_scaling_factors=False),  # PEFT whitens layers with the same inputs twice
    "loftq-4": loftq(4, 2),
    "loftq-8": loftq(8, 1),
}
OUT.parent.mkdir(exist_ok=True)
tensors = {f"{start}/{name}": tensor.contiguous().clone() for start, found in STARTS.items() for name, tensor in found.items()}
save_file({"inputs": torch.cat(BATCHES).int()} | tensors, OUT)
OUT.chmod(0o644)
