#!/usr/bin/env bash
# Installs what a bare Debian or Ubuntu lacks for building, running and testing; says nothing when nothing is missing.
#
#   tests/support/deps.sh [build] [site] [model] [test] [browser] [bench] [package]      default: all of them
#
# Only packages of the machine's own release. MariaDB comes as its core packages, which bring no service; services that
# other packages would start are not started, and those this run brought in are not left enabled for the next boot.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"

command -v apt-get >/dev/null || die "needs Debian's or Ubuntu's apt; on another system install PHP (cli, dev, fpm), clang, nginx and MariaDB by hand"

as_root() {
  if [ "$EUID" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "packages are missing and neither root nor sudo is here"; fi
}
export DEBIAN_FRONTEND=noninteractive
apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -oDPkg::Lock::Timeout=600 "$@"; }
refreshed=
refresh() { [ -n "$refreshed" ] || { say "reading the package lists"; apt update; refreshed=yes; }; }
lists() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

version=$(php_find)
if [ -z "$version" ]; then
  lists || refresh
  version=$(apt-cache depends php-cli | sed -n 's/.*Depends: php\([0-9.]*\)-cli$/\1/p' | head -1)
  [ -n "$version" ] || die "this release offers no PHP (php-cli); set PHP_VERSION to the one you have a source for"
fi

# Packages of each group; "?" marks what some releases do not have and others have built in.
packages() {
  local php=php$version
  case $1 in
    # A Node that is here already brings its npm, and may not be Debian's.
    build) echo "$php-cli $php-dev build-essential libclang-dev clang ca-certificates $(command -v npm >/dev/null || echo nodejs npm)" ;;
    site)  echo "$php-cli $php-fpm $php-mysql $php-curl $php-mbstring $php-xml $php-intl $php-apcu $php-redis $php-opcache?
                 mariadb-server-core mariadb-client-core nginx-light|nginx curl ca-certificates procps util-linux" ;;
    model) echo "python3 python3-venv ca-certificates curl" ;;
    test)  echo "gettext redis-server phpunit php-codesniffer? shellcheck python3 python3-venv iproute2 procps curl" ;;
    browser) echo "chromium? fonts-dejavu-core" ;;
    package) echo "python3" ;;
    bench) echo "wrk redis-server" ;;
    *)     die "no group $1 (build, site, model, test, browser, bench, package)" ;;
  esac
}

wanted=
for group in "${@:-build site model test browser bench package}"; do
  for one in $group; do wanted+=" $(packages "$one")"; done
done
installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ') "

has() { [[ $installed == *" $1 "* ]]; }
offered() { apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [^(]' >/dev/null; }
missing=() unsure=()
for name in $wanted; do
  case $name in
    *'|'*) has "${name%|*}" || has "${name#*|}" || unsure+=("$name") ;;
    *'?')  has "${name%'?'}" || unsure+=("$name") ;;
    *)     has "$name" || missing+=("$name") ;;
  esac
done
if [ ${#missing[@]} -gt 0 ] || [ ${#unsure[@]} -gt 0 ]; then lists || refresh; fi
for name in ${unsure[@]+"${unsure[@]}"}; do
  case $name in
    *'|'*) if offered "${name%|*}"; then missing+=("${name%|*}"); else missing+=("${name#*|}"); fi ;;
    *)     if offered "${name%'?'}"; then missing+=("${name%'?'}"); fi ;;
  esac
done
[ ${#missing[@]} -gt 0 ] || exit 0

# dpkg asks this file before it starts a service; it is ours for the time of the installation only.
guard=/usr/sbin/policy-rc.d
if [ ! -e $guard ]; then
  printf '#!/bin/sh\nexit 101\n' | as_root tee $guard >/dev/null; as_root chmod 755 $guard
  trap 'as_root rm -f $guard' EXIT
fi
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
say "installing ${missing[*]}"
log=$(mktemp)
install() { apt install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
# A list that is too old names files the mirror no longer has: read it again once, then believe the error.
install || { refresh >/dev/null && install; } || { tail -n 15 "$log" >&2; rm -f "$log"; die "apt-get could not install them"; }
rm -f "$log"

if [ -d /run/systemd/system ]; then
  for name in "${missing[@]}"; do
    case $name in
      redis-server | php*-fpm) as_root systemctl disable --quiet "$name" || true ;;
      nginx | nginx-light)     as_root systemctl disable --quiet nginx || true ;;
    esac
  done
fi
