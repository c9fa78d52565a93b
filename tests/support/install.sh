#!/usr/bin/env bash
# Puts the module where the machine's PHP looks for it, for every way PHP is started here (command line, php-fpm, …).
#
#   tests/support/install.sh install      PHP_VERSION=8.3 for another than the default PHP
#   tests/support/install.sh uninstall    PURGE=1 deletes the data folder too
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"

data=/var/lib/aisp

install_module() {
  local so=$root/target/release/libaisp.so
  [ -f "$so" ] || die "no module at $so; run 'make build'"
  # A new file, renamed into place: a php-fpm that runs keeps the one it has mapped.
  install -m 644 "$so" "$php_extensions/.aisp.so.new"
  mv -f "$php_extensions/.aisp.so.new" "$php_extensions/aisp.so"
  say "module  $php_extensions/aisp.so"
  if [ -e "$ini" ]; then
    say "kept    $ini"
  else
    install -m 644 "$support/aisp.ini" "$ini"; say "ini     $ini"
  fi
  phpenmod -v "$php_version" aisp
  # The web server's, also where root's command line was there first.
  install -d -m 700 "$data"
  chown -R www-data:www-data "$data"
  say "data    $data ($(stat -c '%A %U' "$data"))"
  "$php" --ri aisp >/dev/null || die "PHP does not load the module; see the message above"
}

uninstall_module() {
  if [ -e "$ini" ]; then phpdismod -v "$php_version" aisp; fi
  rm -f "$ini" "$php_extensions/aisp.so"
  say "removed module and ini file of PHP $php_version"
  if [ -n "${PURGE:-}" ]; then rm -rf "$data"; say "removed $data"
  elif [ -d "$data" ]; then say "kept    $data (PURGE=1 removes it)"; fi
}

[ "$EUID" = 0 ] || die "needs root: sudo make $1"
php_load
command -v phpenmod >/dev/null || die "no phpenmod here (Debian's php-common): copy target/release/libaisp.so to $php_extensions and load it by hand"
ini=/etc/php/$php_version/mods-available/aisp.ini
case ${1:-} in
  install)   install_module ;;
  uninstall) uninstall_module ;;
  *)         die "usage: ${0##*/} install|uninstall" ;;
esac
if [ -d "/etc/php/$php_version/fpm" ]; then say "reload php-fpm to take it over, for example: systemctl reload php$php_version-fpm"; fi
