# shellcheck shell=bash
# Sourced by site.sh: writes what the three servers and WordPress read. Sets changed=yes where php-fpm must start anew.

# config_pool: the php-fpm pool, and the same ini values and environment for the command line. It may hold keys: 0600.
config_pool() {
  local extra=${SITE_POOL:-/dev/null} pool
  [ -r "$extra" ] || die "SITE_POOL=$extra cannot be read"
  pool=$(
    cat <<INI
[global]
pid = $state/run/fpm.pid
error_log = $state/log/fpm.log
daemonize = yes
[www]
$([ "$EUID" != 0 ] || printf 'user = %s\ngroup = %s\nlisten.owner = %s\n' "$run_as" "$run_as" "$run_as")
listen = $state/run/fpm.sock
listen.backlog = 1024
pm = static
pm.max_children = ${FPM_WORKERS:-4}
pm.status_path = /fpm-status
catch_workers_output = yes
decorate_workers_output = no
php_admin_value[memory_limit] = 256M
php_admin_value[error_log] = $state/log/php.log
php_admin_flag[log_errors] = on
INI
    # The first of two equal entries wins in php-fpm, so ours steps back.
    grep -q '^php_admin_value\[aisp\.store\]' "$extra" || echo "php_admin_value[aisp.store] = sqlite:$state/aisp/aisp.db"
    cat "$extra"
  )
  # Without the module its entries are unknown, and php-fpm complains of what it does not know.
  if [ ! -f "$state/module/libaisp.so" ]; then pool=$(grep -v '\[aisp\.' <<<"$pool"); fi
  put "$state/conf/fpm.conf" 600 <<<"$pool" && changed=yes
  sed -n 's/^env\[\([^]]*\)\] *= *"\{0,1\}\(.*[^"]\)"\{0,1\} *$/\1=\2/p' <<<"$pool" | put "$state/conf/pool.env" 600 || true
  sed -n 's/^php\(_admin\)\{0,1\}_\(value\|flag\)\[\([^]]*\)\] *= *"\{0,1\}\([^"]*\)"\{0,1\} *$/\3 = "\4"/p' <<<"$pool" |
    sed 's/"on"$/On/; s/"off"$/Off/' | put "$state/conf/php-cli/pool.ini" || true
}

# config_php: the ini files that PHP scans: the machine's extensions, without a module that `make install` left there.
config_php() {
  local ini so=${AISP_SO-$root/target/release/libaisp.so}
  find "$state/conf/php" -type l -delete
  for ini in "$php_scan_fpm"/*.ini; do
    case ${ini##*/} in *aisp.ini) ;; *) ln -s "$ini" "$state/conf/php/" ;; esac
  done
  if [ -z "$so" ]; then
    rm -f "$state/module/libaisp.so"
  else
    [ -f "$so" ] || die "no module at $so; run 'make build', or set AISP_SO= to go without"
    # A copy, since the site's user may not be able to read the checkout, and a build may replace the file under a running site.
    put "$state/module/libaisp.so" <"$so" && changed=yes
  fi
  {
    if [ -n "$so" ]; then echo "extension=$state/module/libaisp.so"; fi
    cat <<'INI'
error_reporting = 32767
display_errors = Off
opcache.memory_consumption = 128
opcache.max_accelerated_files = 20000
INI
  } | put "$state/conf/php/99-site.ini" && changed=yes
  sed -e "s#@STATE@#$state#g; s#@PHP@#$php#g; s#@AS_USER@#$as_user_words#g" "$support/site/php-cli.in" |
    put "$state/bin/php" 755 || true
}

# config_nginx: one server on the port that the site keeps for as long as it is free.
config_nginx() {
  local user=
  if [ "$EUID" = 0 ]; then user="user $run_as;"; fi
  port=$(cat "$state/conf/port" 2>/dev/null || true)
  if ! pid_of "$state/run/nginx.pid" "$state" >/dev/null && { [ -z "$port" ] || port_open "$port"; }; then
    port=$(free_port); echo "$port" >"$state/conf/port"
  fi
  put "$state/conf/fastcgi_params" <"$support/site/fastcgi_params" || true
  [ -f "$state/bench/responses.json" ] || cp "$support/site/responses.json" "$state/bench/"
  sed -e "s#@STATE@#$state#g; s#@PORT@#$port#g; s#@USER@#$user#g" "$support/site/nginx.conf.in" |
    put "$state/conf/nginx.conf" && nginx_changed=yes
  chmod 644 "$state/bench/responses.json"
}

# config_wordpress: the tree, its wp-config.php and the plugin, as copies: a site can neither miss nor change the checkout.
config_wordpress() {
  local name plugin=$root/wordpress-plugin/ai-secure-proxy site=$state/wordpress content
  content=$site/wp-content
  if [ ! -f "$site/wp-settings.php" ]; then
    rm -rf "$site"; cp -R "$(wordpress_pristine)" "$site"
    mkdir -p "$content"/{uploads,upgrade,mu-plugins,plugins}
    own "$content" "$content"/{uploads,upgrade}
  fi
  put "$content/mu-plugins/offline.php" <"$support/site/offline.php" || true
  if [ -d "$plugin" ] && ! diff -rq -x node_modules "$plugin" "$content/plugins/ai-secure-proxy" >/dev/null 2>&1; then
    rm -rf "$content/plugins/ai-secure-proxy"
    mkdir "$content/plugins/ai-secure-proxy"
    tar -C "$plugin" --exclude=./node_modules -ch . | tar -C "$content/plugins/ai-secure-proxy" -x --no-same-owner
    chmod -R u+rwX,go+rX "$content/plugins/ai-secure-proxy"
    changed=yes
  fi
  put "$state/conf/constants.php" <"${SITE_CONSTANTS:-/dev/null}" || true
  if [ ! -s "$state/conf/salts.php" ]; then
    { echo '<?php'
      for name in {AUTH,SECURE_AUTH,LOGGED_IN,NONCE}_{KEY,SALT}; do
        echo "define( '$name', '$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')' );"
      done; } | put "$state/conf/salts.php" 600
    own "$state/conf/salts.php"
  fi
  sed -e "s#@STATE@#$state#g; s#@PORT@#$port#g; s#@USER@#$run_as#g" "$support/site/wp-config.in" |
    put "$site/wp-config.php" || true
}

# own PATH...: gives it to the site's user, where that is somebody else.
own() { if [ "$EUID" = 0 ]; then chown "$run_as:$run_as" "$@"; fi; }
