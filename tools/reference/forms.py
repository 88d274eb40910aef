"""Makes packages/trainer/fixtures/forms.json: what TRL and sentence-transformers compute for losses of preferences and vectors.

usage: python tools/reference/forms.py packages/trainer/fixtures     (from the repository root; needs torch, trl, sentence-transformers, scikit-learn)

Written with torch 2.15, trl 1.16.0, sentence-transformers 6.2.0, scikit-learn 1.9.1.
"""

import json
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from sentence_transformers.sentence_transformer import losses
from sklearn.metrics import f1_score
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer
from trl.experimental.orpo import ORPOConfig, ORPOTrainer

generator = torch.Generator().manual_seed(5)


def matrix(rows: int, size: int) -> torch.Tensor:
    return torch.randn(rows, size, generator=generator).requires_grad_()


def numbers(tensor: torch.Tensor) -> list:
    return [round(value, 7) for value in tensor.detach().flatten().tolist()]


def vectors(name: str, loss, texts: int, labels=None, rows: int = 5, size: int = 6) -> dict:
    """A loss of sentence-transformers on given vectors, with its gradients."""
    given = [matrix(rows, size) for _ in range(texts)]
    value = loss(given, labels)
    value.backward()
    return {"name": name, "rows": rows, "size": size, "vectors": [numbers(each) for each in given], "labels": [] if labels is None else labels.tolist(), "value": value.item(), "gradients": [numbers(each.grad) for each in given]}




class Given(torch.nn.Module):
    """Stands for a model: it gives the vectors that it is handed."""

    def forward(self, features):
        return features

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return None


def features(given):
    return [{"sentence_embedding": each} for each in given]


def with_model(make):
    loss = make(Given())
    return lambda given, labels: loss(features(given), labels)


def matryoshka(given, labels):
    """MatryoshkaLoss cuts what the model gives: written out, since it decorates a real model's forward pass."""
    inner = losses.MultipleNegativesRankingLoss(Given())
    return sum(inner(features([F.normalize(each[:, :size], p=2, dim=-1) for each in given]), labels) for size in (2, 4, 6))


def dpo(beta: float, smoothing: float) -> dict:
    """The sigmoid loss of TRL's DPOTrainer: -log sigmoid(beta * (log-ratio of chosen - log-ratio of rejected)), with conservative smoothing."""
    chosen, rejected, chosen_before, rejected_before = (torch.tensor(values) for values in ([-10.0, -31.5, -4.0], [-12.0, -30.0, -40.0], [-11.0, -33.0, -4.5], [-11.5, -28.0, -20.0]))
    chosen.requires_grad_(), rejected.requires_grad_()
    margin = (chosen - chosen_before) - (rejected - rejected_before)
    value = (-F.logsigmoid(beta * margin) * (1 - smoothing) - F.logsigmoid(-beta * margin) * smoothing).mean()
    value.backward()
    return {"beta": beta, "smoothing": smoothing, "chosen": numbers(chosen), "rejected": numbers(rejected), "chosenBefore": numbers(chosen_before), "rejectedBefore": numbers(rejected_before), "value": value.item(), "slopes": [numbers(chosen.grad), numbers(rejected.grad)]}


def orpo(beta: float) -> dict:
    """ORPOTrainer.odds_ratio_loss of TRL."""
    chosen, rejected = torch.tensor([-0.4, -2.5, -1.2]).requires_grad_(), torch.tensor([-0.9, -1.5, -3.0]).requires_grad_()
    trainer = SimpleNamespace(beta=beta, accelerator=SimpleNamespace(device="cpu"))
    ratio, *_ = ORPOTrainer.odds_ratio_loss(trainer, chosen, rejected)
    value = -ratio.mean()
    value.backward()
    return {"beta": beta, "chosen": numbers(chosen), "rejected": numbers(rejected), "value": value.item(), "slopes": [numbers(chosen.grad), numbers(rejected.grad)]}


def label_sets() -> dict:
    truths = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0]])
    answers = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0]])
    ids = lambda rows: [np.flatnonzero(row).tolist() for row in rows]
    return {"truths": ids(truths), "answers": ids(answers), "microF1": f1_score(truths, answers, average="micro"), "macroF1": f1_score(truths, answers, average="macro", zero_division=0), "exactMatch": float((truths == answers).all(axis=1).mean())}


