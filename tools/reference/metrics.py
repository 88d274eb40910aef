"""Writes packages/tasks/fixtures/metrics.json: predictions, labels and their metrics by scikit-learn, SciPy, seqeval and rouge-score.

usage: python tools/reference/metrics.py   (from the repository root; needs scikit-learn, scipy, seqeval and rouge-score)

A correlation that is undefined because a list is constant is written as 0, which is what the package returns. Standard errors
are those of scipy.stats: sem of means, bootstrap (10,000 resamples) of everything else.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from scipy.stats import bootstrap, pearsonr, sem, spearmanr
from seqeval.metrics import f1_score as entity_f1
from seqeval.metrics import precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

warnings.filterwarnings("ignore")
random = np.random.default_rng(20260)

CLASS_METRICS = {
    "accuracy": accuracy_score,
    "f1": lambda labels, predictions: f1_score(labels, predictions, zero_division=0),
    "matthews": matthews_corrcoef,
}
SCORE_METRICS = {
    "pearson": lambda labels, predictions: pearsonr(predictions, labels)[0],
    "spearman": lambda labels, predictions: spearmanr(predictions, labels)[0],
}


def case(name, predictions, labels, metrics):
    values = {metric: compute(labels, predictions) for metric, compute in metrics.items()}
    defined = {metric: 0.0 if math.isnan(value) else float(value) for metric, value in values.items()}
    return {"name": name, "predictions": np.asarray(predictions).tolist(), "labels": np.asarray(labels).tolist(), "metrics": defined}


def with_errors(entry, metrics):
    predictions, labels = np.asarray(entry["predictions"]), np.asarray(entry["labels"])
    errors = {}
    for metric, compute in metrics.items():
        if metric == "accuracy":
            errors[metric] = sem(predictions == labels)
        else:
            drawn = bootstrap((labels, predictions), compute, paired=True, vectorized=False, n_resamples=10_000, method="basic", rng=1)
            errors[metric] = drawn.standard_error
    return {**entry, "errors": {metric: float(value) for metric, value in errors.items()}}


def classes(name, predictions, labels):
    return case(name, predictions, labels, CLASS_METRICS)


def scores(name, predictions, labels):
    return case(name, predictions, labels, SCORE_METRICS)


def coin(size, share=0.5):
    return (random.random(size) < share).astype(int)


def tags(sentences, start=0.3):
    """Sentences of random IOB2 tags, also with I- tags that begin an entity."""
    choices = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    weights = [1 - start] + [start / 6] * 6
    return [[str(random.choice(choices, p=weights)) for _ in range(length)] for length in random.integers(1, 12, sentences)]


def corrupted(sentences, share):
    return [[str(random.choice(["O", "B-PER", "I-ORG"])) if random.random() < share else tag for tag in sentence] for sentence in sentences]


def entities(name, predictions, labels):
    metrics = {"precision": precision_score(labels, predictions), "recall": recall_score(labels, predictions), "f1": entity_f1(labels, predictions)}
    spans = [[[type_, start, end + 1] for type_, start, end in get_entities(sentence)] for sentence in labels]
    return {"name": name, "predictions": predictions, "labels": labels, "entities": spans, "metrics": {metric: float(value) for metric, value in metrics.items()}}


WORDS = ["the", "The", "river", "don't", "3.5", "ran", "Ümlaut", "co-operate", "a", "b", "b,", "“quoted”", "x_y", "naïve", "2024"]
rouge = RougeScorer(["rouge1", "rouge2", "rougeL"])


def text(length):
    return " ".join(random.choice(WORDS, length))


def summaries(name, pairs):
    values = [rouge.score_multi(references, answer) for answer, references in pairs]
    metrics = {metric: [value[metric].fmeasure for value in values] for metric in ("rouge1", "rouge2", "rougeL")}
    return {
        "name": name,
        "predictions": [answer for answer, _ in pairs],
        "labels": [references for _, references in pairs],
        "metrics": {metric: float(np.mean(each)) for metric, each in metrics.items()},
        "errors": {metric: float(sem(each)) for metric, each in metrics.items()} if len(pairs) > 1 else {},
    }


truth = random.uniform(0, 5, 50)
cases = [
    with_errors(classes("balanced classes", coin(60), coin(60)), CLASS_METRICS),
    classes("rare class", coin(80, 0.1), coin(80, 0.15)),
    classes("all right", *[coin(20)] * 2),
    classes("all wrong", *(lambda labels: (1 - labels, labels))(coin(20))),
    classes("only class 1 predicted", np.ones(30, int), coin(30)),
    classes("only class 0 predicted", np.zeros(30, int), coin(30)),
    classes("class 1 nowhere", np.zeros(10, int), np.zeros(10, int)),
    scores("independent scores", random.normal(size=40), random.normal(size=40)),
    with_errors(scores("noisy scores", truth + random.normal(size=50), truth), SCORE_METRICS),
    scores("reversed scores", -(truth**3), truth),
    scores("scores with ties", random.integers(0, 6, 60).astype(float), random.integers(0, 6, 60).astype(float)),
    scores("far from zero", 1e6 + random.normal(size=30), 3 + random.normal(size=30)),
    scores("constant predictions", np.full(25, 0.1), random.normal(size=25)),
]
sentences = tags(40)
entity_cases = [
    entities("noisy tags", corrupted(sentences, 0.15), sentences),
    entities("dense tags", corrupted(dense := tags(40, 0.9), 0.3), dense),
    entities("all right", sentences, sentences),
    entities("nothing found", [["O"] * len(sentence) for sentence in sentences], sentences),
    entities("nothing there", corrupted(empty := [["O"] * 5] * 3, 0.5), empty),
]
rouge_cases = [
    summaries("one reference", [(text(random.integers(1, 25)), [text(random.integers(1, 25))]) for _ in range(20)]),
    summaries("three references", [(text(12), [text(random.integers(1, 25)) for _ in range(3)]) for _ in range(20)]),
    summaries("the same", [(same := text(15), [same])]),
    summaries("empty answer", [("", [text(5)])]),
    summaries("no words", [("… — !", ["“”"])]),
]
target = Path("packages/tasks/fixtures/metrics.json")
target.parent.mkdir(exist_ok=True)
groups = {"numbers": cases, "entities": entity_cases, "rouge": rouge_cases}
lines = ",\n".join(f'"{group}": [\n' + ",\n".join(json.dumps(entry) for entry in entries) + "\n]" for group, entries in groups.items())
target.write_text("{\n" + lines + "\n}\n")
