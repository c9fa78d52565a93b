//! PHP's error log, as the core's journal.

use super::zend;
use crate::audit::Journal;

/// Writes to wherever `error_log` points.
pub struct ErrorLog;

impl Journal for ErrorLog {
    fn line(&self, text: &str) {
        zend::log(text);
    }
}