def binary() -> dict:
    logits, targets, weights = matrix(3, 4), torch.tensor([[1.0, 0, 0, 1], [0, 0, 0, 0], [1, 1, 0, 0]]), torch.tensor([2.0, 0.5, 1, 3])
    value = F.binary_cross_entropy_with_logits(logits, targets, pos_weight=weights)
    value.backward()
    return {"logits": numbers(logits), "targets": numbers(targets), "weights": numbers(weights), "value": value.item(), "gradient": numbers(logits.grad)}


FIXTURE = "packages/models/fixtures/tiny-llama"
FACTOR = 1.1  # of the weights of the model that is trained, so that it differs from the one before
PREFERENCES = [
    {"prompt": "the cat", "chosen": " sat on the dog", "rejected": " ran"},
    {"prompt": "a dog ran", "chosen": " one", "rejected": " the cat sat who sat"},
    {"prompt": "who", "chosen": " sat? the cat", "rejected": " a cat ran"},
]
TEMPLATE = "{% for m in messages %}{{ m.role + ':' }}{% if m.role == 'assistant' %}{% generation %}{{ ' ' + m.content + eos_token }}{% endgeneration %}{% else %}{{ ' ' + m.content + ' ' }}{% endif %}{% endfor %}"
CONVERSATIONS = [
    [{"role": "user", "content": "who sat?"}, {"role": "assistant", "content": "the cat sat"}],
    [{"role": "user", "content": "the dog"}, {"role": "assistant", "content": "ran"}, {"role": "user", "content": "and a cat"}, {"role": "assistant", "content": "one cat sat"}],
]


def tiny_llama(factor: float = 1.0):
    model = AutoModelForCausalLM.from_pretrained(FIXTURE, dtype=torch.float32)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(factor)
    return model.eval()


def trained(trainer) -> float:
    """The loss of a trainer's own batch of all rows, without dropout."""
    batch = next(iter(trainer.get_train_dataloader()))
    trainer.model.eval()
    with torch.no_grad():
        return trainer.compute_loss(trainer.model, batch).item()


def whole_models() -> dict:
    """Losses of TRL's trainers on the tiny Llama of packages/models/fixtures."""
    common = {"output_dir": tempfile.mkdtemp(), "report_to": [], "max_length": 64, "per_device_train_batch_size": 3, "use_cpu": True, "bf16": False, "gradient_checkpointing": False, "dataloader_num_workers": 0}
    tokenizer = AutoTokenizer.from_pretrained(FIXTURE)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    preferences = Dataset.from_list(PREFERENCES)
    dpo_trainer = DPOTrainer(tiny_llama(FACTOR), ref_model=tiny_llama(), args=DPOConfig(beta=0.3, **common), train_dataset=preferences, processing_class=tokenizer)
    orpo_trainer = ORPOTrainer(tiny_llama(FACTOR), args=ORPOConfig(beta=0.3, **common), train_dataset=preferences, processing_class=tokenizer)
    tokenizer.chat_template = TEMPLATE
    sft_trainer = SFTTrainer(tiny_llama(FACTOR), args=SFTConfig(assistant_only_loss=True, **common), train_dataset=Dataset.from_list([{"messages": each} for each in CONVERSATIONS]), processing_class=tokenizer)
    masks = [tokenizer.apply_chat_template(each, tokenize=True, return_dict=True, return_assistant_tokens_mask=True) for each in CONVERSATIONS]
    return {
        "factor": FACTOR,
        "preferences": PREFERENCES,
        "beta": 0.3,
        "dpo": trained(dpo_trainer),
        "orpo": trained(orpo_trainer),
        "template": TEMPLATE,
        "conversations": CONVERSATIONS,
        "ids": [each["input_ids"] for each in masks],
        "masks": [each["assistant_masks"] for each in masks],
        "sft": trained(sft_trainer),
    }


scores = torch.tensor([0.9, 0.1, 0.5, 0.0, 1.0])
golden = {
    "vectors": [
        vectors("ranking", with_model(losses.MultipleNegativesRankingLoss), 2),
        vectors("ranking with negatives", with_model(losses.MultipleNegativesRankingLoss), 3),
        vectors("cosine", with_model(losses.CosineSimilarityLoss), 2, scores),
        vectors("triplet", with_model(losses.TripletLoss), 3),
        vectors("matryoshka", matryoshka, 2),
    ],
    "dpo": [dpo(0.1, 0.0), dpo(0.5, 0.2)],
    "orpo": [orpo(0.1), orpo(1.0)],
    "labelSets": label_sets(),
    "binary": binary(),
    "models": whole_models(),
}
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
(out / "forms.json").write_text(json.dumps(golden) + "\n")
