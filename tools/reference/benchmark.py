"""Makes one measurement in PyTorch and prints its figures as a line of JSON; benchmarks/README.md says what they are.

usage: python benchmark.py MEASUREMENT WORKLOAD

Needs torch and transformers; selective_step selective-optimizers, lora_step peft besides (all on PyPI).
"""

import json
import resource
import sys
import time
from types import SimpleNamespace

import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

workload = SimpleNamespace(**json.loads(sys.argv[2]))
torch.set_num_threads(workload.threads)
torch.manual_seed(1)


def load_classifier():
    model = AutoModelForSequenceClassification.from_pretrained(workload.model, num_labels=2, dtype=torch.float32)
    model.config.pad_token_id = 0  # no token of the batch is padding
    return model.eval()  # no dropout: the other side runs without it too


def random_ids():
    return torch.randint(1000, 21000, (workload.batch, workload.length))


def batch():
    ids = random_ids()
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": torch.randint(0, 2, (workload.batch,))}


def timed(body):
    """Seconds of each repetition, those of the warm-up left out."""
    seconds = []
    for _ in range(workload.warmUp + workload.steps):
        started = time.perf_counter()
        body()
        seconds.append(time.perf_counter() - started)
    return seconds[workload.warmUp :]


def training_step():
    model, inputs = load_classifier(), batch()

    def step():
        model(**inputs).loss.backward()
        model.zero_grad(set_to_none=True)

    return {"seconds": timed(step)}


def selective_step():
    from selective_optimizers.wrap import get_selective_optimizer

    model, inputs = load_classifier(), batch()
    steps = workload.warmUp + workload.steps
    optimizer = get_selective_optimizer(torch.optim.AdamW, "id3")(
        params=[{"params": list(model.parameters())}], lr=1e-4, budget=workload.budget, exp=1, eps=1e-3, max_steps=steps, verify=False
    )
    selecting = []

    def step():
        model(**inputs).loss.backward()
        started = time.perf_counter()
        optimizer.step()
        optimizer.zero_grad()
        selecting.append(time.perf_counter() - started)

    seconds = timed(step)
    selecting = selecting[workload.warmUp :]
    passes = [whole - part for whole, part in zip(seconds, selecting)]
    shares = [part / rest for part, rest in zip(selecting, passes)]
    return {"seconds": seconds, "secondsPasses": passes, "secondsSelecting": selecting, "selectingPerPass": shares}


def lora_step():
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(task_type="SEQ_CLS", r=8, lora_alpha=16, target_modules="all-linear")
    model, inputs = get_peft_model(load_classifier(), config), batch()
    optimizer = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad], lr=1e-4, weight_decay=0)

    def step():
        model(**inputs).loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    return {"seconds": timed(step)}


def evaluation():
    model, ids = load_classifier(), random_ids()
    with torch.inference_mode():
        seconds = timed(lambda: model(input_ids=ids, attention_mask=torch.ones_like(ids)))
    return {"seconds": seconds, "tokensPerSecond": [workload.batch * workload.length / time for time in seconds]}


def generation():
    model = AutoModelForCausalLM.from_pretrained(workload.model, dtype=torch.float32).eval()
    ids = random_ids()

    def write(count):
        started = time.perf_counter()
        model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, min_new_tokens=count, max_new_tokens=count, pad_token_id=0)
        return time.perf_counter() - started

    write(2)
    seconds = [write(workload.steps) for _ in range(2)]
    return {"seconds": seconds, "tokensPerSecond": [workload.batch * workload.steps / time for time in seconds]}


def loading():
    def load():
        AutoTokenizer.from_pretrained(workload.model)
        load_classifier()

    return {"seconds": timed(load)}


figures = globals()[sys.argv[1]]()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({**figures, "peakMemoryMB": [peak]}))
