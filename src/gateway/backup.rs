//! A backup of the store, for administrators.

use std::path::Path;

use super::Env;
use crate::error::Error;
use crate::store::{self, Backup, BackupError};

/// `aisp_backup()`: a copy of the store in a new file.
///
/// # Errors
/// [`Error::InvalidRequest`] for a path where no file can be made; [`Error::Store`].
pub fn backup(path: &str, env: &Env<'_>) -> Result<Backup, Error> {
    let made = store::with(&env.settings.store, |store| store::backup(store, Path::new(path)))?;
    made.map_err(|error| match error {
        BackupError::Store(error) => error.into(),
        target => Error::invalid(format!("aisp_backup(): Argument #1 ($path) {target}")),
    })
}
