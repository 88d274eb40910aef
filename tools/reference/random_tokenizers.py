"""Makes random tokenizers and random texts, and what HF tokenizers makes of each text.

usage: python tools/reference/random_tokenizers.py OUTPUT [tokenizers] [texts] [seed]     (needs tokenizers)

Written with tokenizers 0.23.3, the version of transformers 5.24.0. Each line of OUTPUT is one tokenizer: its tokenizer.json
and, for each text, ids and decoded texts, null where the library fails. tools/acceptance/tokenizers.ts compares.
"""

import base64
import json
import os
import random
import resource
import sys
import zlib
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

WORDS = "the cat sat on a mat Cat CAT cats don't it's we've naïve Ünïcödé café straße ΣΑΣ Σας İstanbul ﬁne Привет мир שלום العربية १२३ 한국어 日本語 猫と犬 汉字 𠀀𠀁 foo_bar x² ½ Ⅷ ٣٤ 3.14 1,000 12 007 state-of-the-art".split()
MARKS = [*".,;:!?-_'\"()[]{}<>/\\|@#$%^&*+=~`", "…", "—", "“", "”", "«", "。", "、", "！", "¿", "§", "€", "£", "--", "...", "?!", "!!", "^^"]
BLANKS = [" ", " ", " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\u0085", "\u200b", "\ufeff", "\u200d", "", "", ""]
ODDITIES = ["🙂", "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "e\u0301", "a\u0323\u0307", "\u0301", "\u0000", "\u0007", "\u001b", "\u007f", "\ufffd", "\ue000", "\u00ad", "ﷺ", "㋿", "Ǆ", "ß", "ẞ", "ı", "K", "ſ", "▁", "▁▁", "_", "Ġ", "</w>", "##", "<0x41>", "𝔘", "\U000e0041"]
ADDED = ["<s>", "</s>", "[UNK]", "<unk>", "[MASK]", "<mask>", "<|end|>", "<|end", "|>", "cat", "Cat", "cats", "sat", "the", "é", "É", "e\u0301", "ab", "abc", "bc", " ", "  ", "\n", "猫", "🙂", "▁the", "don", "x²", "12", "-", "..", "<a>", "<a><b>", "<b>", "ﬁ", "Σ", "new token", " lead", "trail "]
PATTERNS = [
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"[\r\n]", r"\s?[A-Za-z]+", r"\s?[!-/:-~！-／：-～‘-‟　-。]+", r"\s+$", r"[一-龥ࠀ-一가-퟿]+", r"\p{N}{1,3}", r"\p{N}", r"\d", r"\d+",
    r"\s+", r"\s", r"\S+", r"\w+", r"\W+", r"[\w]+|[^\w\s]+", r"[^\w\s]", r"\b", r"\B", r"\w+|\W", r"^", r"$", r"^\w+", r"\w+$", r".", r"(?m:.+)", r"x*", r"(?=c)", r"(?<=a)", r"(?<![a-z])t", r"[[:alpha:]]+",
    r"[[:punct:]]", r"[[:space:]]", r"\p{P}", r"\p{S}", r"\p{M}+", r"\p{Han}", r"[a-z&&[^aeiou]]", r"(?>a+)t", r"a++t", r"(?i)CAT", r"(?i:é)", r"\R", r"\h", r"(\w)\1", r"\A.", r".\z", r"\n|\Z", r"a|at|cat", r"",
    r" ?[^(\s|[.,!?…。，、।۔،])]+", r"\X", r"(?i)\p{Lu}", r"(?i:ss)", r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}", r"(?:\r?\n)+",
]
STRINGS = [" ", "  ", "-", ".", "a", "the", "\n", "▁", "cat", "é", "🙂", "e\u0301", "(", "'", "$", "\\", "ab", "_"]
# SentencePiece's table for: ﬁ → fi, ① → 1, e with an acute accent → é, ideographic and zero-width spaces → space, Ａ → A, 🙂 → :)
TABLE = zlib.decompress(base64.b64decode(
    "eNod03UMVmUUB+DDB8y5wX/OoSghJVLSjQqYpHSXtIAoIo0fqBsOJZSR0p1Kd0g30hIqCkpIKSAGoM/1bs9+d+/ee/funPNGpogYlSE6VMoY+yMVQ56MyBKRTudKxfDMkTzpaTKVrGVK"
    "Rbp4xKJkX9aIh61NHxTxkJzaNxVD7fO79OibqXjEhxOypeJR+RjZyM7jbNidiidkTnKQm1zk4SnykZcC5KcgT1OIZyhCYYpRFEeKZylJCUpTirKUoTzlqEgFKlOJ56jCCzxPNaryItV5"
    "mZd4lVeowWvUoiZ1qM3r1KU+9WhIAxrTiKY0oTnNaEkLWtOKtrThDdrRgfZ0oiNd6MybdKU73XiLHrxNT3rxDr15lz68Rz/6MoD+aFkM5H0GMyRpMh8wlI/4kJ8MwnmF/Nj7MIZzY1HE"
    "p/ITRjKC0ckI8TmfcdNhx8hxjE3mgPFMYiKT+YKpTGE605jJDGYzi7nMYT7zWMgCFkcygxFfsoSlfMVylrGSFaxmFWtZw3rWsTGZQTazia/Zwja2soPt7GIne9jNPvZygP0c4iCH+Yaj"
    "HOE4xzjJCU7xLWc4zXec5Qe+50fOcT6pOT9zgYv8wmUu8StXuMbVpBdc57ek5tzid+5wm7v8wV/8yT/8zX3u8S8P/r97xaNCQdegY5fYNj/+A10ClQE="
))
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]


