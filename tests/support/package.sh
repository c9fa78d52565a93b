#!/usr/bin/env bash
# Makes what a release is made of, in target/package: the module for this PHP, and the plugin for the plugin directory.
#
# A module fits one PHP minor, one of NTS and ZTS, and one architecture: its name says which. The plugin holds no binary.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "$support/php.sh"

php_load
so=$root/target/release/libaisp.so
plugin=$root/wordpress-plugin/ai-secure-proxy
[ -f "$so" ] || die "no module at $so; run 'make build'"
[ -d "$plugin/build" ] || die "no screens in $plugin/build; run 'make build'"

version=$(sed -n 's/^version *= *"\(.*\)"/\1/p' "$root/Cargo.toml" | head -n1)
header=$(sed -n 's/^[ *]*Version: *//p' "$plugin/ai-secure-proxy.php" | head -n1)
stable=$(sed -n 's/^Stable tag: *//p' "$plugin/readme.txt" | head -n1)
[ "$header" = "$version" ] || die "the plugin's header says $header, Cargo.toml $version"
[ "$stable" = "$version" ] || die "readme.txt's stable tag says $stable, Cargo.toml $version"

# The same tree, the same bytes: times come from the commit.
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
out=$root/target/package
safety=$("$php" -n -r 'echo PHP_ZTS ? "zts" : "nts";')
name=aisp-$version-php$php_version-$safety-$(uname -m)
rm -rf "$out"; mkdir -p "$out/$name"

install -m 644 "$so" "$out/$name/aisp.so"
install -m 644 "$support/aisp.ini" "$root/LICENSE" "$root/README.md" "$root/php-stubs/aisp.stub.php" "$out/$name/"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -czf "$out/$name.tar.gz" "$name"
rm -rf "${out:?}/$name"

python3 - "$plugin" "$out/ai-secure-proxy-$version.zip" "$epoch" <<'PY'
import os, sys, time, zipfile
source, target, epoch = sys.argv[1], sys.argv[2], time.gmtime(int(sys.argv[3]))[:6]
left_out = {'node_modules', 'src', 'package.json', 'package-lock.json', 'webpack.config.js', '.eslintrc.js', '.made', '.DS_Store'}
with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(set(folders) - left_out)
        for name in sorted(set(names) - left_out):
            path = os.path.join(folder, name)
            inside = os.path.join('ai-secure-proxy', os.path.relpath(path, source))
            entry = zipfile.ZipInfo(inside, epoch)
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            with open(path, 'rb') as file:
                archive.writestr(entry, file.read())
PY
(cd "$out" && sha256sum ./* >SHA256SUMS)
ls -1 "$out"
