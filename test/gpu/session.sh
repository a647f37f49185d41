#!/bin/bash
# Ten minutes on a card: builds the kernels for it, tries them, looks for stray accesses and races, measures. Every part has a time limit
# and a log of its own, so that what was cut short leaves what it had.
#
#   test/gpu/session.sh [folder for the logs]      needs nvcc, CMake, Ninja, a card; compute-sanitizer and python3 with torch where there are
#
# WISECRACK_ARCH: the card's architecture (90a for H100 and H200, 80 for A100). WISECRACK_PARTS: which parts, of
# "info build test memcheck racecheck bench pytorch" (all by default).
cd "$(dirname "$0")/../.." || exit 1
out=${1:-build/gpu-session}
parts=${WISECRACK_PARTS:-info build test memcheck racecheck bench pytorch}
folder=build/gpu-session-build
export PATH=$PATH:/usr/local/cuda/bin
mkdir -p "$out"
rm -f "$out"/*.log
: >"$out/summary.txt"
started=$SECONDS

# part NAME SECONDS COMMAND...: runs it with a limit, its output into NAME.log; says how it went.
part() {
  local name=$1 limit=$2 from=$SECONDS code
  shift 2
  timeout --kill-after=5 "$limit" "$@" >>"$out/${name%%-*}.log" 2>&1
  code=$?
  case $code in
    0) code=ok ;;
    124 | 137) code="cut short after $limit s" ;;
    *) code="failed ($code)" ;;
  esac
  echo "$name: $code ($((SECONDS - from)) s)" | tee -a "$out/summary.txt"
}
wanted() { [[ " $parts " == *" $1 "* ]]; }

if wanted info; then
  part info 20 nvidia-smi
  part info 20 nvcc --version
fi
if wanted build; then
  part build 30 cmake -S inference/native -B $folder -G Ninja -DWISECRACK_GPU_TESTS=ON -DWISECRACK_ADDON=OFF \
    "-DCMAKE_CUDA_ARCHITECTURES=${WISECRACK_ARCH:-90a}-real"
  part build 240 cmake --build $folder --parallel "$(nproc)"
fi
if wanted test; then
  for name in rows product experts attention logits golden offload; do part "test-$name" 60 $folder/gpu/gpu_${name}_test; done
fi
if command -v compute-sanitizer >/dev/null; then
  # What is small: the sanitizer makes kernels some ten to a hundred times as slow.
  check="compute-sanitizer --error-exitcode 1 --tool"
  wanted memcheck && for name in rows logits experts attention; do part "sanitizer-memcheck-$name" 30 $check memcheck $folder/gpu/gpu_${name}_test; done
  wanted racecheck && for name in logits experts attention; do part "sanitizer-racecheck-$name" 30 $check racecheck $folder/gpu/gpu_${name}_test; done
fi
if wanted bench; then
  # Where PyTorch keeps its cuBLAS.
  if [ -z "$WISECRACK_CUBLAS" ]; then
    WISECRACK_CUBLAS=$(python3 -c 'import glob, importlib.util as u; p = u.find_spec("nvidia"); print(next(f for r in p.submodule_search_locations for f in glob.glob(r + "/**/libcublas.so.*", recursive=True)))' 2>/dev/null)
    [ -n "$WISECRACK_CUBLAS" ] && export WISECRACK_CUBLAS || unset WISECRACK_CUBLAS
  fi
  for name in layer-bf16 rank-int8 offload-int8 layer-int8 rank-bf16 offload-released offload-bf16; do part "bench-$name" 45 $folder/gpu/gpu_bench $name; done
fi
wanted pytorch && part pytorch 60 python3 test/gpu/pytorch.py

echo "all: $((SECONDS - started)) s" | tee -a "$out/summary.txt"
grep -h '^{' "$out"/bench.log "$out"/pytorch.log 2>/dev/null | tee "$out/figures.jsonl"
