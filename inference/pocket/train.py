#!/usr/bin/env python3
"""Trains the pocket model on the windows that corpus/main.ts wrote, and exports it as safetensors.

    train.py DATA_DIR MODEL_DIR [--minutes M] [--processes N] [--seed N] [--start-from MODEL_DIR] [--peak LR] [--short-share S]

Each process has one thread and its own share of every batch; gradients are averaged in shared memory. On 2 cores that was four
times faster than one process of two threads, whose small matrices leave them waiting for each other.

DATA_DIR holds short.tokens / short.weights, whole.* and valid.* (flat arrays of 16-bit tokens and 8-bit loss weights, windows one
after the other; windows.json names their sizes). Short windows teach the answers, then whole ones teach to find them after a long
prompt. Progress goes to the terminal; the loss curve to MODEL_DIR/loss.png;
a checkpoint every two minutes to DATA_DIR/checkpoint.pt, from which a killed run goes on.
"""

import argparse
import json
import math
import os
import struct
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from model import CONFIG, Grok

WARMUP = 150
STEP_TOKENS = 1024  # per process: little, since what a small model needs is many steps
BALANCE = 0.01


class Windows:
    """Windows of a split, drawn in a seeded order that does not depend on how often a run was resumed."""

    def __init__(self, folder: Path, split: str, size: int):
        self.tokens = np.fromfile(folder / f"{split}.tokens", dtype=np.uint16).reshape(-1, size)
        self.weights = np.fromfile(folder / f"{split}.weights", dtype=np.uint8).reshape(-1, size)

    def batch(self, rows):
        tokens = torch.from_numpy(self.tokens[rows].astype(np.int64))
        weights = torch.from_numpy(self.weights[rows].astype(np.float32) / 255)
        return tokens[:, :-1], tokens[:, 1:], weights[:, 1:]


def loss_of(model, x, y, w):
    keep = w > 0
    hidden = model(x)
    each = F.cross_entropy(model.logits(hidden[keep]), y[keep], reduction="none")
    return (each * w[keep]).sum() / w[keep].sum()


@torch.no_grad()
def validate(model, valid):
    """Mean loss per reply token on questions that were phrased in a way never trained on."""
    model.eval()
    total = [loss_of(model, *valid.batch(slice(i, i + 8))).item() for i in range(0, min(48, len(valid.tokens)), 8)]
    model.train()
    return sum(total) / len(total)


def export(model, folder: Path):
    """bf16 safetensors with Hugging Face names; norms' parameter is called scale there, too."""
    folder.mkdir(parents=True, exist_ok=True)
    header, blobs, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name, p in sorted(model.state_dict().items()):
        bits = p.detach().to(torch.bfloat16).contiguous().view(torch.int16).numpy().tobytes()
        header["model." + name] = {"dtype": "BF16", "shape": list(p.shape), "data_offsets": [at, at + len(bits)]}
        blobs.append(bits)
        at += len(bits)
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 64)
    unfinished = folder / "model.safetensors.unfinished"
    unfinished.write_bytes(struct.pack("<Q", len(head)) + head + b"".join(blobs))
    unfinished.rename(folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=1) + "\n")


def load(model, folder: Path):
    """The weights that `export` wrote, to train them further with fresh optimizer state."""
    blob = (folder / "model.safetensors").read_bytes()
    size = struct.unpack("<Q", blob[:8])[0]
    header, state = json.loads(blob[8 : 8 + size]), {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + size + at for at in entry["data_offsets"])
            bits = np.frombuffer(blob[begin:end], np.uint16).astype(np.uint32) << 16
            state[name.removeprefix("model.")] = torch.from_numpy(bits.view(np.float32).reshape(entry["shape"]))
    model.load_state_dict(state)


