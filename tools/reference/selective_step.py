"""Times ID3 steps of a sequence classifier with the official toolkit on PyTorch and prints a line of JSON.

usage: python selective_step.py MODEL_FOLDER BATCH LENGTH STEPS BUDGET THREADS
       python selective_step.py --make FOLDER TOKENIZER   (a BERT-base with 50,265 tokens, 125M random weights)

Needs torch, transformers and selective-optimizers (PyPI).
"""

import json
import resource
import sys
import time

import torch
from transformers import AutoModelForSequenceClassification, BertConfig, BertForSequenceClassification

if sys.argv[1] == "--make":
    import shutil

    torch.manual_seed(1)
    BertForSequenceClassification(BertConfig(vocab_size=50265)).save_pretrained(sys.argv[2])
    shutil.copy(sys.argv[3], sys.argv[2])
    sys.exit()

from selective_optimizers.wrap import get_selective_optimizer  # noqa: E402

folder, batch, length, steps, budget, threads = sys.argv[1], *map(int, sys.argv[2:7])
torch.set_num_threads(threads)
torch.manual_seed(1)
model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=2, dtype=torch.float32)
model.eval()  # no dropout: the other side runs without it too
parameters = sum(parameter.numel() for parameter in model.parameters())
optimizer = get_selective_optimizer(torch.optim.AdamW, "id3")(
    params=[{"params": list(model.parameters())}], lr=1e-4, budget=budget, exp=1, eps=1e-3, max_steps=steps, verify=False
)
ids = torch.randint(1000, 21000, (batch, length))
labels = torch.randint(0, 2, (batch,))

passes, selections = [], []
for step in range(steps):
    started = time.perf_counter()
    model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels).loss.backward()
    between = time.perf_counter()
    optimizer.step()
    optimizer.zero_grad()
    if step > 0:
        passes.append(between - started)
        selections.append(time.perf_counter() - between)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"passes": passes, "selections": selections, "peakMemoryMB": peak, "parameters": parameters}))
