"""Makes the tokenizer of packages/models/fixtures/tiny-bert, and the token ids that HF tokenizers gives with it.

usage: python tools/reference/tokenization.py     (from the repository root; needs tokenizers)
"""

import json
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

FOLDER = Path("packages/models/fixtures/tiny-bert")
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
    tokens = {str(max_length): encode_all(tokenizer, max_length) for max_length in (64, 12, 8)}
    (FOLDER / "tokens.json").write_text(json.dumps({"texts": TEXTS, "maxLength": tokens}, ensure_ascii=False) + "\n")


main()
