#!/usr/bin/env bash
# The core against providers that this project did not write: llmock with its answers, its faults and its verdict on us, and
# a real model on llama.cpp's server.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/cargo.sh"

dir=$root/target/providers
trap '"$support/llmock.sh" down "$dir"; "$support/model.sh" down "$dir"' EXIT
"$support/llmock.sh" up "$dir"
"$support/model.sh" up "$dir"
# shellcheck source=/dev/null
. "$dir/llmock.env"
# shellcheck source=/dev/null
. "$dir/model.env"
export LLMOCK_URL MODEL_URL MODEL_KEY MODEL_NAME
# One test at a time: a scenario belongs to the whole server.
cargo_test 1 --no-default-features --test providers --test failover --test model --test jobs_batches
