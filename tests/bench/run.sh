#!/usr/bin/env bash
# Ratios, all measured in one run on one machine, so that a slow machine or a noisy one tells the same story.
#
#   tests/bench/run.sh [hit] [redact] [timing] [miss] [stream] [batch] [rest] [start] [jobs]      default: all of them
#   tests/bench/run.sh logs      pages of a log of a million rows, which it fills first; takes some ten minutes
#
# Nothing here passes or fails: the figures are for people. The provider is a static answer from nginx, which takes no time
# of its own, so that what is left is ours; for a batch it is one that takes always the same.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../support/lib.sh"
. "$support/php.sh"

php_load
here=$root/tests/bench dir=$root/target/bench
so=${AISP_SO:-$root/target/release/libaisp.so}
[ -f "$so" ] || die "no module at $so; run 'make build'"
[ $# -gt 0 ] || set -- hit redact timing miss stream batch rest start jobs

redis=$dir/redis.pid slow=$dir/slow.pid
finish() {
  end_pid "$redis" redis-server
  end_pid "$slow" slow-provider.py
  "$support/site.sh" down "$dir" >/dev/null || true
}
trap finish EXIT

mkdir -p "$dir"
pool=$dir/pool.conf
cat >"$pool" <<POOL
env[AISP_BENCH_KEY] = bench-key
php_admin_value[aisp.allowed_hosts] = 127.0.0.1
POOL
SITE_POOL=$pool "$support/site.sh" up "$dir" >/dev/null
. "$dir/site.env"
export SITE_ROOT SITE_URL SITE_USERS

bench() { $SITE_PHP -d apc.enable_cli=1 -d opcache.enable_cli=1 "$SITE_TESTS/bench/$1" "${@:2}"; }

# events NUMBER: a Chat Completions stream of so many deltas.
events() {
  local chunk='data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,"delta":'
  for ((n = 0; n < $1; n++)); do printf '%s{"content":"word "},"logprobs":null,"finish_reason":null}]}\n\n' "$chunk"; done
  printf '%s{},"finish_reason":"stop"}]}\n\n' "$chunk"
  printf 'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":%s}}\n\ndata: [DONE]\n\n' "$1"
}

for part; do
  case $part in
    hit)
      socket=$SITE_STATE/run/redis.sock
      as_user redis-server --port 0 --unixsocket "$socket" --save '' --appendonly no --daemonize yes \
        --pidfile "$SITE_STATE/run/redis.pid" >/dev/null
      wait_for 10 test -S "$socket" -a -s "$SITE_STATE/run/redis.pid" || die "redis-server did not start"
      cp "$SITE_STATE/run/redis.pid" "$redis"
      REDIS_SOCKET=$socket bench hit.php
      ;;
    redact) bench redact.php ;;
    timing) bench timing.php ;;
    miss) bench miss.php ;;
    stream)
      events 20 >"$dir/short.sse"
      events 10000 >"$dir/long.sse"
      mkdir -p "$SITE_STATE/bench"
      cp "$dir"/*.sse "$SITE_STATE/bench/"
      chmod -R a+rX "$SITE_STATE/bench"
      bench stream.php
      ;;
    batch)
      rm -f "$dir/slow.port"
      python3 "$here/slow-provider.py" 200 >"$dir/slow.port" 2>"$dir/slow.log" &
      echo $! >"$slow"
      wait_for 10 test -s "$dir/slow.port" || die "the slow provider did not start"
      SLOW_URL=http://127.0.0.1:$(cat "$dir/slow.port")/v1 bench batch.php
      ;;
    rest)
      bench settings.php
      cp "$here/trivial-route.php" "$SITE_ROOT/wp-content/mu-plugins/"
      "$here/rest.sh" "$dir"
      ;;
    logs)
      cp "$here/trivial-route.php" "$SITE_ROOT/wp-content/mu-plugins/"
      bench log-rows.php 1000000
      bench logs.php 15
      ;;
    start) "$php" -n "$here/start.php" "$php" "$so" "$dir" ;;
    jobs) (cd "$root" && cargo bench -q --locked --no-default-features --bench jobs) ;;
    *) die "no part $part (hit, redact, timing, miss, stream, batch, rest, start, jobs)" ;;
  esac
done
