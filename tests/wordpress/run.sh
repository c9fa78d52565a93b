#!/usr/bin/env bash
# The plugin on a real WordPress, over real HTTP: tests/wordpress/run.sh [what phpunit takes, such as --filter=Drain]
#
# Starts a site, llmock and a real model of its own, and ends them.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$here/../support/world.sh"
. "$support/node.sh"
screens_build

world_begin wordpress
# Streams flow at the pace of a quick model, so that their course can be watched.
LLMOCK_STREAM_CHUNK_DELAY_MS=40 world_llmock
world_model
world_site <<POOL
env[AISP_TEST_MODEL_KEY] = ${MODEL_KEY:-no-model}
env[AISP_TEST_CLIENT] = the-secret-of-a-shop
env[AISP_TEST_TOKEN] = the-secret-of-the-tokens-0123456789
env[AISP_TEST_METRICS] = the-secret-of-a-scraper
env[AISP_TEST_WEBHOOK] = whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
env[AISP_TEST_WEBHOOK_NEXT] = whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
env[AISP_TEST_WEBHOOK_TEXT] = "It's a Secret to Everybody"
POOL

cd "$here"
# Said here and not in a phpunit.xml: the schemas of PHPUnit 9 and of later ones exclude each other.
phpunit --no-configuration --bootstrap support/bootstrap.php --do-not-cache-result \
  --fail-on-warning --fail-on-risky --disallow-test-output "$@" .
