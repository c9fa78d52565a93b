//! The parts of the Zend API that ext-php-rs does not declare, each with a safe face.

use std::ffi::{CStr, CString, c_char, c_int, c_void};

use ext_php_rs::ffi::{ext_php_rs_compiler_globals, zend_function};
use ext_php_rs::types::{ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ModuleEntry};
use zeroize::Zeroize;

unsafe extern "C" {
    static spl_ce_RuntimeException: *mut ClassEntry;
    fn zend_ini_string_ex(name: *const c_char, name_length: usize, orig: c_int, exists: *mut bool) -> *const c_char;
    fn display_ini_entries(module: *mut ModuleEntry);
    fn zend_update_property(
        scope: *mut ClassEntry,
        object: *mut ZendObject,
        name: *const c_char,
        length: usize,
        value: *mut Zval,
    );
    fn zend_get_constant_str(name: *const c_char, length: usize) -> *mut Zval;
    fn sapi_getenv(name: *const c_char, length: usize) -> *mut c_char;
    fn php_log_err_with_severity(message: *const c_char, severity: c_int);
    fn _efree(pointer: *mut c_void);
    fn zend_add_attribute(
        attributes: *mut *mut ZendHashTable,
        name: *mut ZendStr,
        arguments: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
    fn pthread_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> c_int;
}

/// The class `RuntimeException`.
pub fn runtime_exception() -> &'static ClassEntry {
    // SAFETY: SPL is always compiled in and registers its classes before any module starts.
    unsafe { &*spl_ce_RuntimeException }
}

/// A php.ini entry as it stands for this request; empty if it is not set.
pub fn ini_string(name: &CStr) -> String {
    let mut exists = false;
    // SAFETY: the name is valid for its length; Zend returns a NUL-terminated string that lives until the entry changes,
    // or null.
    unsafe {
        let value = zend_ini_string_ex(name.as_ptr(), name.count_bytes(), 0, &raw mut exists);
        if value.is_null() { String::new() } else { CStr::from_ptr(value).to_string_lossy().into_owned() }
    }
}

/// Prints the module's php.ini entries, for phpinfo().
pub fn print_ini_entries(module: *mut ModuleEntry) {
    // SAFETY: called from the info function with the module that Zend handed to it.
    unsafe { display_ini_entries(module) }
}

/// Sets a property, protected ones of `scope` included.
pub fn set_property(scope: &ClassEntry, object: &mut ZendObject, name: &CStr, mut value: Zval) {
    // SAFETY: scope and object are live; Zend copies the value and takes a reference of its own.
    unsafe {
        let scope = std::ptr::from_ref(scope).cast_mut();
        zend_update_property(scope, object, name.as_ptr(), name.count_bytes(), &raw mut value);
    }
}

/// The bytes of a global string constant.
pub fn constant(name: &str) -> Option<Vec<u8>> {
    // SAFETY: the name is valid for its length; Zend returns a pointer into its table of constants, or null.
    let value = unsafe { zend_get_constant_str(name.as_ptr().cast(), name.len()).as_ref() }?;
    value.zend_str().map(|text| text.as_bytes().to_vec())
}

/// A variable of the SAPI's environment, such as `env[…]` of an FPM pool.
pub fn sapi_variable(name: &str) -> Option<Vec<u8>> {
    let name = CString::new(name).ok()?;
    // SAFETY: Zend returns a NUL-terminated copy on its own heap, or null; the copy is freed here and not used after.
    unsafe {
        let value = sapi_getenv(name.as_ptr(), name.count_bytes());
        if value.is_null() {
            return None;
        }
        let bytes = CStr::from_ptr(value).to_bytes().to_vec();
        std::slice::from_raw_parts_mut(value.cast::<u8>(), bytes.len()).zeroize();
        _efree(value.cast());
        Some(bytes)
    }
}

/// Writes a line to PHP's error log. NUL bytes are dropped.
pub fn log(text: &str) {
    const LOG_NOTICE: c_int = 5;
    let text = CString::new(text.replace('\0', "")).unwrap_or_default();
    // SAFETY: the text is NUL-terminated; Zend copies it.
    unsafe { php_log_err_with_severity(text.as_ptr(), LOG_NOTICE) }
}

/// Keeps an argument of one of the module's functions out of stack traces, which PHP does since 8.2. Only from MINIT.
pub fn mark_sensitive(function: &str, argument: u32) {
    const ZEND_ATTRIBUTE_PERSISTENT: u32 = 1;
    // SAFETY: the table holds the module's functions by the time that it starts, and nobody else touches it then.
    let table = unsafe { ext_php_rs_compiler_globals().as_ref().and_then(|globals| globals.function_table.as_ref()) };
    let entry = table.and_then(|table| table.get(function));
    // SAFETY: the entries of the table of functions are pointers to functions.
    let Some(entry) = entry.and_then(|entry| unsafe { entry.ptr::<zend_function>() }) else { return };
    let name = ZendStr::new_interned("SensitiveParameter", true).into_raw();
    // SAFETY: the function's attributes are written before any request runs; Zend takes over the interned name. Zend
    // counts arguments from one here, because zero stands for the function itself.
    unsafe {
        let attributes = &raw mut (*entry).common.attributes;
        zend_add_attribute(attributes, name, 0, ZEND_ATTRIBUTE_PERSISTENT, argument + 1, 0);
    }
}

/// Runs `prepare` before every fork of this process, in the thread that forks, and `child` after it in the new process.
pub fn around_fork(prepare: extern "C" fn(), child: extern "C" fn()) {
    // SAFETY: the handlers are functions of this library, which is linked never to be unloaded.
    unsafe { pthread_atfork(Some(prepare), None, Some(child)) };
}
