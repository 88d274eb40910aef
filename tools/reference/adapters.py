"""Makes packages/adapters/fixtures: adapters of HF PEFT, and what it computes with them.

usage: python tools/reference/adapters.py [name ...]     (from the repository root; needs torch, transformers, peft, safetensors)
       python tools/reference/adapters.py --check FOLDER

Written with torch 2.15, transformers 5.23 and 5.24, peft 0.21.2. Each folder holds an adapter as PEFT saves it, with changed values, and
expected.safetensors with the logits of its model's inputs (packages/models/fixtures); for those that train also the losses of some
steps without dropout, the gradients of the first step, and the values after the last one. With --check it loads the
adapters that tools/acceptance/adapters.ts wrote to a folder, prints a line for each, and exits with 1 when a logit is
further off than 1e-4.
"""

import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import peft
import torch
import transformers as hf
from peft.tuners.boft import layer as boft
from safetensors.torch import load_file, save_file

MODELS = Path("packages/models/fixtures")
FIXTURES = Path("packages/adapters/fixtures")
LABELS = 3
LEARNING_RATE = 0.01
TOLERANCE = 1e-4

warnings.filterwarnings("ignore")
hf.logging.set_verbosity_error()
hf.logging.disable_progress_bar()


@dataclass
class Case:
    model: str  # of packages/models/fixtures
    config: peft.PeftConfig
    steps: int = 0  # of training
    words: int = 0  # that the vocabulary is resized to


