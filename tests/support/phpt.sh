#!/usr/bin/env bash
# The module's tests: PHP's own run-tests.php over tests/phpt, against target/release/libaisp.so.
#
#   tests/support/phpt.sh [FILE.phpt...]
#
# Each test has a store of its own, so that none sees another's limits or answers. PHP runs without the machine's ini files
# and with every error shown. Tests that want a provider find llmock at LLMOCK_URL; the one about panics finds a module
# that can panic at AISP_PANIC_SO. Both are made here unless the environment names them; what cannot be made is skipped
# with its reason. AISP_SO names another module, TEST_PHP_FPM the php-fpm that tests may start; AISP_LONG=1 reloads it 50
# times instead of 5.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"

php_load
so=${AISP_SO:-$root/target/release/libaisp.so}
[ -f "$so" ] || die "no module at $so; run 'make build'"
[ -f "$php_run_tests" ] || die "no $php_run_tests; run 'make deps'"
tests=("$@")
if [ ${#tests[@]} = 0 ]; then mapfile -t tests < <(find "$root/tests/phpt" -name '*.phpt' | sort); fi
[ ${#tests[@]} -gt 0 ] || die "no tests in tests/phpt"
wanted() { grep -lF -- "$1" "${tests[@]}" >/dev/null; }

scratch=$(mktemp -d)
finish() { "$support/llmock.sh" down "$scratch" || true; rm -rf "$scratch"; }
trap finish EXIT
cp "$php_run_tests" "$scratch/run-tests.php" # It writes beside itself, where only root may.

if [ -z "${LLMOCK_URL:-}" ] && wanted skip_without_llmock; then
  if "$support/llmock.sh" up "$scratch"; then
    # shellcheck source=/dev/null
    . "$scratch/llmock.env"
    export LLMOCK_URL
  fi
fi

if [ -z "${AISP_PANIC_SO:-}" ] && wanted AISP_PANIC_SO && command -v cargo >/dev/null; then
  say "building the module that can panic, target/panic-probe"
  if (cd "$root" && CARGO_TARGET_DIR=$root/target/panic-probe cargo build -q --locked --features panic-probe); then
    export AISP_PANIC_SO=$root/target/panic-probe/debug/libaisp.so
  fi
fi

export TEST_PHP_EXECUTABLE=$php TEST_PHP_FPM=${TEST_PHP_FPM:-$php_fpm} AISP_SO=$so NO_INTERACTION=1 REPORT_EXIT_STATUS=1
# posix is a file of its own in Debian's PHP, and `-n` leaves it out.
shared=()
if [ -f "$php_extensions/posix.so" ]; then shared=(-d extension=posix); fi

passed=0 failed=0 skipped=0
for test in "${tests[@]}"; do
  name=${test#"$root/tests/phpt/"}
  mkdir -m 700 "$scratch/store"
  export TMPDIR=$scratch/store
  "$php" -n "$scratch/run-tests.php" -n -q --show-diff --set-timeout 120 -W "$scratch/result" -d "extension=$so" \
    ${shared[@]+"${shared[@]}"} -d error_reporting=32767 -d "aisp.store=sqlite:$scratch/store/aisp.db" \
    -d aisp.allowed_hosts=127.0.0.1 "$test" >"$scratch/output" 2>&1 || true
  case $(cut -f1 "$scratch/result" 2>/dev/null) in
    PASSED)  passed=$((passed + 1)); say "ok      $name" ;;
    SKIPPED) skipped=$((skipped + 1)); say "skipped $name: $(sed -n 's/.*reason: //p' "$scratch/output" | head -n1)" ;;
    *)       failed=$((failed + 1)); say "FAILED  $name"; cat "$scratch/output" ;;
  esac
  rm -rf "$scratch/store" "$scratch/result"
done

say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
