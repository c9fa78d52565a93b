# shellcheck shell=bash
# Sourced: what the project's JavaScript is tested and linted with, as tests/e2e/package-lock.json pins it.

e2e=$root/tests/e2e

# node_ready: fills node_modules, unless it is as the lock file says; two scripts may ask at once.
node_ready() {
  command -v npm >/dev/null || die "no npm here; run 'make deps'"
  mkdir -p "$cache"
  (
    flock 7
    if cmp -s "$e2e/package-lock.json" "$e2e/node_modules/.installed"; then exit 0; fi
    cd "$e2e" || exit
    npm ci >"$cache/npm.log" 2>&1 || { grep -i '^npm err' "$cache/npm.log" | head -n 5 >&2 || true; die "npm could not install what $e2e/package-lock.json says"; }
    cp package-lock.json node_modules/.installed
  ) 7>"$cache/npm.lock"
}
