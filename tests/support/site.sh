#!/usr/bin/env bash
# A real WordPress on loopback: nginx, php-fpm and MariaDB as their own processes, with the module and the plugin.
#
#   tests/support/site.sh up DIR       starts it; again: takes over what changed and keeps the data (about 2 s)
#   tests/support/site.sh down DIR     ends its servers and keeps the data
#   tests/support/site.sh purge DIR    down, and deletes it
#
# `up` writes DIR/site.env, to be sourced by a shell:
#   SITE_URL SITE_NAME SITE_ROOT (WordPress's folder) SITE_USER (whom PHP runs as) SITE_STATE (all of the site's files)
#   SITE_USERS    JSON: admin, editor, author, reader, each with id, role, password, app_password
#   SITE_PHP      PHP's command line as the site's user, with the site's module, ini values and environment
#   SITE_TESTS    the folder tests/, where the site's user can read it
#   SITE_DB       command: a database client on the site's database; SITE_DB_SOCKET
#   SITE_FPM_PID SITE_LOG (PHP's errors) SITE_DEBUG_LOG (WordPress's)
#
# Environment of `up`:
#   AISP_SO         the module to load (default target/release/libaisp.so); empty: none at all
#   FPM_WORKERS     4
#   SITE_POOL       a file whose lines join the php-fpm pool: env[OPENAI_API_KEY] = …, php_admin_value[aisp.allowed_hosts] = …
#   SITE_CONSTANTS  a PHP file that wp-config.php requires
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"
. "$support/debs.sh"
for part in config servers wordpress; do . "$support/site/$part.sh"; done

usage="usage: ${0##*/} up|down|purge DIR"
verb=${1:?$usage} dir=${2:?$usage}
changed='' nginx_changed='' port=''
as_user_words=
if [ "$EUID" = 0 ]; then as_user_words="setpriv --reuid=$run_as --regid=$run_as --init-groups --inh-caps=-all --"; fi

# The files live in DIR, unless the servers' user cannot get there (a checkout in a closed home) or a socket's path would be
# too long for the kernel (108 bytes): then they live in a folder of /var/tmp that DIR/state names.
find_state() {
  if [ -s "$dir/state" ] && [ -d "$(cat "$dir/state")" ]; then state=$(cat "$dir/state"); return; fi
  [ "$verb" = up ] || { state=''; return; }
  mkdir -p "$dir"; chmod 755 "$dir"; dir=$(cd "$dir" && pwd)
  state=$dir
  if ! as_user test -x "$state" -a -r "$state" || [ "${#state}" -gt 80 ]; then
    state=$(mktemp -d /var/tmp/aisp-site.XXXXXX); chmod 755 "$state"
  fi
  echo "$state" >"$dir/state"
}

lay_folders() {
  mkdir -p "$state"/{bin,bench,conf/php,conf/php-cli,log,module,run/nginx}
  [ -d "$state/aisp" ] || mkdir -m 700 "$state/aisp"
  touch "$state/log/"{php,debug}.log
  own "$state/aisp" "$state/run" "$state/log" "$state/log/"{php,debug}.log
}

# fill: WordPress in the database, its users, the plugin active.
fill() {
  local users
  if [ -z "$(database -N -e "SHOW TABLES LIKE 'wp_options'" wordpress)" ]; then
    "$state/bin/php" <"$support/site/install.php" -- "$state/wordpress" || die "WordPress could not be installed"
  fi
  [ -s "$state/users.json" ] || echo '{}' >"$state/users.json"
  cp "$support/site/users.php" "$state/conf/users.php"
  users=$("$state/bin/php" "$state/conf/users.php" "$state/wordpress" <"$state/users.json") || die "WordPress could not be set up"
  put "$state/users.json" 600 <<<"$users" || true
  own "$state/users.json"
}

write_env() {
  local tests=$root/tests
  if ! as_user test -r "$tests"; then
    rm -rf "$state/tests"; cp -R "$tests" "$state/tests"; chmod -R go+rX "$state/tests"; tests=$state/tests
  fi
  {
    printf 'SITE_NAME=%q\n' "${dir##*/}"
    printf 'SITE_URL=%q\n' "http://127.0.0.1:$port"
    printf 'SITE_STATE=%q\n' "$state"
    printf 'SITE_ROOT=%q\n' "$state/wordpress"
    printf 'SITE_USER=%q\n' "$run_as"
    printf 'SITE_USERS=%q\n' "$state/users.json"
    printf 'SITE_PHP=%q\n' "$state/bin/php"
    printf 'SITE_TESTS=%q\n' "$tests"
    printf 'SITE_DB=%q\n' "mariadb --no-defaults --socket=$state/run/mariadb.sock wordpress"
    printf 'SITE_DB_SOCKET=%q\n' "$state/run/mariadb.sock"
    printf 'SITE_FPM_PID=%q\n' "$state/run/fpm.pid"
    printf 'SITE_LOG=%q\n' "$state/log/php.log"
    printf 'SITE_DEBUG_LOG=%q\n' "$state/log/debug.log"
  } | put "$dir/site.env" || true
}

answers() { [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/wp-json/")" = 200 ]; }

up() {
  php_load
  lay_folders
  config_php
  config_pool
  config_nginx
  config_wordpress
  start_mariadb
  fill
  start_fpm
  start_nginx
  write_env
  wait_for 20 answers || {
    tail -n 5 "$state"/log/{nginx,fpm,php,debug}.log >&2
    die "http://127.0.0.1:$port/wp-json/ does not answer 200"
  }
}

find_state
case $verb in
  up)    up ;;
  down)  if [ -n "$state" ]; then stop_servers; fi ;;
  purge) if [ -n "$state" ]; then stop_servers; rm -rf "$state" "$dir"; fi ;;
  *)     die "$usage" ;;
esac