def draw(curve, file: Path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.figure(figsize=(7, 4), dpi=110)
    plt.plot([c[0] / 1e6 for c in curve], [c[1] for c in curve], label="training (mean since the last point)")
    plt.plot([c[0] / 1e6 for c in curve], [c[2] for c in curve], label="questions in unseen words")
    plt.xlabel("million tokens"), plt.ylabel("loss per reply token (nats)"), plt.legend(), plt.grid(alpha=0.3)
    plt.title("The pocket model, 8.3M parameters"), plt.tight_layout(), plt.savefig(file), plt.close()


class Averager:
    """Averages gradients over processes: each writes its own into shared memory, then all read all."""

    def __init__(self, processes: int, size: int):
        self.shared = torch.zeros(processes, size).share_memory_()
        self.barrier = get_context("fork").Barrier(processes)

    def average(self, rank: int, parameters):
        self.shared[rank] = torch.cat([p.grad.reshape(-1) for p in parameters])
        self.barrier.wait()
        mean, at = self.shared.mean(0), 0
        for p in parameters:
            p.grad.copy_(mean[at : at + p.numel()].view_as(p))
            at += p.numel()
        self.barrier.wait()

    def agree(self, rank: int, value: float) -> float:
        """The first process's value, for all."""
        if rank == 0:
            self.shared[0, 0] = value
        self.barrier.wait()
        value = self.shared[0, 0].item()
        self.barrier.wait()
        return value


def work(rank: int, a, averager: Averager):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(a.seed)
    sizes = json.loads((a.data / "windows.json").read_text())
    short, whole, valid = (Windows(a.data, split, sizes[split]) for split in ("short", "whole", "valid"))
    model = Grok(CONFIG)
    if a.start_from:
        load(model, a.start_from)
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() == 2], "weight_decay": 0.05},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=a.peak, betas=(0.9, 0.97))
    step, used, curve, recent = 0, 0.0, [], []
    checkpoint = a.data / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"]), optimizer.load_state_dict(saved["optimizer"])
        step, used, curve = saved["step"], saved["used"], saved["curve"]
        if rank == 0:
            print(f"going on from step {step}, {used / 60:.1f} min", flush=True)
    total = a.minutes * 60
    saved_at, shown_at, shown_step, clock = used, time.time(), step, time.time()
    while True:
        # Time, not steps, is what there is: the learning rate follows the share of it that is used.
        used = averager.agree(rank, used + time.time() - clock)
        clock = time.time()
        if used >= total:
            break
        train = short if used < a.short_share * total else whole
        each = max(1, STEP_TOKENS // train.tokens.shape[1])  # windows per process and step
        per_step = each * a.processes
        per_epoch = len(train.tokens) // per_step
        order = np.random.default_rng([a.seed, step // per_epoch]).permutation(len(train.tokens))
        at = step % per_epoch * per_step + rank * each
        rate = a.peak * min(1, (step + 1) / WARMUP) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * used / total)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(model, *train.batch(order[at : at + each]))
        optimizer.zero_grad()
        (loss + BALANCE * model.balance()).backward()
        averager.average(rank, parameters)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        recent.append(loss.item())
        if rank != 0:
            continue
        if step % 20 == 0:
            done = int(30 * used / total)
            speed = (step - shown_step) * a.processes * STEP_TOKENS / (time.time() - shown_at)
            shown_at, shown_step = time.time(), step
            print(f"\r[{'#' * done}{'.' * (30 - done)}] {used / 60:5.1f}/{a.minutes:.0f} min  step {step}  {step * a.processes * STEP_TOKENS / 1e6:.2f}M "
                  f"tokens  {speed:.0f} tokens/s  loss {np.mean(recent[-20:]):.3f}", end="", flush=True)
        if used - saved_at > 120:
            saved_at = used
            save(a, model, optimizer, step, used, curve, recent, valid, step * a.processes * STEP_TOKENS)
            recent = []
    if rank == 0:
        if recent:  # else nothing was learnt since the last save
            save(a, model, optimizer, step, used, curve, recent, valid, step * a.processes * STEP_TOKENS)
        print("done:", a.model)


def save(a, model, optimizer, step, used, curve, recent, valid, seen):
    """Checkpoint, model and curve, each under its final name only when it is whole."""
    curve.append((seen, float(np.mean(recent)), validate(model, valid)))
    print(f"\nloss {curve[-1][1]:.3f}, on unseen phrasings {curve[-1][2]:.3f}", flush=True)
    unfinished = a.data / "checkpoint.new"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "used": used, "curve": curve}, unfinished)
    unfinished.rename(a.data / "checkpoint.pt")
    export(model, a.model)
    draw(curve, a.model / "loss.png")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("data", type=Path)
    a.add_argument("model", type=Path)
    a.add_argument("--minutes", type=float, default=60, help="training time; the learning rate falls to zero at its end")
    a.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    a.add_argument("--start-from", type=Path, help="a folder with model.safetensors whose weights to train further")
    a.add_argument("--peak", type=float, default=2.5e-3, help="the highest learning rate; a quarter of it to train weights further")
    a.add_argument("--short-share", type=float, default=0.3, help="the share of the time that short windows get, at the beginning")
    a.add_argument("--seed", type=int, default=1)
    a = a.parse_args()
    torch.set_num_threads(1)
    averager = Averager(a.processes, sum(p.numel() for p in Grok(CONFIG).parameters()))
    others = [get_context("fork").Process(target=work, args=(rank, a, averager)) for rank in range(1, a.processes)]
    for other in others:
        other.start()
    work(0, a, averager)
    for other in others:
        other.join()


if __name__ == "__main__":
    main()