BERT = {"task_type": "SEQ_CLS"}
LLAMA = {"task_type": "CAUSAL_LM"}
SCHEDULE = {"init_r": 4, "target_r": 2, "tinit": 1, "tfinal": 2, "deltaT": 2, "total_step": 8}
CASES = {
    "lora-bert": Case("tiny-bert", peft.LoraConfig(r=4, lora_alpha=6, **BERT), steps=1),
    "lora-llama": Case("tiny-llama", peft.LoraConfig(r=3, lora_alpha=6, lora_dropout=0.1, **LLAMA)),
    "rslora-patterns-bert": Case(
        "tiny-bert",
        peft.LoraConfig(r=2, target_modules="all-linear", use_rslora=True, rank_pattern={r"0\..*": 4, "pooler.dense": 3}, alpha_pattern={"query": 5}, **BERT),
    ),
    "rslora-patterns-llama": Case(
        "tiny-llama",
        peft.LoraConfig(r=2, target_modules=["q_proj", "down_proj"], use_rslora=True, rank_pattern={"q_proj": 4}, alpha_pattern={r"layers.1\..*": 5}, **LLAMA),
    ),
    "dora-bert": Case("tiny-bert", peft.LoraConfig(r=2, use_dora=True, target_modules=["query", "word_embeddings"], **BERT), steps=1),
    "dora-gpt2": Case("tiny-gpt2", peft.LoraConfig(r=2, use_dora=True, fan_in_fan_out=True, **LLAMA)),
    "biases-all-bert": Case("tiny-bert", peft.LoraConfig(r=2, bias="all", **BERT)),
    "biases-lora-only-bert": Case("tiny-bert", peft.LoraConfig(r=2, bias="lora_only", **BERT), steps=1),
    "lora-bias-bert": Case("tiny-bert", peft.LoraConfig(r=2, lora_bias=True, **BERT)),
    "embeddings-bert": Case("tiny-bert", peft.LoraConfig(r=2, target_modules=["word_embeddings", "value"], **BERT)),
    "embeddings-llama": Case("tiny-llama", peft.LoraConfig(r=2, target_modules=["embed_tokens", "v_proj"], **LLAMA)),
    "adalora-bert": Case("tiny-bert", peft.AdaLoraConfig(lora_alpha=6, **SCHEDULE, **BERT), steps=8),
    "adalora-llama": Case("tiny-llama", peft.AdaLoraConfig(target_modules=["q_proj", "down_proj"], **SCHEDULE, **LLAMA)),
    "ia3-bert": Case("tiny-bert", peft.IA3Config(**BERT), steps=1),
    "ia3-llama": Case("tiny-llama", peft.IA3Config(**LLAMA)),
    "ia3-gpt2": Case("tiny-gpt2", peft.IA3Config(fan_in_fan_out=True, **LLAMA)),
    "pissa-bert": Case("tiny-bert", peft.LoraConfig(r=3, lora_alpha=6, init_lora_weights="pissa", **BERT), steps=1),
    "pissa-gpt2": Case("tiny-gpt2", peft.LoraConfig(r=2, use_rslora=True, init_lora_weights="pissa", fan_in_fan_out=True, **LLAMA)),
    "olora-dora-llama": Case("tiny-llama", peft.LoraConfig(r=3, init_lora_weights="olora", use_dora=True, target_modules=["q_proj", "down_proj"], **LLAMA)),
    "mica-bert": Case("tiny-bert", peft.LoraConfig(r=2, init_lora_weights="mica", **BERT), steps=1),
    "tokens-llama": Case("tiny-llama", peft.LoraConfig(r=2, trainable_token_indices=[7, 33, 12], **LLAMA)),
    "tokens-bert": Case("tiny-bert", peft.LoraConfig(r=2, trainable_token_indices={"word_embeddings": [7, 12]}, **BERT), steps=1),
    "parameters-llama": Case("tiny-llama", peft.LoraConfig(r=2, target_modules=[], target_parameters=["q_proj.weight", "mlp.up_proj.weight"], **LLAMA)),
    "resized-llama": Case("tiny-llama", peft.LoraConfig(r=2, **LLAMA), words=90),
    "ln-tuning-bert": Case("tiny-bert", peft.LNTuningConfig(target_modules=["LayerNorm"], **BERT), steps=1),
    "ln-tuning-llama": Case("tiny-llama", peft.LNTuningConfig(**LLAMA)),
    "loha-bert": Case("tiny-bert", peft.LoHaConfig(r=3, alpha=5, **BERT), steps=1),
    "loha-patterns-llama": Case("tiny-llama", peft.LoHaConfig(r=2, target_modules=["q_proj", "down_proj"], rank_pattern={"q_proj": 3}, alpha_pattern={r"layers.1\..*": 3}, **LLAMA)),
    "lokr-bert": Case("tiny-bert", peft.LoKrConfig(r=2, alpha=3, **BERT), steps=1),
    "lokr-both-llama": Case("tiny-llama", peft.LoKrConfig(r=1, decompose_both=True, decompose_factor=8, target_modules=["q_proj", "down_proj"], **LLAMA)),
    "oft-bert": Case("tiny-bert", peft.OFTConfig(oft_block_size=4, **BERT), steps=1),
    "oft-exact-llama": Case("tiny-llama", peft.OFTConfig(oft_block_size=8, use_cayley_neumann=False, block_share=True, target_modules=["q_proj", "down_proj"], **LLAMA)),
    "oft-constrained-llama": Case("tiny-llama", peft.OFTConfig(r=8, oft_block_size=0, coft=True, eps=0.3, num_cayley_neumann_terms=7, **LLAMA)),
    "boft-bert": Case("tiny-bert", peft.BOFTConfig(boft_block_size=4, **BERT), steps=1),
    "boft-factors-bert": Case("tiny-bert", peft.BOFTConfig(boft_block_size=4, boft_n_butterfly_factor=3, **BERT), steps=1),
    "boft-llama": Case("tiny-llama", peft.BOFTConfig(boft_block_num=4, boft_block_size=0, **LLAMA)),
    "vera-bert": Case("tiny-bert", peft.VeraConfig(r=5, **BERT), steps=1),
    "vera-seed-llama": Case("tiny-llama", peft.VeraConfig(r=4, target_modules="all-linear", projection_prng_key=3, save_projection=False, **LLAMA)),
    "miss-bert": Case("tiny-bert", peft.MissConfig(r=5, **BERT), steps=1),
    "miss-mini-llama": Case("tiny-llama", peft.MissConfig(r=4, mini_r=4, init_weights="mini", **LLAMA)),
    "miss-bat-bert": Case("tiny-bert", peft.MissConfig(r=4, init_weights="bat", **BERT), steps=1),
    "fourierft-bert": Case("tiny-bert", peft.FourierFTConfig(n_frequency=50, n_frequency_pattern={"query": 30}, **BERT), steps=1),
    "fourierft-gpt2": Case("tiny-gpt2", peft.FourierFTConfig(n_frequency=40, random_loc_seed=5, scaling=60.0, **LLAMA)),
    "shira-bert": Case("tiny-bert", peft.ShiraConfig(r=2, random_seed=11, **BERT), steps=1),
    "shira-llama": Case("tiny-llama", peft.ShiraConfig(r=1, **LLAMA)),
    "supertuning-bert": Case("tiny-bert", peft.SupertuningConfig(sparsity=0.9, target_modules=["query", "value"], **BERT), steps=1),
    "supra-bert": Case("tiny-bert", peft.SupertuningConfig(sparsity=0.95, r=2, select_top=False, save_precomputed_indices=False, target_modules=["query"], **BERT), steps=1),
    "trainable-tokens-gpt2": Case("tiny-gpt2", peft.TrainableTokensConfig(token_indices=[7, 33, 12], **LLAMA)),
    "trainable-tokens-llama": Case("tiny-llama", peft.TrainableTokensConfig(token_indices=[7, 33, 12], **LLAMA)),
}