def pattern(pick: random.Random):
    return Regex(pick.choice(PATTERNS)) if pick.random() < 0.6 else pick.choice(STRINGS)


def flags(pick: random.Random, count: int) -> list:
    return [pick.random() < 0.5 for _ in range(count)]


def some(pick: random.Random, makers: list, sequence, most: int):
    """None, one or several of these in a row."""
    steps = [pick.choice(makers)() for _ in range(pick.choice(range(most + 1)))]
    return None if not steps else steps[0] if len(steps) == 1 and pick.random() < 0.7 else sequence(steps)


def normalizer(pick: random.Random):
    makers = [
        *[getattr(normalizers, name) for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel")],
        *2 * [lambda: normalizers.BertNormalizer(*flags(pick, 2), pick.choice([None, True, False]), pick.random() < 0.5)],
        *2 * [lambda: normalizers.Precompiled(TABLE)],
        lambda: normalizers.Strip(*flags(pick, 2)),
        *2 * [lambda: normalizers.Prepend(pick.choice(["▁", "_x", " "]))],
        *3 * [lambda: normalizers.Replace(pattern(pick), pick.choice(["", " ", "▁", "x", "ab", "$1"]))],
    ]
    return some(pick, makers, normalizers.Sequence, 3)


def metaspace(pick: random.Random, kind):
    return kind(pick.choice(["▁", "▁", "_"]), pick.choice(["always", "first", "never"]), pick.random() < 0.5)


def pre_tokenizer(pick: random.Random):
    makers = [
        pre_tokenizers.BertPreTokenizer, pre_tokenizers.Whitespace, pre_tokenizers.WhitespaceSplit,
        *2 * [lambda: pre_tokenizers.ByteLevel(*flags(pick, 3))],
        lambda: pre_tokenizers.CharDelimiterSplit(pick.choice([" ", "-", "a", "é", "🙂"])),
        lambda: pre_tokenizers.Digits(pick.random() < 0.5),
        lambda: pre_tokenizers.FixedLength(pick.choice([1, 2, 5])),
        *2 * [lambda: metaspace(pick, pre_tokenizers.Metaspace)],
        *2 * [lambda: pre_tokenizers.Punctuation(pick.choice(BEHAVIORS))],
        *5 * [lambda: pre_tokenizers.Split(pattern(pick), pick.choice(BEHAVIORS), pick.random() < 0.3)],
    ]
    return some(pick, makers, pre_tokenizers.Sequence, 3)


def decoder(pick: random.Random):
    makers = [
        lambda: decoders.BPEDecoder(pick.choice(["</w>", "t"])), decoders.ByteFallback, decoders.ByteLevel, decoders.Fuse,
        lambda: decoders.CTC(pick.choice(["<pad>", "a"]), pick.choice(["|", "t"]), pick.random() < 0.5),
        lambda: metaspace(pick, decoders.Metaspace),
        lambda: decoders.Replace(pattern(pick), pick.choice(["", " ", "xy"])),
        lambda: decoders.Strip(pick.choice([" ", "a"]), pick.choice([0, 1, 2]), 0),
        lambda: decoders.WordPiece("##", pick.random() < 0.5),
    ]
    return some(pick, makers, decoders.Sequence, 3)


def post_processor(pick: random.Random):
    template = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=[("<s>", 1), ("</s>", 2)])
    byte_level = processors.ByteLevel(trim_offsets=pick.random() < 0.5)
    kinds = [None, template, byte_level, processors.BertProcessing(("</s>", 2), ("<s>", 1)), processors.RobertaProcessing(("</s>", 2), ("<s>", 1)), processors.Sequence([byte_level, template])]
    return pick.choice(kinds)


