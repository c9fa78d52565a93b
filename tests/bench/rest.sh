#!/usr/bin/env bash
# Cached /infer beside a REST route of the same site that does nothing: the same login, the same check, in turns.
#
#   tests/bench/rest.sh DIR      a site that is up, with settings.php applied
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../support/lib.sh"
dir=$1
. "$dir/site.env"

login=$(sed -n '/"admin"/,/}/s/.*"app_password": "\([^"]*\)".*/\1/p' "$SITE_USERS")
lua=$dir/post.lua
(umask 077; cat >"$lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Basic $(printf 'admin:%s' "$login" | base64 -w0)"
wrk.body = '{"prompt":"The same prompt each time."}'
LUA
)
trap 'rm -f "$lua"' EXIT

ask() { curl -s -o /dev/null -w '%{http_code}' -u "admin:$login" -H 'Content-Type: application/json' -d '{"prompt":"The same prompt each time."}' "$1"; }
rate() { wrk -t1 -c4 -d4s -s "$lua" "$1" | awk '/Non-2xx/ { bad = $NF } /Requests\/sec/ { rate = $2 } END { if (bad) print "answers other than 2xx:", bad > "/dev/stderr"; print rate }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

infer=$SITE_URL/wp-json/ai-secure-proxy/v1/infer trivial=$SITE_URL/wp-json/bench/v1/trivial
for url in "$infer" "$trivial"; do
  code=$(ask "$url")
  [ "$code" = 200 ] || die "$url answers $code"
done
infer_rates='' trivial_rates=''
for _ in 1 2 3 4 5; do
  trivial_rates+=$(rate "$trivial")$'\n'
  infer_rates+=$(rate "$infer")$'\n'
done
a=$(printf %s "$trivial_rates" | median) b=$(printf %s "$infer_rates" | median)
awk -v a="$a" -v b="$b" 'BEGIN {
  printf "\nREST, 4 connections, median of 5 turns\n"
  printf "  %-58s %9.1f /s\n  %-58s %9.1f /s\n  %-58s %9.3f\n", "a route that does nothing", a, "cached /infer", b, "ratio", b / a }'
