# shellcheck shell=bash
# Sourced by the scripts of this folder: where things are, how to speak, how to start a server and how to end it.
#
# Servers are known by a pid file and by a word of their command line, so that `down` never ends a stranger
# that was given the pid of a server which died.

umask 022 # what is made here, the servers' user must read; what is secret gets its mode by name
root=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
support=$root/tests/support
cache=$root/target/cache

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Whom servers run as: www-data for root (no server of a site needs more), else the one who asks.
if [ "$EUID" = 0 ]; then run_as=www-data; else run_as=$(id -un); fi

# as_user COMMAND...: runs it as that user; nothing of root's is left in it.
as_user() {
  if [ "$EUID" = 0 ]; then
    setpriv --reuid="$run_as" --regid="$run_as" --init-groups --inh-caps=-all -- "$@"
  else
    "$@"
  fi
}

# free_port: a loopback port nobody listens on, below the range the kernel hands out to clients.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    port_open "$port" || { echo "$port"; return; }
  done
}
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# pid_of FILE WORD: prints the pid in FILE if that process lives and WORD is in its command line.
pid_of() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 1
  is_process "$pid" "$2" && echo "$pid"
}
is_process() { [ -r "/proc/${1:-none}/cmdline" ] && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -F -- "$2" >/dev/null; }

# end_pid FILE WORD [SIGNAL]: ends that process, waits up to 10 s for it, then insists. The server may remove FILE itself.
end_pid() {
  local pid left=100
  if pid=$(pid_of "$1" "$2"); then
    kill -s "${3:-TERM}" "$pid" 2>/dev/null || true
    while is_process "$pid" "$2"; do
      left=$((left - 1))
      if [ "$left" -le 0 ]; then kill -s KILL "$pid" 2>/dev/null || true; break; fi
      sleep 0.1
    done
  fi
  rm -f "$1"
}

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time is over.
wait_for() {
  local until=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.1
  done
}

# put FILE: writes standard input to FILE if that changes it; says by its status whether it did.
put() {
  local new; new=$(mktemp "$1.XXXXXX"); cat >"$new"
  if cmp -s "$new" "$1"; then rm -f "$new"; return 1; fi
  chmod "${2:-644}" "$new"; mv -f "$new" "$1"
}

# venv: makes the Python environment that pinned packages from PyPI go into; two scripts may ask at once.
venv() {
  mkdir -p "$cache"
  (
    flock 8
    [ ! -x "$cache/venv/bin/pip" ] || exit 0
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv" >/dev/null || die "python3 cannot make a virtual environment; run 'make deps'"
  ) 8>"$cache/venv.lock"
}
