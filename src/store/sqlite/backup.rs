//! A copy of the file as it is at one moment, into another one.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, ffi};

use super::{fault, schema};
use crate::store::{BackupError, StoreError};

/// Writes the copy into an empty file that is there, and gives the version of its schema. It reads one state of the store
/// and stops nobody; the write-ahead log grows meanwhile.
pub(super) fn copy_into(conn: &Connection, path: &str, file: &Path) -> Result<u32, BackupError> {
    let Some(name) = file.to_str() else { return Err(BackupError::NotAbsolute) };
    match conn.execute("VACUUM INTO ?1", [name]) {
        Ok(_) => Ok(schema::VERSION),
        Err(error) => Err(meant(path, &error)),
    }
}

/// The store is only read: whatever could not be written or opened is the copy.
fn meant(path: &str, error: &rusqlite::Error) -> BackupError {
    let of_copy = [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_TRUNCATE];
    let is_of_copy = match error.sqlite_error() {
        Some(code) if of_copy.contains(&code.extended_code) => true,
        Some(code) => matches!(code.code, ErrorCode::DiskFull | ErrorCode::CannotOpen | ErrorCode::ReadOnly),
        None => false,
    };
    match fault::of(path, error) {
        StoreError::Failed { reason } | StoreError::Open { reason, .. } if is_of_copy => {
            BackupError::Unwritable(reason)
        }
        error => BackupError::Store(error),
    }
}
