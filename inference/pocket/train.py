#!/usr/bin/env python3
"""Trains the pocket model on the windows that corpus.ts wrote, and exports it as safetensors.

    train.py DATA_DIR MODEL_DIR [--minutes M] [--threads N] [--seed N]

DATA_DIR holds train.tokens / train.weights and valid.* (flat arrays of 16-bit tokens and 8-bit loss weights, windows of `window`
tokens one after the other; windows.json names the sizes). Progress goes to the terminal; the loss curve to MODEL_DIR/loss.png;
a checkpoint every two minutes to DATA_DIR/checkpoint.pt, from which a killed run goes on.
"""

import argparse
import json
import math
import struct
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from model import CONFIG, Grok

WARMUP = 150
PEAK = 2.5e-3
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


def draw(curve, file: Path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.figure(figsize=(7, 4), dpi=110)
    plt.plot([c[0] / 1e6 for c in curve], [c[1] for c in curve], label="training (mean since the last point)")
    plt.plot([c[0] / 1e6 for c in curve], [c[2] for c in curve], label="questions in unseen words")
    plt.xlabel("million tokens"), plt.ylabel("loss per reply token (nats)"), plt.legend(), plt.grid(alpha=0.3)
    plt.title("The pocket model, 8.3M parameters"), plt.tight_layout(), plt.savefig(file), plt.close()


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("data", type=Path)
    a.add_argument("model", type=Path)
    a.add_argument("--minutes", type=float, default=60, help="training time; the learning rate falls to zero at its end")
    a.add_argument("--threads", type=int, default=torch.get_num_threads())
    a.add_argument("--seed", type=int, default=1)
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(a.seed)
    size = json.loads((a.data / "windows.json").read_text())["window"]
    train, valid = Windows(a.data, "train", size), Windows(a.data, "valid", size)
    model = Grok(CONFIG)
    decay = [p for p in model.parameters() if p.dim() == 2]
    rest = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=PEAK, betas=(0.9, 0.97)
    )
    step, used, seen, curve, recent = 0, 0.0, 0, [], []
    checkpoint = a.data / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"]), optimizer.load_state_dict(saved["optimizer"])
        step, used, seen, curve = saved["step"], saved["used"], saved["seen"], saved["curve"]
        print(f"going on from step {step}, {used / 60:.1f} min", flush=True)
    batch = max(1, 4096 // size)
    total = a.minutes * 60
    saved_at = used
    while used < total:
        begun = time.time()
        order = np.random.default_rng([a.seed, step * batch // len(train.tokens)]).permutation(len(train.tokens))
        at = step * batch % len(train.tokens)
        # Time, not steps, is what there is: the learning rate follows the share of it that is used.
        rate = PEAK * min(1, (step + 1) / WARMUP) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * used / total)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, y, w = train.batch(order[at : at + batch])
        loss = loss_of(model, x, y, w)
        optimizer.zero_grad()
        (loss + BALANCE * model.balance()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step, seen = step + 1, seen + x.numel()
        recent.append(loss.item())
        used += time.time() - begun
        if step % 20 == 0:
            done = int(30 * used / total)
            speed = 20 * x.numel() / max(1e-9, time.time() - last) if step > 20 and "last" in dir() else 0
            last = time.time()
            print(f"\r[{'#' * done}{'.' * (30 - done)}] {used / 60:5.1f}/{a.minutes:.0f} min  step {step}  {seen / 1e6:.2f}M tokens"
                  f"  {speed:.0f} tokens/s  loss {np.mean(recent[-20:]):.3f}", end="", flush=True)
        if used - saved_at > 120 or used >= total:
            saved_at = used
            curve.append((seen, float(np.mean(recent)), validate(model, valid)))
            recent = []
            print(f"\nloss {curve[-1][1]:.3f}, on unseen phrasings {curve[-1][2]:.3f}", flush=True)
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "used": used,
                        "seen": seen, "curve": curve}, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").rename(checkpoint)
            export(model, a.model)
            draw(curve, a.model / "loss.png")
    print("done:", a.model)


if __name__ == "__main__":
    main()
