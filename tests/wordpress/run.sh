#!/usr/bin/env bash
# The plugin on a real WordPress, over real HTTP: tests/wordpress/run.sh [what phpunit takes, such as --filter=Drain]
#
# Starts a site, llmock and a real model of its own, and ends them.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
support=$here/../support

dir=$(mktemp -d "${TMPDIR:-/tmp}/aisp-wordpress.XXXXXX")
end() {
  local status=$?
  trap - EXIT INT TERM
  "$support/site.sh" purge "$dir/site" || true
  "$support/llmock.sh" down "$dir" || true
  "$support/model.sh" down "$dir" || true
  rm -rf "$dir"
  exit "$status"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$dir"

# Streams flow at the pace of a quick model, so that their course can be watched.
LLMOCK_STREAM_CHUNK_DELAY_MS=40 "$support/llmock.sh" up "$dir"
if ! "$support/model.sh" up "$dir"; then
  echo 'skip: no real model could be started here'
  touch "$dir/model.env"
fi
set -a
. "$dir/llmock.env"
. "$dir/model.env"
set +a

cat >"$dir/pool" <<POOL
env[AISP_TEST_KEY] = sk-test-0123456789abcdef
env[AISP_TEST_MODEL_KEY] = ${MODEL_KEY:-none}
env[AISP_TEST_CLIENT] = the-secret-of-a-shop
env[AISP_TEST_TOKEN] = the-secret-of-the-tokens-0123456789
env[AISP_TEST_WEBHOOK] = whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
env[AISP_TEST_WEBHOOK_NEXT] = whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
env[AISP_TEST_WEBHOOK_TEXT] = "It's a Secret to Everybody"
php_admin_value[aisp.allowed_hosts] = 127.0.0.1
POOL
export SITE_POOL=$dir/pool SITE_CONSTANTS=${SITE_CONSTANTS:-$here/support/constants.php} FPM_WORKERS=8
"$support/site.sh" up "$dir/site"

set -a
. "$dir/site/site.env"
SITE_DIR=$dir/site
set +a
cd "$here"
# Said here and not in a phpunit.xml: the schemas of PHPUnit 9 and of later ones exclude each other.
phpunit --no-configuration --bootstrap support/bootstrap.php --do-not-cache-result \
  --fail-on-warning --fail-on-risky --disallow-test-output "$@" .
