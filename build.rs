//! Stamps the build with its commit, and tells the linker what a PHP module needs.

use std::process::Command;

fn main() {
    println!("cargo:rustc-env=AISP_BUILD={}", commit().unwrap_or_else(|| "unknown".to_owned()));
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-changed=.git/logs/HEAD");

    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if target == "macos" {
        // Zend's symbols come from the php binary that loads the module.
        println!("cargo:rustc-cdylib-link-arg=-undefined");
        println!("cargo:rustc-cdylib-link-arg=dynamic_lookup");
    } else {
        // Fork handlers, thread-local destructors and a name look-up that hangs may outlive the module: never unload it.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
    if std::env::var_os("CARGO_FEATURE_PHP").is_some() && Command::new("php-config").arg("--version").output().is_err()
    {
        println!(
            "cargo:warning=php-config was not found: install PHP's development package (Debian: php-dev), or build the core alone with --no-default-features"
        );
    }
}

/// The short hash of the commit, with a mark if the tree differs from it.
fn commit() -> Option<String> {
    let output = Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=12"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned()).filter(|text| !text.is_empty())
}
