# shellcheck shell=bash
# Sourced by site.sh: starts and ends the three servers of a site.

database() { mariadb --no-defaults --socket="$state/run/mariadb.sock" "$@"; }

start_mariadb() {
  local data=$state/mariadb
  if [ ! -d "$data/mysql" ]; then
    rm -rf "$data"; mkdir "$data"; own "$data"
    # Who may come in is known by the socket: the one who runs this script, and below the site's user.
    mariadb-install-db --no-defaults --user="$run_as" --datadir="$data" --skip-test-db \
      --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" >"$state/log/mariadb-install.log" 2>&1 ||
      die "MariaDB could not lay its tables; see $state/log/mariadb-install.log"
  fi
  if ! pid_of "$state/run/mariadb.pid" "$state" >/dev/null; then
    setsid mariadbd --no-defaults --user="$run_as" --datadir="$data" --socket="$state/run/mariadb.sock" --skip-networking \
      --pid-file="$state/run/mariadb.pid" --log-error="$state/log/mariadb.log" --max-connections=128 \
      --innodb-buffer-pool-size=128M --skip-name-resolve </dev/null >/dev/null 2>&1 &
    wait_for 60 database -e 'SELECT 1' || die "MariaDB does not answer; see $state/log/mariadb.log"
  fi
  database -e "CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4;
    CREATE USER IF NOT EXISTS '$run_as'@localhost IDENTIFIED VIA unix_socket;
    GRANT ALL ON wordpress.* TO '$run_as'@localhost;"
}

start_fpm() {
  if [ -n "$changed" ]; then end_pid "$state/run/fpm.pid" "$state" QUIT; fi
  if ! pid_of "$state/run/fpm.pid" "$state" >/dev/null; then
    # A bare environment: what a site sees of it is what its pool says, whoever starts it.
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin PHP_INI_SCAN_DIR="$state/conf/php" \
      "$php_fpm" --fpm-config "$state/conf/fpm.conf" </dev/null >"$state/log/fpm-start.log" 2>&1 ||
      { tail -n 5 "$state/log/fpm-start.log" "$state/log/fpm.log" >&2; die "php-fpm does not start"; }
  fi
}

start_nginx() {
  if [ -n "$nginx_changed" ]; then end_pid "$state/run/nginx.pid" "$state" QUIT; fi
  if ! pid_of "$state/run/nginx.pid" "$state" >/dev/null; then
    nginx -c "$state/conf/nginx.conf" -e "$state/log/nginx.log" </dev/null >"$state/log/nginx-start.log" 2>&1 ||
      { tail -n 5 "$state/log/nginx-start.log" >&2; die "nginx does not start"; }
  fi
}

stop_servers() {
  end_pid "$state/run/nginx.pid" "$state"
  end_pid "$state/run/fpm.pid" "$state"
  end_pid "$state/run/mariadb.pid" "$state"
}
