#!/usr/bin/env bash
# The module's tests: PHP's own run-tests.php over tests/phpt, against target/release/libaisp.so.
#
#   tests/support/phpt.sh [FILE.phpt...]
#
# Each test has a store of its own, so that none sees another's limits or answers. PHP runs without the machine's ini files
# and with every error shown; llmock is there for the tests that want a provider (LLMOCK_URL). AISP_SO names another module, TEST_PHP_FPM the php-fpm that tests may start.
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

scratch=$(mktemp -d)
trap '"$support/llmock.sh" down "$scratch"; rm -rf "$scratch"' EXIT
"$support/llmock.sh" up "$scratch"
. "$scratch/llmock.env"
export LLMOCK_URL
export TEST_PHP_EXECUTABLE=$php TEST_PHP_FPM=${TEST_PHP_FPM:-$php_fpm} AISP_SO=$so NO_INTERACTION=1 REPORT_EXIT_STATUS=1
# posix is a file of its own in Debian's PHP, and `-n` leaves it out.
shared=()
if [ -f "$php_extensions/posix.so" ]; then shared=(-d extension=posix); fi

passed=0 failed=0 skipped=0
for test in "${tests[@]}"; do
  name=${test#"$root/tests/phpt/"}
  mkdir -m 700 "$scratch/store"
  export TMPDIR=$scratch/store
  "$php" -n "$php_run_tests" -n -q --no-color --show-diff -W "$scratch/result" -d "extension=$so" ${shared[@]+"${shared[@]}"} \
    -d error_reporting=32767 -d "aisp.store=sqlite:$scratch/store/aisp.db" "$test" >"$scratch/output" 2>&1 || true
  case $(cut -f1 "$scratch/result" 2>/dev/null) in
    PASSED)  passed=$((passed + 1)); say "ok      $name" ;;
    SKIPPED) skipped=$((skipped + 1)); say "skipped $name: $(sed -n 's/.*reason: //p' "$scratch/output" | head -n1)" ;;
    *)       failed=$((failed + 1)); say "FAILED  $name"; sed '/^=\{20,\}$/,/^=\{20,\}$/d' "$scratch/output" ;;
  esac
  rm -rf "$scratch/store" "$scratch/result"
done

say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
