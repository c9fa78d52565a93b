#!/usr/bin/env bash
# Builds the module for the machine's PHP, target/release/libaisp.so, and the plugin's screens, its folder build/.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"
. "$support/cargo.sh"
. "$support/node.sh"

check_cargo
"$support/deps.sh" build
php_load
cd "$root"
# Side by side: one of them waits for the network most of the time.
screens_build &
screens=$!
CARGO_TARGET_DIR=$root/target cargo build --release --locked "$@" || { kill "$screens" 2>/dev/null || true; exit 1; }
wait "$screens"
