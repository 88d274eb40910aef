"""Makes the tokenizers of packages/models/fixtures, and what HF tokenizers and transformers give with them.

usage: python tools/reference/tokenization.py     (from the repository root; needs tokenizers, transformers)

Written with tokenizers 0.23.3, transformers 5.23.0. tiny-bert gets tokenizer.json and tokens.json, tiny-llama the files of a
tokenizer for its 86 tokens; tokenizers/<kind>, one folder for each kind of tokenizer, gets its files and expected.json.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

FIXTURES = Path("packages/models/fixtures")
WORDS = "the a cat dog bird sat ran flew on under mat tree and not very good bad old new red blue one two is was it film book".split()
LETTERS = [chr(code) for code in range(ord("a"), ord("z") + 1)]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", *LETTERS, *["##" + letter for letter in LETTERS], *[word for word in WORDS if len(word) > 1]]
PAIRS = [
    ["the cat sat on the mat"],
    ["The DOG ran, very good."],
    ["the bird flew", "it was not a cat"],
    ["one very old red book and one very new blue book", "two"],
    ["two", "one very old red book and one very new blue book"],
    ["Ünïcödé café 猫 ran!"],
    [""],
    ["", "cat"],
]
CORPUS = 4 * [
    "the cat sat on the mat and the dog ran under the old tree",
    "it was not a very good book, but one film isn't bad",
    "don't stop: we're here, they've gone; she's happy",
    "one two three 123 4567",
    "new red and blue birds flew\n\nover   two   lines",
    "a £ § ¥ © ® ¿ °",  # makes byte-level tokenizers join a space with the first byte of ½
]
TEXTS = [
    *["", " ", "   ", "\n", "the cat sat", "  two  spaces ", "a line\nand\n\nanother\tone", "a\r\nb", "x\u00a0y\u3000z"],
    *["don't stop, it's we're . ok ?", "'s 'S don'T", "snake_case (a)[b]{c}", "0123 45.67", "a" * 120],
    *["Ünïcödé café", "U\u0308ni\u0308code\u0301", "É\u0301x", "ﬁne Ⅷ ½ ٣", "ΣΑΣ Σας", "İstanbul ǅ", "العَرَبِيَّة १२३", "한국어"],
    *["猫と犬", "𠀀 𠀁𠀂", "🙂 ok 👩\u200d👩\u200d👧🇩🇪", "a\u200bzero width", "\ufeffbom", "bell\x07nul\x00x", "“quotes”… —"],
    *["<s>inside</s> it", "[MASK] the [SEP]cat", "<|end|>tail <|start|>user\nhi<|end|>", "x<mask>y  <mask>  z", "<unk> [UNK]"],
]
SENTENCES = [["the", "cat's", "Mat", ".", "Ünï", "🙂"], ["unbelievable", "", "a b", "123"], ["x"] * 12]
CHATML = (
    "{% for message in messages %}{{ '<|start|>' + message['role'] + '\n' + message['content'] | trim + '<|end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start|>assistant\n' }}{% endif %}"
)
INSTRUCTIONS = (  # with what many templates do: blocks on lines of their own, a system message set apart, refusals
    "{{ bos_token }}\n"
    "{%- if messages[0]['role'] == 'system' %}\n"
    "    {%- set system = '<<' ~ messages[0].content ~ '>> ' %}\n"
    "    {%- set turns = messages[1:] %}\n"
    "{%- else %}\n"
    "    {%- set system = '' %}\n"
    "    {%- set turns = messages %}\n"
    "{%- endif %}\n"
    "{%- for turn in turns %}\n"
    "    {%- if (turn['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('user and assistant must alternate') }}{% endif %}\n"
    "    {%- if turn['role'] == 'user' %}\n"
    "        {{- '[I] ' + (system if loop.first else '') + turn['content'] + ' [/I]' }}\n"
    "    {%- else %}\n"
    "        {{- ' ' + turn['content'] | trim + eos_token }}\n"
    "    {%- endif %}\n"
    "{%- endfor %}\n"
    "{%- if tools is not none %}tools{% endif %}"
)
CHATS = [
    [{"role": "user", "content": "the cat "}],
    [{"role": "system", "content": "be good"}, {"role": "user", "content": "sat\n?"}, {"role": "assistant", "content": " it ran"}, {"role": "user", "content": "don't"}],
]


@dataclass
class Kind:
    tokenizer: Tokenizer
    config: dict = field(default_factory=dict)


def word_piece(vocabulary: list) -> Tokenizer:
    ids = {token: index for index, token in enumerate(vocabulary)}
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


def byte_level(pre_tokenizer, special_tokens: list) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=300, special_tokens=special_tokens, initial_alphabet=alphabet, show_progress=False))
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def begin_with(token: str, token_id: int):
    return processors.TemplateProcessing(single=f"{token} $A", pair=f"{token} $A {token}:1 $B:1", special_tokens=[(token, token_id)])


def gpt2() -> Kind:
    return Kind(byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), ["<|endoftext|>"]))


def roberta() -> Kind:
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True), ["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>", "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>"}
    return Kind(tokenizer, names)


def split_then_bytes(digits: str):
    """The pattern of Qwen2 and, with up to three digits a token, of Llama 3."""
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + digits + r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def qwen2() -> Kind:
    tokenizer = byte_level(split_then_bytes(""), ["<|start|>", "<|end|>"])
    tokenizer.normalizer = normalizers.NFC()
    return Kind(tokenizer, {"eos_token": "<|end|>", "clean_up_tokenization_spaces": True, "chat_template": CHATML})


def llama3() -> Kind:
    tokenizer = byte_level(split_then_bytes("{1,3}"), ["<s>", "</s>"])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), begin_with("<s>", 0)])
    templates = [{"name": "tools", "template": "unused"}, {"name": "default", "template": INSTRUCTIONS}]
    return Kind(tokenizer, {"bos_token": "<s>", "eos_token": {"content": "</s>", "__type": "AddedToken"}, "chat_template": templates})


def smollm2() -> Kind:
    pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return Kind(byte_level(pre_tokenizer, ["<|endoftext|>", "<|start|>", "<|end|>"]), {"eos_token": "<|end|>", "pad_token": "<|endoftext|>"})


def sentence_piece_bpe(corpus: list, size: int, bytes_known: Iterable, metaspace: bool = False) -> Kind:
    """Llama 2 and Mistral: BPE on characters with bytes for the others, with the space in a normalizer or a pre-tokenizer."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special_tokens = ["<unk>", "<s>", "</s>"]
    byte_tokens = [f"<0x{byte:02X}>" for byte in bytes_known]
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=size, special_tokens=special_tokens + byte_tokens, show_progress=False))
    definition = json.loads(tokenizer.to_str())
    definition["added_tokens"] = definition["added_tokens"][: len(special_tokens)]  # bytes are ordinary tokens
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    if metaspace:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    else:
        tokenizer.pre_tokenizer = None
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.post_processor = begin_with("<s>", 1)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return Kind(tokenizer, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"})


def tiny_llama() -> Kind:
    kind = sentence_piece_bpe([line for line in CORPUS if line.isascii()], size=86, bytes_known="é".encode())
    return Kind(kind.tokenizer, {**kind.config, "chat_template": INSTRUCTIONS})


def frequent_pieces(count: int) -> list:
    """Substrings of the corpus's words that cover most of it, with log-probabilities. (The library's own trainer gives others each time.)"""
    words = ["▁" + word for line in CORPUS for word in line.split()]
    found = Counter(word[start : start + length] for word in words for length in (1, 2, 3, 4) for start in range(len(word) - length + 1))
    singles = [piece for piece in found if len(piece) == 1]
    longer = sorted((piece for piece in found if len(piece) > 1), key=lambda piece: (-found[piece] * len(piece), piece))
    chosen = sorted(singles) + longer[: count - len(singles)]
    total = sum(found[piece] for piece in chosen)
    return [(piece, round(log(found[piece] / total), 4)) for piece in chosen]


def unigram() -> Kind:
    special_tokens = ["<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(models.Unigram([*((token, 0.0) for token in special_tokens), *frequent_pieces(90)], unk_id=2))
    tokenizer.add_special_tokens(special_tokens)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    tokenizer.decoder = decoders.Metaspace()
    return Kind(tokenizer, {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "clean_up_tokenization_spaces": True})


def bert() -> Kind:
    tokenizer = word_piece([*VOCABULARY, "'", "!", "?", "σ", "α", "##σ", "##α", "##ς", "猫", "𠀁"])
    tokenizer.decoder = decoders.WordPiece("##")
    names = {f"{role}_token": f"[{role.upper()}]" for role in ("unk", "sep", "pad", "cls", "mask")}
    return Kind(tokenizer, {**names, "clean_up_tokenization_spaces": True})


KINDS = {
    "bert": bert(),
    "gpt2": gpt2(),
    "llama2": sentence_piece_bpe(CORPUS, 340, range(256)),
    "llama3": llama3(),
    "mistral": sentence_piece_bpe(CORPUS, 340, range(256), metaspace=True),
    "qwen2": qwen2(),
    "roberta": roberta(),
    "smollm2": smollm2(),
    "unigram": unigram(),
}


def expected(folder: Path, config: dict) -> dict:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(folder))

    def text_row(text: str) -> dict:
        ids = tokenizer(text)["input_ids"]
        plain = tokenizer(text, add_special_tokens=False)["input_ids"]
        decoded = [tokenizer.decode(ids, skip_special_tokens=skip) for skip in (False, True)]
        return {"text": text, "ids": ids, "plain": plain, "decoded": decoded}

    def pair_row(texts: list, max_length: int) -> dict:
        encoding = tokenizer(*texts, truncation="longest_first", max_length=max_length, return_token_type_ids=True)
        return {"texts": texts, "maxLength": max_length, "ids": encoding["input_ids"], "types": encoding["token_type_ids"]}

    def words_row(words: list, max_length: int) -> dict:
        encoding = tokenizer(words, is_split_into_words=True, truncation=True, max_length=max_length)
        return {"words": words, "maxLength": max_length, "ids": encoding["input_ids"], "wordOf": [-1 if word is None else word for word in encoding.word_ids()]}

    def chat_row(messages: list, prompt: bool) -> dict:
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=prompt, tokenize=False)
        return {"messages": messages, "addGenerationPrompt": prompt, "text": text, "ids": tokenizer(text, add_special_tokens=False)["input_ids"]}

    # decoding also what no encoder wrote, broken characters among it
    size = tokenizer.backend_tokenizer.get_vocab_size()
    soups = [[(seed * 7919 + place * place * 104729) % size for place in range(1, 9)] for seed in range(1, 13)]
    roles = {role: getattr(tokenizer, f"{role}_token_id") for role in ("bos", "eos", "unk", "sep", "pad", "cls", "mask") if f"{role}_token" in config}
    return {
        "specialTokens": roles,
        "texts": [text_row(text) for text in TEXTS],
        "pairs": [pair_row(texts, length) for length in (64, 7) for texts in PAIRS],
        "words": [words_row(words, length) for length in (64, 8) for words in SENTENCES],
        "soups": [{"ids": ids, "decoded": tokenizer.decode(ids)} for ids in soups],
        "chats": [chat_row(messages, prompt) for messages in CHATS for prompt in (False, True)] if "chat_template" in config else [],
    }


def encode_all(tokenizer: Tokenizer, max_length: int) -> list:
    tokenizer.enable_truncation(max_length, strategy="longest_first")
    encodings = [tokenizer.encode(*texts) for texts in PAIRS]
    tokenizer.no_truncation()
    return [{"ids": each.ids, "types": each.type_ids} for each in encodings]


def write(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n")


def save(kind: Kind, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    kind.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **kind.config})


def main() -> None:
    tokenizer = word_piece(VOCABULARY)
    tokenizer.save(str(FIXTURES / "tiny-bert/tokenizer.json"), pretty=False)
    write(FIXTURES / "tiny-bert/tokens.json", {"texts": PAIRS, "maxLength": {str(length): encode_all(tokenizer, length) for length in (64, 12, 8)}})
    save(tiny_llama(), FIXTURES / "tiny-llama")
    for name, kind in KINDS.items():
        folder = FIXTURES / "tokenizers" / name
        save(kind, folder)
        write(folder / "expected.json", expected(folder, kind.config))


main()
