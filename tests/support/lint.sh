#!/usr/bin/env bash
# Form, before anything runs: Rust, PHP, shell, JavaScript. Says every complaint, then fails.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"
. "$support/cargo.sh"
. "$support/node.sh"

check_cargo
php_load
cd "$root"
failed=
check() { local what=$1; shift; if "$@"; then say "ok      $what"; else say "FAILED  $what"; failed=yes; fi; }
files() { git ls-files --cached --others --exclude-standard "$@" 2>/dev/null | while read -r file; do [ ! -e "$file" ] || echo "$file"; done; }

php_parses() { files '*.php' | xargs -r -n 40 -P "$(nproc)" sh -c 'for f; do "$PHP" -l "$f" >/dev/null || exit 255; done' sh; }
php_style() { phpcs -q --standard=.phpcs.xml.dist --report=emacs; }
shell_style() { files '*.sh' .ci/run | xargs -r shellcheck -S warning; }
js_style() { node_ready "$e2e" && files '*.js' '*.mjs' ':!wordpress-plugin' | xargs -r "$e2e/node_modules/.bin/eslint" -c "$e2e/eslint.config.mjs" --max-warnings=0 --no-warn-ignored; }
screens_style() { node_ready "$plugin" && npm --prefix "$plugin" run --silent lint; }

check 'cargo fmt' cargo fmt --check
check 'clippy, core' cargo clippy -q --all-targets --locked --no-default-features -- -D warnings
check 'clippy, module' cargo clippy -q --all-targets --locked -- -D warnings
check 'php parses' php_parses
if command -v phpcs >/dev/null; then check 'php style' php_style; else say "skipped php style: this release has no php-codesniffer"; fi
check 'shellcheck' shell_style
check 'eslint' js_style
check 'eslint, screens' screens_style
check 'texts' "$support/languages.sh" check
[ -z "$failed" ]
