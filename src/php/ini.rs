//! The php.ini entries: declared when the module starts, read when a request needs them, because FPM pools set theirs
//! only after the start.

use std::cell::RefCell;
use std::rc::Rc;

use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};

use super::zend::ini_string;
use crate::gateway::settings::{ENTRIES, Settings};

const SIZE: usize = ENTRIES.len() + 1;

static TABLE: IniEntryDefs<SIZE> = IniEntryDefs::new(table());

/// The core's entries as Zend wants them, with its mark at the end.
const fn table() -> [IniEntryDef; SIZE] {
    let mut table = [const { IniEntryDef::end() }; SIZE];
    let mut i = 0;
    while i < ENTRIES.len() {
        table[i] = IniEntryDef::new(ENTRIES[i].0, ENTRIES[i].1, IniEntryPermission::System);
        i += 1;
    }
    table
}

/// Declares the entries. Only from MINIT.
pub fn register(module_number: i32) {
    IniEntryDef::register(TABLE.as_slice(), module_number);
}

thread_local! {
    /// The settings of the last call with the texts they were read from: in a pool they hardly ever change.
    static LAST: RefCell<Option<(Vec<String>, Rc<Settings>)>> = const { RefCell::new(None) };
}

/// The settings as they stand for this request, or what is wrong with them.
pub fn settings() -> Result<Rc<Settings>, Vec<String>> {
    let texts: Vec<String> = ENTRIES.iter().map(|(name, _)| ini_string(name)).collect();
    let known =
        LAST.with_borrow(|last| last.as_ref().filter(|(of, _)| *of == texts).map(|(_, settings)| Rc::clone(settings)));
    if let Some(settings) = known {
        return Ok(settings);
    }
    let text_of = |name: &str| {
        let at = ENTRIES.iter().position(|(entry, _)| entry.to_bytes() == name.as_bytes());
        at.map_or_else(String::new, |at| texts[at].clone())
    };
    let settings = Rc::new(Settings::read(text_of)?);
    LAST.set(Some((texts, Rc::clone(&settings))));
    Ok(settings)
}
