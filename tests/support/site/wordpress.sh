# shellcheck shell=bash
# Sourced: a pristine WordPress in target/cache, which every site copies.

# The packages that WordPress's links point into come along, so that one plain tree can be made of them.
wordpress_packages=(wordpress wordpress-theme-twentytwentyfive libphp-phpmailer php-getid3 libjs-cropper
  libjs-jquery-ui libjs-lodash libjs-underscore)

# wordpress_pristine: prints the folder, made when it is not there yet; two sites may ask at once.
wordpress_pristine() {
  local tree=$cache/wordpress unpacked=$cache/wordpress.debs
  mkdir -p "$cache"
  (
    flock 9
    [ ! -f "$tree/wp-settings.php" ] || exit 0
    debs_unpack "$unpacked" "${wordpress_packages[@]}"
    # An absolute link, Debian's configuration loader (it dies without HTTP_HOST), and links back into /usr.
    rm -rf "${unpacked:?}/usr/share/wordpress/"{.htaccess,wp-config.php} "${unpacked:?}/var"
    rm -rf "$tree"
    cp -RL "$unpacked/usr/share/wordpress" "$tree.new" # fails here, loudly, where a package that a link needs is missing
    chmod -R u+rwX,go+rX "$tree.new"
    mv "$tree.new" "$tree"; rm -rf "$unpacked"
  ) 9>"$cache/wordpress.lock" || return
  echo "$tree"
}
