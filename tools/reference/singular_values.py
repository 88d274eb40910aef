"""Makes packages/tensor-core/fixtures/singular-values.json: singular values by SciPy.

usage: python tools/reference/singular_values.py     (from the repository root; needs scipy)

Written with scipy 1.17.1. Each case holds a matrix, row after row, and its singular values, the greatest first.
"""

import json
from pathlib import Path

import numpy as np
from scipy.linalg import hilbert, svdvals

rng = np.random.default_rng(7)
CASES = {
    "tall": rng.normal(size=(7, 4)),
    "wide": rng.normal(size=(3, 8)),
    "square": rng.normal(size=(6, 6)),
    "of rank 2": rng.normal(size=(6, 2)) @ rng.normal(size=(2, 5)),
    "with equal values": np.kron(np.eye(3), [[0.6, -0.8], [0.8, 0.6]]),
    "badly conditioned": hilbert(8),
    "of great and small columns": rng.normal(size=(6, 4)) * [1e6, 1, 1e-3, 1e-6],
    "zero": np.zeros((3, 2)),
    "one number": np.array([[-2.5]]),
}

lines = [
    f"  {json.dumps(name)}: {json.dumps({'rows': len(matrix), 'columns': len(matrix[0]), 'matrix': matrix.ravel().tolist(), 'values': svdvals(matrix).tolist()})}"
    for name, matrix in CASES.items()
]
Path("packages/tensor-core/fixtures/singular-values.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