def text(pick: random.Random) -> str:
    parts = []
    for _ in range(pick.choice([0, 1, 2, 3, 5, 8, 12, 20])):
        kind = pick.random()
        parts.append(pick.choice(WORDS if kind < 0.55 else MARKS if kind < 0.7 else ODDITIES if kind < 0.82 else ADDED))
        if pick.random() < 0.75:
            parts.append(pick.choice(BLANKS))
    return "".join(parts)


def split(tokenizer: Tokenizer, line: str) -> list:
    """The pieces that a model gets to see."""
    normalized = tokenizer.normalizer.normalize_str(line) if tokenizer.normalizer else line
    pieces = tokenizer.pre_tokenizer.pre_tokenize_str(normalized) if tokenizer.pre_tokenizer else [(normalized, None)]
    return [piece for piece, _ in pieces]


def parts(pick: random.Random, pieces: list, count: int) -> list:
    """Some substrings of pieces, so that they are found."""
    found = []
    for _ in range(count):
        piece = pick.choice(pieces)
        start = pick.randrange(len(piece))
        found.append(piece[start : start + pick.choice([1, 2, 2, 3, 3, 4, 6])])
    return sorted(set(found))


def model(pick: random.Random, pieces: list):
    """A model whose vocabulary has some of the pieces' characters and parts."""
    characters = sorted({character for piece in pieces for character in piece})
    known = [character for character in characters if pick.random() < 0.85]
    specials = ["<unk>", "<s>", "</s>"]
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)] if pick.random() < 0.3 else []
    kind = pick.choice(["bpe", "bpe", "unigram", "word_piece", "word_level"])
    longer = parts(pick, pieces, pick.choice([20, 60, 120]))
    unknown = pick.choice(["<unk>", "<unk>", "<unk>", None])
    if kind == "unigram":
        tokens = dict.fromkeys([*specials, *byte_tokens, *known, *longer])
        return models.Unigram([(token, 0.0 if token in specials else -round(pick.uniform(1, 9), 3)) for token in tokens], None if unknown is None else 0, bool(byte_tokens))
    if kind == "word_level":
        tokens = dict.fromkeys([*specials, *(piece for piece in sorted(set(pieces)) if pick.random() < 0.6)])
        return models.WordLevel({token: index for index, token in enumerate(tokens)}, "<unk>")
    if kind == "word_piece":
        tokens = dict.fromkeys([*specials, *known, *("##" + character for character in known), *longer, *("##" + part for part in longer)])
        return models.WordPiece({token: index for index, token in enumerate(tokens)}, "<unk>", max_input_chars_per_word=pick.choice([5, 20, 100]))
    prefix, suffix = pick.choice([(None, None), (None, None), (None, "</w>"), ("##", None)])
    tokens = dict.fromkeys([*specials, *byte_tokens, *known, *(character + (suffix or "") for character in known), *((prefix or "") + character for character in known)])
    merges = []
    for _ in range(pick.choice([0, 40, 150])):
        first, second = pick.choice(list(tokens)[len(specials) + len(byte_tokens) :] or ["a"]), pick.choice(pieces)
        at = second.find(first.removesuffix(suffix or "\0"))
        if at < 0 or first not in tokens or (suffix and first.endswith(suffix)):
            continue
        rest = second[at + len(first) :]
        following = next((rest[:size] for size in (3, 2, 1) if rest[:size] and (prefix or "") + rest[:size] in tokens), None)
        if following is None or (first, (prefix or "") + following) in merges:
            continue
        merges.append((first, (prefix or "") + following))
        tokens[first + following] = None
    return models.BPE({token: index for index, token in enumerate(tokens)}, merges, unk_token=unknown, fuse_unk=pick.random() < 0.5, byte_fallback=bool(byte_tokens), continuing_subword_prefix=prefix, end_of_word_suffix=suffix, ignore_merges=pick.random() < 0.3)


