#!/usr/bin/env bash
# Ratios, all measured in one run on one machine, so that a slow machine or a noisy one tells the same story.
#
#   tests/bench/run.sh [hit] [miss] [rest] [start]      default: all of them
#
# Nothing here passes or fails: the figures are for people. The provider is a static answer from nginx, which takes no time
# of its own, so that what is left is ours.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../support/lib.sh"
. "$support/php.sh"

php_load
here=$root/tests/bench dir=$root/target/bench
so=${AISP_SO:-$root/target/release/libaisp.so}
[ -f "$so" ] || die "no module at $so; run 'make build'"
[ $# -gt 0 ] || set -- hit miss rest start

redis=$dir/redis.pid
finish() {
  end_pid "$redis" redis-server
  "$support/site.sh" down "$dir" >/dev/null || true
}
trap finish EXIT

# The port is known only once the site is up, and the pool must name it: a second `up` takes the pool over.
mkdir -p "$dir"
pool=$dir/pool.conf
: >"$pool"
SITE_POOL=$pool "$support/site.sh" up "$dir" >/dev/null
. "$dir/site.env"
cat >"$pool" <<POOL
env[AISP_BENCH_KEY] = bench-key
php_admin_value[aisp.allowed_hosts] = ${SITE_URL#http://}
POOL
SITE_POOL=$pool "$support/site.sh" up "$dir" >/dev/null
. "$dir/site.env"
export SITE_ROOT SITE_URL SITE_USERS

bench() { $SITE_PHP -d apc.enable_cli=1 -d opcache.enable_cli=1 "$SITE_TESTS/bench/$1" "${@:2}"; }

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
    miss) bench miss.php ;;
    rest)
      bench settings.php
      cp "$here/trivial-route.php" "$SITE_ROOT/wp-content/mu-plugins/"
      "$here/rest.sh" "$dir"
      ;;
    start) "$php" -n "$here/start.php" "$php" "$so" "$dir" ;;
    *) die "no part $part (hit, miss, rest, start)" ;;
  esac
done
