"""Times forward + backward steps of a sequence classifier in PyTorch and prints a line of JSON.

usage: python training_step.py MODEL_FOLDER BATCH LENGTH WARM_UP STEPS THREADS   (needs torch and transformers)
"""

import json
import resource
import sys
import time

import torch
from transformers import AutoModelForSequenceClassification

folder, batch, length, warm_up, steps, threads = sys.argv[1], *map(int, sys.argv[2:7])
torch.set_num_threads(threads)
torch.manual_seed(1)
model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=2, dtype=torch.float32)
model.eval()  # no dropout: the other side runs without it too
ids = torch.randint(1000, 21000, (batch, length))
labels = torch.randint(0, 2, (batch,))

seconds = []
for step in range(warm_up + steps):
    started = time.perf_counter()
    model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels).loss.backward()
    if step >= warm_up:
        seconds.append(time.perf_counter() - started)
    model.zero_grad(set_to_none=True)
print(json.dumps({"seconds": seconds, "peakMemoryMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
