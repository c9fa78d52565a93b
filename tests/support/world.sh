# shellcheck shell=bash
# Sourced by the tests of the plugin: a site of their own with llmock as its provider, ended with the script, however it ends.
#
#   world_begin NAME   a folder for it all, in $dir
#   world_llmock       the provider
#   world_model        a real model beside it, where one can be started
#   world_site         the site, SITE_DIR; standard input is further lines for its php-fpm pool
#
# Where they are, as llmock.sh, model.sh and site.sh say it, is exported.
. "${BASH_SOURCE[0]%/*}/lib.sh"

# The key of llmock, which no page and no answer may hold.
export WORLD_KEY=sk-test-0123456789abcdef

world_end() {
  local status=$?
  trap - EXIT INT TERM
  "$support/site.sh" purge "$dir/site" || true
  "$support/llmock.sh" down "$dir" || true
  "$support/model.sh" down "$dir" || true
  rm -rf "$dir"
  exit "$status"
}

world_begin() {
  dir=$(mktemp -d "${TMPDIR:-/tmp}/aisp-$1.XXXXXX")
  trap world_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  chmod 755 "$dir"
}

# world_env FILE: exports what it sets.
world_env() {
  set -a
  # shellcheck source=/dev/null
  . "$1"
  set +a
}

world_llmock() {
  "$support/llmock.sh" up "$dir"
  world_env "$dir/llmock.env"
}

world_model() {
  if "$support/model.sh" up "$dir"; then world_env "$dir/model.env"; else say 'skip: no real model could be started here'; fi
}

world_site() {
  { cat; printf 'env[AISP_TEST_KEY] = %s\nphp_admin_value[aisp.allowed_hosts] = 127.0.0.1\n' "$WORLD_KEY"; } >"$dir/pool"
  export SITE_POOL=$dir/pool SITE_CONSTANTS=${SITE_CONSTANTS:-$root/tests/wordpress/support/constants.php} FPM_WORKERS=8
  "$support/site.sh" up "$dir/site"
  world_env "$dir/site/site.env"
  export SITE_DIR=$dir/site
}
