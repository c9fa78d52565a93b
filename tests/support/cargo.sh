# shellcheck shell=bash
# Sourced after lib.sh: cargo is the one thing that nobody installs for you; says in one line where it is missing or too old.

check_cargo() {
  local needed found
  needed=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' "$root/Cargo.toml")
  [ -x "$(command -v cargo)" ] || die "cargo is not in PATH: install Rust $needed or newer (rustup.rs), then run this again"
  found=$(cd "$root" && cargo --version | sed 's/^cargo \([0-9.]*\).*/\1/')
  [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n1)" = "$needed" ] ||
    die "cargo $found is too old: this needs Rust $needed or newer ('rustup update stable')"
}

# cargo_test THREADS ARGUMENT...: with nextest where it is installed, else with cargo's own runner; so many tests at a time.
cargo_test() {
  local threads=$1; shift
  check_cargo
  if cargo nextest --version >/dev/null 2>&1; then
    (cd "$root" && cargo nextest run --locked --test-threads "$threads" "$@")
  else
    (cd "$root" && cargo test --locked "$@" -- --test-threads "$threads")
  fi
}
