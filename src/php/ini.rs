//! The php.ini entries: declared when the module starts, read when a request needs them, because FPM pools set theirs
//! only after the start.

use std::cell::RefCell;
use std::rc::Rc;

use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};

use super::zend::ini_string;
use crate::gateway::settings::Settings;

const fn entry(name: &'static std::ffi::CStr, default: &'static std::ffi::CStr) -> IniEntryDef {
    IniEntryDef::new(name, default, IniEntryPermission::System)
}

static ENTRIES: IniEntryDefs<9> = IniEntryDefs::new([
    entry(c"aisp.store", c""),
    entry(c"aisp.timeout_ms", c"15000"),
    entry(c"aisp.connect_timeout_ms", c"3000"),
    entry(c"aisp.max_attempts", c"3"),
    entry(c"aisp.max_response_bytes", c"16777216"),
    entry(c"aisp.allowed_hosts", c""),
    entry(c"aisp.ca_file", c""),
    entry(c"aisp.log", c"off"),
    IniEntryDef::end(),
]);

/// Declares the entries. Only from MINIT.
pub fn register(module_number: i32) {
    IniEntryDef::register(ENTRIES.as_slice(), module_number);
}

thread_local! {
    /// The settings of the last call with the texts they were read from: in a pool they hardly ever change.
    static LAST: RefCell<Option<(Vec<String>, Rc<Settings>)>> = const { RefCell::new(None) };
}

/// The settings as they stand for this request, or what is wrong with them.
pub fn settings() -> Result<Rc<Settings>, Vec<String>> {
    let names = crate::gateway::settings::ENTRIES;
    let texts: Vec<String> = names.iter().map(|(name, _)| ini_string(name)).collect();
    let known =
        LAST.with_borrow(|last| last.as_ref().filter(|(of, _)| *of == texts).map(|(_, settings)| Rc::clone(settings)));
    if let Some(settings) = known {
        return Ok(settings);
    }
    let text_of = |name: &str| {
        let at = names.iter().position(|(n, _)| *n == name);
        at.map_or_else(String::new, |at| texts[at].clone())
    };
    let settings = Rc::new(Settings::read(text_of)?);
    LAST.set(Some((texts, Rc::clone(&settings))));
    Ok(settings)
}
