# shellcheck shell=bash
# Sourced: takes programs out of another suite of the distribution without installing anything.
#
# A private apt configuration reads the mirror that the machine itself uses, at the suite asked for; apt checks the
# signatures as ever. The packages are unpacked side by side, the archives thrown away.

# The suites to try, newest first. Debian's mirror has them all, another system's only its own release is sure.
. /etc/os-release
case ${ID:-} in
  debian) debs_suites="sid testing trixie" debs_keyring=debian-archive-keyring debs_components=main ;;
  *)      debs_suites=${VERSION_CODENAME:-} debs_keyring=ubuntu-archive-keyring debs_components="main universe" ;;
esac

# debs_apt FOLDER COMMAND...: apt-get with the configuration kept in FOLDER.
debs_apt() {
  local folder=$1; shift
  apt-get -qq -oDir::Etc::sourcelist="$folder/sources.list" -oDir::Etc::sourceparts=/dev/null \
    -oDir::State::Lists="$folder/lists" -oDir::Cache="$folder/cache" -oAPT::Sandbox::User=root \
    -oAcquire::Languages=none -oAcquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@"
}

# debs_update FOLDER: reads the lists. A mirror that stands still serves a release file that is past its date, signed all the
# same: it is used as it is, and said so, since nothing of it is installed.
debs_update() {
  local said
  said=$(debs_apt "$1" update 2>&1) && return
  if [[ $said = *'is expired'* ]]; then
    echo "note: the mirror's suite ${1##*/} is past its date; its signature holds, so it is used" >&3
    debs_apt "$1" -oAcquire::Check-Valid-Until=false update
  else
    printf '%s\n' "$said"; return 1
  fi
}

# debs_fetch SUITE APT PACKAGE...: downloads them into APT/debs.
debs_fetch() {
  local suite=$1 apt=$2 mirror key signed=''; shift 2
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
    awk -v release="${VERSION_CODENAME:-}" '$2 == release && !found { print $1; found = 1 }')
  [ -n "$mirror" ] || { echo "E: apt has no source for ${VERSION_CODENAME:-this release}"; return 1; }
  for key in "/usr/share/keyrings/$debs_keyring".{pgp,gpg}; do
    if [ -s "$key" ]; then signed="[signed-by=$key]"; break; fi
  done
  rm -rf "$apt/debs"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/debs"
  echo "deb $signed $mirror $suite $debs_components" >"$apt/sources.list"
  debs_update "$apt" && cd "$apt/debs" && debs_apt "$apt" download "$@"
}

# debs_unpack FOLDER PACKAGE...: puts the packages' files below FOLDER, from the first suite that has them all.
debs_unpack() {
  local folder=$1 suite apt deb; shift
  for suite in $debs_suites; do
    apt=$cache/apt/$suite; mkdir -p "$apt"
    if (debs_fetch "$suite" "$apt" "$@") 3>&2 >"$apt/log" 2>&1; then
      rm -rf "$folder" "$folder.new"; mkdir -p "$folder.new"
      for deb in "$apt"/debs/*.deb; do dpkg -x "$deb" "$folder.new"; done
      mv "$folder.new" "$folder"; rm -rf "$apt/debs"
      return 0
    fi
  done
  die "could not get $1 from any of: $debs_suites ($(grep -m1 '^E:' "$apt/log" || echo "see $apt/log"))"
}
