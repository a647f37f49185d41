"""Grok-1's mixture of experts in PyTorch's own way, to compare with: index the tokens of each expert, three products, add them back.

Prints one JSON object a line, as gpu_bench does. Needs torch and a card: python3 test/gpu/pytorch.py [--tiny]
"""

import json
import sys

import torch

TINY = "--tiny" in sys.argv
EMB, FFN, EXPERTS, SELECTED = (64, 64, 8, 2) if TINY else (6144, 32768, 8, 2)
ROWS = (1, 3) if TINY else (1, 2, 4, 8, 16, 32, 64, 512, 4096)
ROUNDS = 1 if TINY else 20
CARD = "cuda" if torch.cuda.is_available() else "cpu"


def experts(x, router, gate, up, down):
    probs = torch.softmax((x @ router.T).float(), -1)
    weights, chosen = probs.topk(SELECTED)
    y = torch.zeros_like(x)
    for e in range(EXPERTS):
        rows, place = (chosen == e).nonzero(as_tuple=True)
        if rows.numel() == 0:
            continue
        own = x[rows]
        hidden = torch.nn.functional.gelu(own @ gate[e].T, approximate="tanh") * (own @ up[e].T)
        y.index_add_(0, rows, (hidden @ down[e].T) * weights[rows, place, None].to(x.dtype))
    return y, chosen


def seconds(work):
    work()
    if CARD == "cpu":
        return float("nan")
    times = []
    for _ in range(ROUNDS):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) / 1000)
    return sorted(times)[len(times) // 2]


@torch.inference_mode()
def main():
    torch.manual_seed(1)
    if CARD == "cpu" and not TINY:
        sys.exit("There is no card: only --tiny runs without one.")
    new = lambda *shape: torch.randn(*shape, device=CARD, dtype=torch.bfloat16) * 0.02
    router, gate, up = new(EXPERTS, EMB), new(EXPERTS, FFN, EMB), new(EXPERTS, FFN, EMB)
    down = new(EXPERTS, EMB, FFN)
    name = torch.cuda.get_device_name() if CARD == "cuda" else "cpu"
    print(json.dumps({"name": "pytorch", "card": name, "version": torch.__version__}))
    for rows in ROWS:
        x = new(rows, EMB)
        time = seconds(lambda: experts(x, router, gate, up, down))
        distinct = experts(x, router, gate, up, down)[1].unique().numel()
        read = distinct * 3 * EMB * FFN * 2
        row = {"name": "experts, PyTorch", "weights": "bf16", "rows": rows, "us": round(time * 1e6, 1)}
        row["GB/s"] = round(read / time * 1e-9) if time == time else None
        row["TFLOP/s"] = round(2 * rows * SELECTED * 3 * EMB * FFN / time * 1e-12, 1) if time == time else None
        print(json.dumps(row), flush=True)


main()
