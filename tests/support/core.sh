#!/usr/bin/env bash
# The core's own tests: no PHP, no server, no network. What needs a server has a script of its own (providers.sh).
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/cargo.sh"

cargo_test "$(nproc)" --no-default-features "$@"
