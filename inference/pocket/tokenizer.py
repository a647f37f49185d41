#!/usr/bin/env python3
"""Trains the pocket model's tokenizer: 4096 SentencePiece pieces with Grok-1's conventions (pad 0, bos 1, eos 2, unk 3, byte
fallback, a space before the text, newline and digits as pieces of their own, nothing normalised).

    tokenizer.py CORPUS.txt MODEL_DIR
"""

import sys
from pathlib import Path

import sentencepiece

corpus, out = sys.argv[1], Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
sentencepiece.SentencePieceTrainer.train(
    input=corpus,
    model_prefix=str(out / "tokenizer"),
    model_type="bpe",
    vocab_size=4096,
    character_coverage=0.9995,
    byte_fallback=True,
    normalization_rule_name="identity",
    remove_extra_whitespaces=False,
    user_defined_symbols=["\n", *"0123456789"],
    pad_id=0,
    bos_id=1,
    eos_id=2,
    unk_id=3,
    num_threads=2,
    minloglevel=1,
)
(out / "tokenizer.vocab").unlink()
