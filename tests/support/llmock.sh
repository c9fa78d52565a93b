#!/usr/bin/env bash
# llmock on loopback: a provider this project did not write, with faults on demand and a verdict on its client.
#
#   tests/support/llmock.sh up DIR      starts it and writes DIR/llmock.env: LLMOCK_URL=http://127.0.0.1:PORT
#   tests/support/llmock.sh down DIR
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

version=0.2.2
usage="usage: ${0##*/} up|down DIR"
verb=${1:?$usage} dir=${2:?$usage}
mkdir -p "$dir"; dir=$(cd "$dir" && pwd)
pid=$dir/llmock.pid word=llmock

install_llmock() {
  venv
  (
    flock 9
    [ -x "$cache/venv/bin/llmock" ] && [ "$(cat "$cache/venv/llmock.version" 2>/dev/null)" = "$version" ] && exit 0
    "$cache/venv/bin/pip" install -q --disable-pip-version-check "llmock==$version" >"$cache/venv/llmock.log" 2>&1 ||
      { tail -n 5 "$cache/venv/llmock.log" >&2; die "pip could not install llmock $version"; }
    echo "$version" >"$cache/venv/llmock.version"
  ) 9>"$cache/llmock.lock"
}

answers() { curl -sf -o /dev/null "http://127.0.0.1:$port/_llmock/verdict"; }

case $verb in
  up)
    install_llmock
    if pid_of "$pid" "$word" >/dev/null; then exit 0; fi
    port=$(free_port)
    setsid "$cache/venv/bin/llmock" serve --host 127.0.0.1 --port "$port" </dev/null >"$dir/llmock.log" 2>&1 &
    echo $! >"$pid"
    wait_for 30 answers || { tail -n 5 "$dir/llmock.log" >&2; die "llmock does not answer"; }
    echo "LLMOCK_URL=http://127.0.0.1:$port" | put "$dir/llmock.env" || true
    ;;
  down) end_pid "$pid" "$word" ;;
  *)    die "$usage" ;;
esac
