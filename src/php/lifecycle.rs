//! The module's start and end, and what phpinfo() shows of it.
//!
//! FPM starts modules, then forks its workers: nothing that must not cross a fork (a thread, a socket, a database) is made
//! here, only classes, php.ini entries and handlers are registered.

use std::panic;

use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};
use once_cell::sync::OnceCell;

use super::{exceptions, ini, zend};
use crate::{store, upstream};

/// Adds the module's start, end and phpinfo() table.
pub fn hooks(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.startup_function(startup).shutdown_function(shutdown).info_function(info)
}

const SUCCESS: i32 = 0;
const FAILURE: i32 = -1;

extern "C" fn startup(_type: i32, module_number: i32) -> i32 {
    static ONCE: OnceCell<()> = OnceCell::new();
    ini::register(module_number);
    ONCE.get_or_init(|| {
        // The default hook prints the payload, which may hold a prompt.
        panic::set_hook(Box::new(|info| {
            let place = info.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
            eprintln!("aisp: internal error{place}");
        }));
        zend::around_fork(close, forked);
    });
    let guarded =
        [("aisp_infer", 3), ("aisp_stream", 4), ("aisp_infer_batch", 3), ("aisp_preview", 3), ("aisp_request_hash", 3)];
    for (function, arguments) in guarded {
        (0..arguments).for_each(|argument| zend::mark_sensitive(function, argument));
    }
    if exceptions::register().is_ok() { SUCCESS } else { FAILURE }
}

extern "C" fn shutdown(_type: i32, _module_number: i32) -> i32 {
    close();
    SUCCESS
}

/// Closes what belongs to this process alone. Both open again when they are next needed, also in the child of a fork.
extern "C" fn close() {
    store::close();
    upstream::close();
}

/// What a thread other than the one that forked still had open is not this process's to close.
extern "C" fn forked() {
    store::after_fork_in_child();
}

extern "C" fn info(module: *mut ModuleEntry) {
    info_table_start!();
    info_table_row!("AI Secure Proxy", "enabled");
    info_table_row!("Version", env!("CARGO_PKG_VERSION"));
    info_table_row!("Build", env!("AISP_BUILD"));
    match ini::settings() {
        Ok(settings) => {
            let store = settings.store.path().map_or_else(|error| error.to_string(), |path| path.display().to_string());
            info_table_row!("Store", store);
        }
        Err(problems) => {
            info_table_row!("Settings", problems.join(" "));
        }
    }
    info_table_end!();
    zend::print_ini_entries(module);
}