def block_diagonal(blocks: torch.Tensor) -> torch.Tensor:
    return torch.stack([torch.block_diag(*factor) for factor in blocks])


# PEFT computes several factors of BOFT on CUDA alone.
boft.get_fbd_cuda = lambda: True
boft.FastBlockDiag = SimpleNamespace(apply=block_diagonal)


def load_base(name: str) -> torch.nn.Module:
    torch.manual_seed(7)
    causal = name != "tiny-bert"
    auto = hf.AutoModelForCausalLM if causal else hf.AutoModelForSequenceClassification
    return auto.from_pretrained(MODELS / name, attn_implementation="eager", **({} if causal else {"num_labels": LABELS})).eval()


def read_inputs(name: str) -> dict:
    tensors = load_file(MODELS / name / "expected.safetensors")
    names = ["input_ids", "attention_mask", *(["token_type_ids"] if name == "tiny-bert" else [])]
    return {each: tensors[f"inputs/{each}"].long() for each in names}


def in_file(name: str) -> str:
    """The name that a parameter has in PEFT's file."""
    return name.replace("lora_magnitude_vector.default.weight", "lora_magnitude_vector").replace("modules_to_save.default.", "").replace(".default", "")


def trained(model: torch.nn.Module) -> dict:
    return {in_file(name): parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def train(model: torch.nn.Module, inputs: dict, steps: int) -> dict:
    """AdamW on labels 0, 1, 2, …; AdaLoRA allocates ranks after each step."""
    optimizer = torch.optim.AdamW([parameter for parameter in model.parameters() if parameter.requires_grad], lr=LEARNING_RATE, weight_decay=0.01)
    tensors, losses = {}, []
    for step in range(1, steps + 1):
        loss = model(**inputs, labels=torch.arange(len(inputs["input_ids"])) % LABELS).loss
        loss.backward()
        losses.append(loss.detach())
        if step == 1:
            tensors |= {f"gradient/{name}": parameter.grad.clone() for name, parameter in trained(model).items()}
        optimizer.step()
        if isinstance(model.base_model, peft.AdaLoraModel):
            model.base_model.update_and_allocate(step)
        optimizer.zero_grad()
    return tensors | {"losses": torch.stack(losses)} | {f"trained/{name}": parameter.detach().clone() for name, parameter in trained(model).items()}


def summary(model: peft.PeftModel) -> str:
    """What print_trainable_parameters prints."""
    some, every = model.get_nb_trainable_parameters()
    return f"trainable params: {some:,d} || all params: {every:,d} || trainable%: {100 * some / every:.4f}"


def save(model: peft.PeftModel, folder: Path) -> None:
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    path = folder / "adapter_config.json"
    fields = {name: sorted(value) if isinstance(value, list) and "token_indices" not in name else value for name, value in json.loads(path.read_text()).items()}
    path.write_text(json.dumps(fields, indent=2) + "\n")  # PEFT writes sets in any order


def make(name: str, case: Case) -> None:
    folder = FIXTURES / name
    base = load_base(case.model)
    if case.words:
        base.resize_token_embeddings(case.words, mean_resizing=False)
    model = peft.get_peft_model(base, case.config).eval()
    with torch.no_grad():
        for parameter in trained(model).values():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    save(model, folder)
    inputs = read_inputs(case.model)
    tensors = {"logits": model(**inputs).logits.detach()}
    if case.steps:
        tensors |= train(model, inputs, case.steps)
    if getattr(case.config, "rank_pattern", None) and case.steps:  # AdaLoRA: what is left of it, and its file
        tensors |= {"logits-trained": model(**inputs).logits.detach()}
        save(model, folder / "trained")
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, folder / "expected.safetensors")
    (folder / "expected.json").write_text(json.dumps({"model": case.model, "parameters": summary(model), "steps": case.steps}, indent=2) + "\n")
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)


def check(folder: Path) -> float:
    """The largest difference of a logit where there is a token, for an adapter that was made elsewhere."""
    name = json.loads((folder / "expected.json").read_text())["model"]
    model = peft.PeftModel.from_pretrained(load_base(name), folder / "adapter").eval()
    inputs = read_inputs(name)
    difference = (model(**inputs).logits.detach() - load_file(folder / "expected.safetensors")["logits"]).abs()
    return (difference if difference.dim() == 2 else difference[inputs["attention_mask"].bool()]).max().item()


if sys.argv[1:2] == ["--check"]:
    differences = {folder.name: check(folder) for folder in sorted(Path(sys.argv[2]).iterdir())}
    for name, difference in differences.items():
        print(json.dumps({"adapter": name, "maxDifference": difference}))
    sys.exit(any(not difference <= TOLERANCE for difference in differences.values()))
for name in sys.argv[1:] or CASES:
    make(name, CASES[name])
