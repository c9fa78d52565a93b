//! SQLite's errors in the store's words.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::store::StoreError;

/// What `error` means for the file at `path`.
pub(super) fn of(path: &str, error: &rusqlite::Error) -> StoreError {
    let (path, reason) = (path.to_owned(), reason(error));
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, reason },
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreError::Open { path, reason }
        }
        _ => StoreError::Failed { reason },
    }
}

/// Whether the same connection may well succeed next time.
pub(super) fn passes(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull))
}

/// SQLite's own text for the code; never the text of a statement or a value.
fn reason(error: &rusqlite::Error) -> String {
    match error.sqlite_error() {
        Some(code) => ffi::code_to_str(code.extended_code).to_owned(),
        None => error.to_string(),
    }
}
