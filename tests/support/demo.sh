#!/usr/bin/env bash
# The whole thing on this machine: a WordPress with module and plugin, and its first two answers through REST.
#
#   tests/support/demo.sh up      again: changes nothing that is already right, and asks once more
#   tests/support/demo.sh down
#
# Who answers:
#   OPENAI_API_KEY     your account at OpenAI (AISP_MODEL picks the model)
#   AISP_UPSTREAM      any OpenAI-compatible server, by its base URL (AISP_UPSTREAM_KEY its key,
#                      AISP_MODEL the model, else the first that it lists)
#   neither of them    a small model on this machine; nothing leaves it
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"
. "$support/cargo.sh"
. "$support/demo/provider.sh"

dir=$root/target/demo
step() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

up() {
  check_cargo
  provider_name
  step "packages"
  if [ "$provider" = local ]; then "$support/deps.sh" build site model; else "$support/deps.sh" build site; fi
  php_load
  step "module"
  build
  mkdir -p "$dir"; chmod 755 "$dir"
  step "provider: $provider"
  provider_"$provider"
  write_pool
  step "site"
  SITE_POOL=$dir/pool SITE_CONSTANTS=$support/demo/constants.php "$support/site.sh" up "$dir"
  # shellcheck source=/dev/null
  . "$dir/site.env"
  cp "$support/demo/settings.php" "$SITE_STATE/conf/settings.php"
  policy | "$SITE_PHP" "$SITE_STATE/conf/settings.php" "$SITE_ROOT" || die "the plugin's settings could not be written"
  user() { "$php" -r 'echo json_decode( file_get_contents( $argv[1] ), true )["admin"][ $argv[2] ];' "$SITE_USERS" "$1"; }
  step "asking"
  ask
  printf '\n%s\n' "Look around: $SITE_URL/wp-admin/   user admin, password $(user password)"
  say "Ask again:   curl -u \"admin:$(user app_password)\" --json '{\"prompt\": \"Hello!\"}' $SITE_URL/wp-json/ai-secure-proxy/v1/infer"
  say "End it:      make stop"
}

# build: quiet where all is well, cargo's own words where it is not.
build() {
  local log; log=$(mktemp)
  if ! "$support/build.sh" --quiet >"$log" 2>&1; then cat "$log" >&2; rm -f "$log"; die "the module does not build"; fi
  rm -f "$log"
}

# ask: the same prompt twice. The time makes it one that nobody asked before, so that the first answer is a miss.
ask() {
  local prompt key
  prompt="Why is a cache useful? Answer in one sentence. It is $(date +%H:%M:%S)."
  key=$(user app_password)
  printf '\nPOST /wp-json/ai-secure-proxy/v1/infer {"prompt": "%s"}\n' "$prompt"
  for expected in miss hit; do
    printf 'user = "admin:%s"\n' "$key" |
      curl -sS -K - -H 'Content-Type: application/json' -w '\n%{http_code} %{time_total}' \
        -d "{\"prompt\": \"$prompt\"}" "$SITE_URL/wp-json/ai-secure-proxy/v1/infer" |
      "$php" "$support/demo/answer.php" "$expected" || die "that was not the answer hoped for; see $SITE_LOG and $SITE_DEBUG_LOG"
  done
}

case ${1:-} in
  up)   up ;;
  down)
    "$support/site.sh" down "$dir"
    if [ -d "$dir" ]; then "$support/model.sh" down "$dir"; fi ;;
  *)    die "usage: ${0##*/} up|down" ;;
esac
