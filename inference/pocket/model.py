"""Grok-1's architecture in PyTorch, for training the pocket model.

The same numbers as xAI's model.py: rotary half-split positions, 30 * tanh(x / 30) on attention logits, RMSNorm before and after
each block, two of eight experts by softmax over all eight without renormalising, GELU (tanh) gate, tied embedding.
Parameter names and [out, in] layout are those of the Hugging Face conversion, so that export is a copy.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

CAP = 30.0
DROPOUT = 0.1  # in training, of what a layer adds: answers should hang on the question's sense, not on its every word
QUERY_BLOCK = 128  # a block's attention logits stay in the cache; later keys are never computed


def ffn_size(emb: int, widening: float) -> int:
    size = int(widening * emb) * 2 // 3
    return size + (8 - size) % 8


class RmsNorm(nn.Module):
    def __init__(self, emb: int, scale: float = 1.0):
        super().__init__()
        self.scale = nn.Parameter(torch.full((emb,), scale))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.scale


def rotary(length: int, key: int):
    angle = torch.arange(length)[:, None] / 10000 ** (torch.arange(0, key, 2) / key)
    angle = torch.cat([angle, angle], -1)
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.q_heads, self.kv_heads, self.key = c["num_q_heads"], c["num_kv_heads"], c["key_size"]
        self.multiplier = c["attn_output_multiplier"]
        emb = c["emb_size"]
        self.q_proj = nn.Linear(emb, self.q_heads * self.key, bias=False)
        self.k_proj = nn.Linear(emb, self.kv_heads * self.key, bias=False)
        self.v_proj = nn.Linear(emb, self.kv_heads * self.key, bias=False)
        self.o_proj = nn.Linear(self.q_heads * self.key, emb, bias=False)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        group = self.q_heads // self.kv_heads
        q = rotate(self.q_proj(x).view(batch, length, self.q_heads, self.key).transpose(1, 2), cos, sin)
        k = rotate(self.k_proj(x).view(batch, length, self.kv_heads, self.key).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(batch, length, self.kv_heads, self.key).transpose(1, 2)
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)  # query head i reads kv head i // group
        q = q * (self.multiplier / CAP)
        out = []
        for start in range(0, length, QUERY_BLOCK):
            end = min(start + QUERY_BLOCK, length)
            logits = torch.tanh(q[:, :, start:end] @ k[:, :, :end].transpose(2, 3)) * CAP
            future = torch.full((end - start, end), 0.0)
            future[:, start:] = torch.full((end - start, end - start), -1e30).triu(1)
            out.append((logits + future).softmax(-1) @ v[:, :, :end])
        return self.o_proj(torch.cat(out, 2).transpose(1, 2).reshape(batch, length, -1))


class Expert(nn.Module):
    def __init__(self, emb: int, ffn: int):
        super().__init__()
        self.linear = nn.Linear(emb, ffn, bias=False)
        self.linear_v = nn.Linear(emb, ffn, bias=False)
        self.linear_1 = nn.Linear(ffn, emb, bias=False)

    def forward(self, x):
        return self.linear_1(F.gelu(self.linear(x), approximate="tanh") * self.linear_v(x))


class MoeBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        emb, self.selected = c["emb_size"], c["num_selected_experts"]
        self.gate = nn.Linear(emb, c["num_experts"], bias=False)
        self.experts = nn.ModuleList(Expert(emb, ffn_size(emb, c["widening_factor"])) for _ in range(c["num_experts"]))
        self.balance = torch.zeros(())

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1])
        p = self.gate(flat).softmax(-1)
        top, chosen = p.topk(self.selected, -1)
        out = torch.zeros_like(flat)
        load = torch.zeros(len(self.experts))
        for e, expert in enumerate(self.experts):
            rows, slot = (chosen == e).nonzero(as_tuple=True)
            load[e] = len(rows) / chosen.numel()
            if len(rows):
                out = out.index_add(0, rows, expert(flat[rows]) * top[rows, slot, None])
        # Switch Transformer's balance term (arXiv 2101.03961): smallest when every expert gets its share.
        self.balance = len(self.experts) * (load * p.mean(0)).sum()
        return out.view_as(x)


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        emb = c["emb_size"]
        self.pre_attn_norm, self.post_attn_norm = RmsNorm(emb), RmsNorm(emb, 0.4)
        self.pre_moe_norm, self.post_moe_norm = RmsNorm(emb), RmsNorm(emb, 0.4)
        self.attn, self.moe_block = Attention(c), MoeBlock(c)

    def forward(self, h, cos, sin):
        h = h + self.dropped(self.post_attn_norm(self.attn(self.pre_attn_norm(h), cos, sin)))
        return h + self.dropped(self.post_moe_norm(self.moe_block(self.pre_moe_norm(h))))

    def dropped(self, x):
        return F.dropout(x, DROPOUT, self.training)


class Grok(nn.Module):
    def __init__(self, config):
        super().__init__()
        c = config["model"]
        self.embedding_multiplier = config["embedding_multiplier_scale"]
        self.output_multiplier = config["output_multiplier_scale"]
        self.embed_tokens = nn.Embedding(config["vocab_size"], c["emb_size"])
        self.layers = nn.ModuleList(Layer(c) for _ in range(c["num_layers"]))
        self.norm = RmsNorm(c["emb_size"])
        self.key = c["key_size"]
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=1 / self.embedding_multiplier if "embed" in name else 1 / math.sqrt(p.shape[1]))

    def forward(self, tokens):
        """tokens [batch, length] -> final hidden states [batch, length, emb]; `logits` turns those that matter into logits."""
        cos, sin = rotary(tokens.shape[1], self.key)
        h = self.embed_tokens(tokens) * self.embedding_multiplier
        for layer in self.layers:
            h = layer(h, cos, sin)
        return self.norm(h)

    def logits(self, hidden):
        return hidden @ self.embed_tokens.weight.T * self.output_multiplier

    def balance(self):
        return sum(layer.moe_block.balance for layer in self.layers) / len(self.layers)


CONFIG = {
    "vocab_size": 4096,
    "pad_token": 0,
    "eos_token": 2,
    "sequence_len": 1024,
    "embedding_init_scale": 1.0,
    "embedding_multiplier_scale": math.sqrt(192),
    "output_multiplier_scale": 0.5773502691896257,
    "model": {
        "emb_size": 192,
        "widening_factor": 3,
        "key_size": 32,
        "num_q_heads": 6,
        "num_kv_heads": 2,
        "num_layers": 4,
        "attn_output_multiplier": 1 / math.sqrt(32),
        "shard_activations": False,
        "num_experts": 8,
        "num_selected_experts": 2,
        "data_axis": "data",
        "model_axis": "model",
    },
}
