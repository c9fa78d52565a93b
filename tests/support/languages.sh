#!/usr/bin/env bash
# What the plugin says, for those who translate it.
#
#   tests/support/languages.sh update    languages/ai-secure-proxy.pot from the sources, and its new texts into each .po
#   tests/support/languages.sh check     fails, and says why, where the template is out of date or a translation has gaps
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/node.sh"

verb=${1:-}
pot=$plugin/languages/ai-secure-proxy.pot
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node_ready "$plugin"
export PLUGIN=$plugin

# template FILE: all texts of PHP, of the scripts and of block.json, without the time at which that was and without places to fill in.
template() {
  cd "$plugin"
  find . -name '*.php' -not -path './node_modules/*' -not -path './build/*' | LC_ALL=C sort | sed 's#^\./##' |
    xgettext --files-from=- --language=PHP --from-code=UTF-8 --add-comments=translators --no-wrap --output="$work/php.pot" \
      --package-name='AI Secure Proxy' --keyword=__ --keyword=esc_html__ --keyword=esc_attr__ --keyword=esc_html_e --keyword=esc_attr_e --keyword=_e \
      --keyword=_x:1,2c --keyword=esc_html_x:1,2c --keyword=esc_attr_x:1,2c --keyword=_n:1,2 --keyword=_nx:1,2,4c
  node "$support/languages.mjs" js "$work/php.pot" "$work/all.pot"
  msgcat --no-wrap --sort-by-file "$work/all.pot" |
    sed -E -e '1,/^$/{1s/.*/# Texts of AI Secure Proxy./;/^# .*(YEAR|license)/d;/^#, fuzzy/d}' \
      -e '/^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To):/d' -e 's/charset=CHARSET/charset=UTF-8/' >"$1"
}

case $verb in
  update)
    mkdir -p "${pot%/*}"
    template "$pot"
    for po in "${pot%/*}"/*.po; do
      [ ! -e "$po" ] || msgmerge --quiet --update --backup=off --no-wrap --no-fuzzy-matching "$po" "$pot"
    done
    ;;
  check)
    template "$work/now.pot"
    texts() { msgcat --no-location --no-wrap --sort-output "$1"; }
    diff <(texts "$pot") <(texts "$work/now.pot") >&2 || die "languages/ai-secure-proxy.pot is out of date: run 'make languages'"
    node "$support/languages.mjs" missing >"$work/missing"
    [ ! -s "$work/missing" ] || { head -n 20 "$work/missing" >&2; die "$(wc -l <"$work/missing") texts are not translated"; }
    ;;
  *) die "usage: ${0##*/} update|check" ;;
esac
