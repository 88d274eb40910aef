"""Makes packages/models/fixtures/tiny-bert: a tiny random BERT with its tokenizer, and what HF transformers computes with it.

usage: python tools/reference/bert.py     (from the repository root; needs torch, transformers, tokenizers, safetensors)

Written with torch 2.15, transformers 5.23; any version with the same BERT gives the same numbers to rounding.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification

FOLDER = Path("packages/models/fixtures/tiny-bert")
LABELS = 2
WORDS = "the a cat dog bird sat ran flew on under mat tree and not very good bad old new red blue one two is was it film book".split()
LETTERS = [chr(code) for code in range(ord("a"), ord("z") + 1)]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", *LETTERS, *["##" + letter for letter in LETTERS], *[word for word in WORDS if len(word) > 1]]
TEXTS = [
    ["the cat sat on the mat"],
    ["The DOG ran, very good."],
    ["the bird flew", "it was not a cat"],
    ["one very old red book and one very new blue book", "two"],
    ["two", "one very old red book and one very new blue book"],
    ["Ünïcödé café 猫 ran!"],
    [""],
    ["", "cat"],
]


def make_tokenizer() -> Tokenizer:
    ids = {token: index for index, token in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return tokenizer


def encode_all(tokenizer: Tokenizer, max_length: int) -> list:
    tokenizer.enable_truncation(max_length, strategy="longest_first")
    encodings = [tokenizer.encode(*texts) for texts in TEXTS]
    tokenizer.no_truncation()
    return [{"ids": each.ids, "types": each.type_ids} for each in encodings]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer()
    tokenizer.save(str(FOLDER / "tokenizer.json"), pretty=False)

    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=64, num_labels=LABELS,
    )
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # far from the tidy initial values, so that every term matters
            parameter.add_(torch.randn_like(parameter) * 0.2)
    # The bare model, under bare names: heads are new in a fine-tuning run. The classifier goes to the expected values.
    state = {name.removeprefix("bert."): tensor.contiguous() for name, tensor in model.state_dict().items() if name.startswith("bert.")}
    save_file(state, FOLDER / "model.safetensors")
    config.architectures = ["BertModel"]
    (FOLDER / "config.json").write_text(json.dumps({k: v for k, v in config.to_dict().items() if k not in ("id2label", "label2id")}, indent=2) + "\n")

    encodings = encode_all(tokenizer, 64)
    length = max(len(each["ids"]) for each in encodings)
    pad = lambda rows: torch.tensor([row + [0] * (length - len(row)) for row in rows])
    ids = pad([each["ids"] for each in encodings])
    types = pad([each["types"] for each in encodings])
    mask = pad([[1] * len(each["ids"]) for each in encodings])
    labels = torch.tensor([index % LABELS for index in range(len(TEXTS))])
    hidden = model.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
    output = model(input_ids=ids, attention_mask=mask, token_type_ids=types, labels=labels)
    output.loss.backward()

    tensors = {
        "input_ids": ids.int(), "token_type_ids": types.int(), "attention_mask": mask.int(), "labels": labels.int(),
        "hidden": hidden.detach(), "logits": output.logits.detach(), "loss": output.loss.detach().reshape(1),
        "classifier.weight": model.classifier.weight.detach(), "classifier.bias": model.classifier.bias.detach(),
        **{f"gradient.{name}": parameter.grad for name, parameter in model.named_parameters()},
    }
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, FOLDER / "expected.safetensors")
    tokens = {str(max_length): encode_all(tokenizer, max_length) for max_length in (64, 12, 8)}
    (FOLDER / "tokens.json").write_text(json.dumps({"texts": TEXTS, "maxLength": tokens}, ensure_ascii=False) + "\n")


main()
