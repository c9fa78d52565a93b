#!/usr/bin/env bash
# The plugin in a real browser: tests/e2e/run.sh [what node --test takes, such as --test-name-pattern=visitor]
#
# Starts a site, llmock and a real model of its own, and ends them. E2E_SCREENSHOTS is a folder for pictures of what the visitors saw,
# E2E_BROWSER another Chromium than the machine's.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$here/../support/world.sh"
. "$support/node.sh"

E2E_BROWSER=${E2E_BROWSER:-$(command -v chromium || command -v google-chrome || true)}
[ -n "$E2E_BROWSER" ] || { say 'skip: this release has no chromium'; exit 0; }
node_ready "$e2e"
screens_build

world_begin e2e
LLMOCK_STREAM_CHUNK_DELAY_MS=40 world_llmock
world_model
export E2E_BROWSER E2E_SCREENSHOTS=${E2E_SCREENSHOTS:-$dir/screenshots} E2E_TOKEN_SECRET=the-secret-of-the-tokens-0123456789
export E2E_WEBHOOK_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
world_site <<POOL
env[AISP_TEST_TOKEN] = $E2E_TOKEN_SECRET
env[AISP_TEST_WEBHOOK] = $E2E_WEBHOOK_SECRET
env[AISP_TEST_MODEL_KEY] = ${MODEL_KEY:-no-model}
POOL
cp "$here"/site/*.php "$SITE_ROOT/wp-content/mu-plugins/"

node --test --test-reporter=spec --test-concurrency=1 "$@" "$here"/*.spec.mjs
