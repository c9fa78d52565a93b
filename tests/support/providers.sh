#!/usr/bin/env bash
# The core against llmock: its answers, its faults, and at the end its verdict on us.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/cargo.sh"

dir=$root/target/providers
trap '"$support/llmock.sh" down "$dir"' EXIT
"$support/llmock.sh" up "$dir"
# shellcheck source=/dev/null
. "$dir/llmock.env"
export LLMOCK_URL
# One test at a time: a scenario belongs to the whole server.
cargo_test 1 --no-default-features --test providers