def make(pick: random.Random, texts: list) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({}, ""))
    if (steps := normalizer(pick)) is not None:
        tokenizer.normalizer = steps
    if (steps := pre_tokenizer(pick)) is not None:
        tokenizer.pre_tokenizer = steps
    pieces = [piece for line in [" ".join(WORDS), *texts] for piece in split(tokenizer, line) if piece]
    made = Tokenizer(model(pick, pieces or ["a"]))
    if tokenizer.normalizer:
        made.normalizer = tokenizer.normalizer
    if tokenizer.pre_tokenizer:
        made.pre_tokenizer = tokenizer.pre_tokenizer
    if (steps := decoder(pick)) is not None:
        made.decoder = steps
    if (processor := post_processor(pick)) is not None:
        made.post_processor = processor
    chosen = pick.sample(ADDED, pick.choice([0, 0, 2, 6, 12]))
    made.add_tokens([AddedToken(content, single_word=pick.random() < 0.3, lstrip=pick.random() < 0.3, rstrip=pick.random() < 0.3, normalized=pick.random() < 0.5, special=pick.random() < 0.4) for content in chosen])
    return made


def attempt(task):
    try:
        return task()
    except BaseException as error:  # panics of the library among them
        if isinstance(error, KeyboardInterrupt):
            raise
        return None


def rows(tokenizer: Tokenizer, texts: list) -> list:
    found = []
    for line in texts:
        ids = attempt(lambda: tokenizer.encode(line).ids)
        decoded = [None if ids is None else attempt(lambda: tokenizer.decode(ids, skip_special_tokens=skip)) for skip in (False, True)]
        found.append([line, ids, *decoded])
    return found


def one_line(pick: random.Random, count: int) -> str | None:
    texts = [text(pick) for _ in range(count)]
    definition = attempt(lambda: make(pick, texts).to_str())
    tokenizer = None if definition is None else attempt(lambda: Tokenizer.from_str(definition))
    if tokenizer is None:
        return None  # which the library does not take either
    return json.dumps({"definition": json.loads(definition), "rows": rows(tokenizer, texts)}, ensure_ascii=False, separators=(",", ":"))


def in_child(task, seconds: int) -> str | None:
    """What a task returns, done in a process of its own: some patterns never end in the library."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            pipe.write(task() or "")
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        line = pipe.read()
    return line if os.waitpid(child, 0)[1] == 0 else None


def main(output: str, count: str = "250", each: str = "40", seed: str = "1") -> None:
    with Path(output).open("w") as file:
        made = attempts = 0
        while made < int(count):
            attempts += 1
            pick = random.Random(int(seed) * 1_000_003 + attempts)
            if line := in_child(lambda: one_line(pick, int(each)), seconds=5):
                made += 1
                file.write(line + "\n")


main(*sys.argv[1:])
