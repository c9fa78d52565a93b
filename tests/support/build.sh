#!/usr/bin/env bash
# Builds the module for the machine's PHP: target/release/libaisp.so.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"
. "$support/cargo.sh"

check_cargo
"$support/deps.sh" build
php_load
cd "$root"
CARGO_TARGET_DIR=$root/target cargo build --release --locked "$@"
