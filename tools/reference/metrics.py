"""Writes packages/tasks/fixtures/metrics.json: predictions, labels and their metrics by scikit-learn and SciPy.

usage: python tools/reference/metrics.py   (from the repository root; needs scikit-learn and scipy)

A correlation that is undefined because a list is constant is written as 0, which is what the package returns.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

warnings.filterwarnings("ignore")
random = np.random.default_rng(20260)


def classes(name, predictions, labels):
    metrics = {
        "accuracy": accuracy_score(labels, predictions),
        "f1": f1_score(labels, predictions, zero_division=0),
        "matthews": matthews_corrcoef(labels, predictions),
    }
    return case(name, predictions, labels, metrics)


def scores(name, predictions, labels):
    metrics = {"pearson": pearsonr(predictions, labels)[0], "spearman": spearmanr(predictions, labels)[0]}
    return case(name, predictions, labels, metrics)


def case(name, predictions, labels, metrics):
    defined = {metric: 0.0 if math.isnan(value) else float(value) for metric, value in metrics.items()}
    return {"name": name, "predictions": np.asarray(predictions).tolist(), "labels": np.asarray(labels).tolist(), "metrics": defined}


def coin(size, share=0.5):
    return (random.random(size) < share).astype(int)


truth = random.uniform(0, 5, 50)
cases = [
    classes("balanced classes", coin(60), coin(60)),
    classes("rare class", coin(80, 0.1), coin(80, 0.15)),
    classes("all right", *[coin(20)] * 2),
    classes("all wrong", *(lambda labels: (1 - labels, labels))(coin(20))),
    classes("only class 1 predicted", np.ones(30, int), coin(30)),
    classes("only class 0 predicted", np.zeros(30, int), coin(30)),
    classes("class 1 nowhere", np.zeros(10, int), np.zeros(10, int)),
    scores("independent scores", random.normal(size=40), random.normal(size=40)),
    scores("noisy scores", truth + random.normal(size=50), truth),
    scores("reversed scores", -(truth**3), truth),
    scores("scores with ties", random.integers(0, 6, 60).astype(float), random.integers(0, 6, 60).astype(float)),
    scores("far from zero", 1e6 + random.normal(size=30), 3 + random.normal(size=30)),
    scores("constant predictions", np.full(25, 0.1), random.normal(size=25)),
]
target = Path("packages/tasks/fixtures/metrics.json")
target.parent.mkdir(exist_ok=True)
target.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in cases) + "\n]\n")
