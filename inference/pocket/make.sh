#!/usr/bin/env bash
# Makes the pocket model from its text: corpus -> tokenizer -> training windows -> training -> model/.
#
#     inference/pocket/make.sh [minutes, default 75] [windows, default 16000] [more options of train.py]
#
# Needs Debian's python3-torch, libopenblas0-pthread (torch is 20 times slower without it), python3-sentencepiece, python3-numpy and
# python3-matplotlib. A killed run goes on where it stopped: the tokenizer and the windows are kept in .wisecrack/pocket.
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes=${1:-75}
windows=${2:-16000}
data=.wisecrack/pocket
model=inference/pocket/model
python=${PYTHON:-/usr/bin/python3}

"$python" -c 'import torch, sentencepiece, numpy, matplotlib' || {
  echo "Install what is missing: apt-get install python3-torch libopenblas0-pthread python3-sentencepiece python3-numpy python3-matplotlib" >&2
  exit 1
}
node cli/wisecrack.mjs build
if [ ! -f "$data/checkpoint.pt" ]; then
  node dist/inference/pocket/corpus/main.js text "$data"
  "$python" inference/pocket/tokenizer.py "$data/corpus.txt" "$model"
  node dist/inference/pocket/corpus/main.js windows "$data" "$model/tokenizer.model" "$windows"
fi
# OpenBLAS takes a processor that is newer than itself for one of 2004.
if [ -z "${OPENBLAS_CORETYPE:-}" ] && [ "$(uname -m)" = x86_64 ]; then
  if grep -qw avx512bw /proc/cpuinfo; then export OPENBLAS_CORETYPE=SkylakeX; elif grep -qw avx2 /proc/cpuinfo; then export OPENBLAS_CORETYPE=Haswell; fi
fi
# One thread per process, and memory that is kept instead of given back to the kernel after each step.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_MMAP_THRESHOLD_=2000000000 MALLOC_TOP_PAD_=100000000
exec "$python" inference/pocket/train.py "$data" "$model" --minutes "$minutes" "${@:3}"
