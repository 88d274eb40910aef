"""Makes packages/models/fixtures/tiny-*: tiny random models, and what HF transformers computes with them.

usage: python tools/reference/models.py [name ...]     (from the repository root; needs torch, transformers, safetensors)

Written with torch 2.15, transformers 5.23.0; any version with the same models gives the same numbers to rounding.
Each folder holds config.json, the bare model's weights, and expected.safetensors with the inputs and, for each head,
its own parameters with their gradients, the logits and the mean loss; for one head the gradient of every parameter.
"""

import inspect
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import save_file

FIXTURES = Path("packages/models/fixtures")
LABELS = 3
LENGTHS = (9, 5, 7)  # tokens of each row; the rest is padding
VOCABULARY = 86  # that of the tokenizer of tiny-bert
SIZES = {"vocab_size": VOCABULARY, "num_labels": LABELS, "initializer_range": 0.02}
ENCODER = {**SIZES, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 64}
DECODER = {**ENCODER, "num_key_value_heads": 2, "attention_dropout": 0.1}
LLAMA_3 = {"rope_type": "llama3", "rope_theta": 10_000.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
YARN = {"rope_type": "yarn", "rope_theta": 10_000.0, "factor": 4.0, "original_max_position_embeddings": 16}


@dataclass
class Family:
    config: hf.PretrainedConfig
    heads: dict  # head → class of HF transformers
    gradients_of: str  # the head whose loss gives the golden gradients
    lengths: tuple = LENGTHS


def decoder(prefix: str, config: hf.PretrainedConfig, causal: str = "ForCausalLM") -> Family:
    classes = {"causal-lm": causal, "classification": "ForSequenceClassification", "token-classification": "ForTokenClassification"}
    return Family(config, {head: getattr(hf, prefix + name) for head, name in classes.items()}, gradients_of="causal-lm")


DEBERTA = {
    "heads": {"classification": hf.DebertaV2ForSequenceClassification, "token-classification": hf.DebertaV2ForTokenClassification, "masked-lm": hf.DebertaV2ForMaskedLM},
    "gradients_of": "classification",
    "lengths": (24, 7, 17),  # beyond every bucket of the relative positions
}
DEBERTA_ENCODER = {**ENCODER, "relative_attention": True, "max_relative_positions": 16}

FAMILIES = {  # a model_type of HF transformers, or a variant of one
    "bert": Family(
        hf.BertConfig(**ENCODER),
        {"classification": hf.BertForSequenceClassification, "token-classification": hf.BertForTokenClassification, "masked-lm": hf.BertForMaskedLM},
        gradients_of="classification",
    ),
    "roberta": Family(
        hf.RobertaConfig(**ENCODER, type_vocab_size=1),
        {"classification": hf.RobertaForSequenceClassification, "token-classification": hf.RobertaForTokenClassification, "masked-lm": hf.RobertaForMaskedLM},
        gradients_of="classification",
    ),
    "electra": Family(
        hf.ElectraConfig(**ENCODER, embedding_size=16, hidden_act="relu"),
        {"classification": hf.ElectraForSequenceClassification, "token-classification": hf.ElectraForTokenClassification, "masked-lm": hf.ElectraForMaskedLM},
        gradients_of="masked-lm",
    ),
    "distilbert": Family(
        hf.DistilBertConfig(**SIZES, dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=64, activation="gelu_new", sinusoidal_pos_embds=True),
        {"classification": hf.DistilBertForSequenceClassification, "token-classification": hf.DistilBertForTokenClassification, "masked-lm": hf.DistilBertForMaskedLM},
        gradients_of="classification",
    ),
    "deberta-v2": Family(  # as DeBERTa-v3 has it
        hf.DebertaV2Config(**DEBERTA_ENCODER, pos_att_type="p2c|c2p", position_buckets=8, share_att_key=True, norm_rel_ebd="layer_norm", position_biased_input=False, type_vocab_size=0, legacy=False),
        **DEBERTA,
    ),
    "deberta-v2-unshared": Family(
        hf.DebertaV2Config(**DEBERTA_ENCODER, pos_att_type=["c2p", "p2c"], embedding_size=16, type_vocab_size=2),
        **DEBERTA,
    ),
    "gpt2": decoder("GPT2", hf.GPT2Config(**SIZES, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=1, eos_token_id=2, scale_attn_by_inverse_layer_idx=True), "LMHeadModel"),
    "llama": decoder("Llama", hf.LlamaConfig(**DECODER, tie_word_embeddings=True, rope_parameters=LLAMA_3)),
    "llama-untied": decoder("Llama", hf.LlamaConfig(**DECODER, head_dim=12, attention_bias=True, mlp_bias=True)),
    "qwen2": decoder("Qwen2", hf.Qwen2Config(**DECODER, tie_word_embeddings=True, rope_parameters=YARN)),
    "qwen3": decoder("Qwen3", hf.Qwen3Config(**DECODER, head_dim=16)),
    "mistral": decoder("Mistral", hf.MistralConfig(**DECODER, sliding_window=4)),
}


def perturb(module: torch.nn.Module) -> None:
    """Moves every parameter far from its tidy initial value, so that every term matters."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)


def make_inputs(lengths: tuple, padding: int) -> dict:
    shape = (len(lengths), max(lengths))
    mask = torch.tensor([[1] * length + [0] * (shape[1] - length) for length in lengths])
    ids = torch.randint(5, VOCABULARY, shape)
    types = (torch.arange(shape[1]).expand(shape) >= 4).long()
    return {"input_ids": torch.where(mask == 1, ids, padding), "attention_mask": mask, "token_type_ids": types * mask}


def make_labels(head: str, inputs: dict) -> torch.Tensor:
    """Class ids, [B], or [B, T] for heads that answer at each position; -100 where no answer counts."""
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    if head == "classification":
        return torch.arange(len(ids)) % LABELS
    if head == "token-classification":
        return torch.where(mask == 1, ids % LABELS, -100)
    return torch.where(mask == 1, ids, -100)


def make(name: str, family: Family) -> None:
    torch.manual_seed(7)
    folder = FIXTURES / f"tiny-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    config = family.config
    if config.pad_token_id is None:
        config.pad_token_id = 0
    base = hf.AutoModel.from_config(config, attn_implementation="eager").eval()
    perturb(base)
    save_file({name: tensor.contiguous() for name, tensor in base.state_dict().items()}, folder / "model.safetensors")
    fields = {name: value for name, value in config.to_dict().items() if name not in ("id2label", "label2id", "architectures", "transformers_version")}
    (folder / "config.json").write_text(json.dumps(fields, indent=2, sort_keys=True) + "\n")

    inputs = make_inputs(family.lengths, config.pad_token_id)
    tensors = {f"inputs/{name}": tensor.int() for name, tensor in inputs.items()}
    for head, model_class in family.heads.items():
        model = model_class._from_config(config, attn_implementation="eager").eval()
        perturb(model)
        model.base_model.load_state_dict(base.state_dict(), strict=False)
        own = {name: parameter for name, parameter in model.named_parameters() if not name.startswith(f"{model.base_model_prefix}.")}
        labels = make_labels(head, inputs)
        accepted = {name: tensor for name, tensor in inputs.items() if name in inspect.signature(model.forward).parameters}
        if not hasattr(config, "type_vocab_size"):
            accepted.pop("token_type_ids", None)  # GPT-2 would take them for words
        if getattr(config, "type_vocab_size", 2) == 1:
            del accepted["token_type_ids"]  # the only segment is the default
        output = model(**accepted, labels=labels)
        output.loss.backward()
        tensors |= {f"{head}/labels": labels.int(), f"{head}/logits": output.logits.detach(), f"{head}/loss": output.loss.detach().reshape(1)}
        tensors |= {f"{head}/parameter/{name}": parameter.detach() for name, parameter in own.items()}
        graded = dict(model.named_parameters()) if head == family.gradients_of else own
        tensors |= {f"{head}/gradient/{name}": parameter.grad for name, parameter in graded.items()}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "expected.safetensors")


for name in sys.argv[1:] or FAMILIES:
    make(name, FAMILIES[name])
