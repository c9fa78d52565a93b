# shellcheck shell=bash
# Sourced: finds the machine's PHP and what belongs to it, in one place. Fails with one line where there is none.
#
#   PHP_VERSION=8.3   picks another of the versions installed side by side (Debian's naming)
#
# Sets php (binary), php_version (8.2), php_fpm, php_config, php_extensions (folder),
# php_run_tests, php_scan_fpm (folder of the FPM's ini files), and exports PHP and PHP_CONFIG, which ext-php-rs reads.

# php_find: the version to use, empty where no PHP is installed.
php_find() {
  local php
  if [ -n "${PHP_VERSION:-}" ]; then echo "$PHP_VERSION"; return; fi
  php=$(readlink -f /usr/bin/php || true)
  case $php in /usr/bin/php[0-9].[0-9]*) echo "${php#/usr/bin/php}" ;; esac
}

php_load() {
  php_version=$(php_find)
  php=/usr/bin/php$php_version
  php_config=/usr/bin/php-config$php_version
  php_fpm=/usr/sbin/php-fpm$php_version
  if [ -z "$php_version" ] || [ ! -x "$php" ]; then die "no PHP ${php_version:-} here; run 'make deps'"; fi
  [ "$(printf '%s\n' 8.1 "$php_version" | sort -V | head -n1)" = 8.1 ] || die "PHP $php_version is too old: this needs 8.1 or newer"
  if [ -x "$php_config" ]; then
    php_extensions=$("$php_config" --extension-dir)
    php_run_tests=$php_extensions/build/run-tests.php
    export PHP_CONFIG=$php_config
  fi
  php_scan_fpm=/etc/php/$php_version/fpm/conf.d
  export PHP=$php
}
