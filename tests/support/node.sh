# shellcheck shell=bash
# Sourced: the project's JavaScript, with the packages that the lock files of tests/e2e (its tests and their linter) and of
# the plugin (its screens and block) pin.

e2e=$root/tests/e2e
plugin=$root/wordpress-plugin/ai-secure-proxy

# node_ready FOLDER: fills its node_modules, unless it is as the lock file says; two scripts may ask at once.
node_ready() {
  command -v npm >/dev/null || die "no npm here; run 'make deps'"
  local folder=$1 log
  log=$cache/npm-${folder##*/}.log
  mkdir -p "$cache"
  (
    flock 7
    if cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then exit 0; fi
    cd "$folder" || exit
    npm ci --no-audit --no-fund >"$log" 2>&1 || { grep -i '^npm err' "$log" | head -n 5 >&2 || true; die "npm could not install what $folder/package-lock.json says"; }
    cp package-lock.json node_modules/.installed
  ) 7>"${log%.log}.lock"
}

# screens_build: makes the plugin's build/ from its src/, and of its translations what WordPress reads, unless nothing changed.
screens_build() {
  local made
  node_ready "$plugin"
  made=$(cd "$plugin" && find src languages package-lock.json webpack.config.js -type f -not -name '*.pot' -exec sha256sum {} + | LC_ALL=C sort -k2 | sha256sum)
  (
    flock 8
    if [ "$(cat "$plugin/build/.made" 2>/dev/null)" = "$made" ]; then exit 0; fi
    rm -rf "$plugin/build"
    (cd "$plugin" && npm run --silent build >"$cache/screens.log" 2>&1) || { tail -n 30 "$cache/screens.log" >&2; die "the plugin's screens do not build"; }
    PLUGIN=$plugin node "$support/languages.mjs" build
    printf '%s\n' "$made" >"$plugin/build/.made"
  ) 8>"$cache/screens.lock"
}
