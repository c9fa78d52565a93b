//! A copy of the store in a new file, made while others go on writing.
//!
//! The copy grows beside its place and is moved there when it is whole and on the disk: what has its name can be restored.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use thiserror::Error;

use super::{Store, StoreError};

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// The engine whose file it is.
    pub engine: &'static str,
    /// The version of its schema.
    pub schema: u32,
    /// How long it took.
    pub took_ms: u64,
}

/// Why there is no copy. The texts are predicates that fit behind the name of what was given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BackupError {
    /// A path that depends on where PHP was started, or no file.
    #[error("must be the absolute path of a file")]
    NotAbsolute,
    /// Something of this name is there, and stays as it is: name another file.
    #[error("must not exist yet")]
    Exists,
    /// The folder is missing, is not to be written to, or its disk is full.
    #[error("cannot be written: {0}")]
    Unwritable(String),
    /// The store itself cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies what was committed before this begins, and maybe more, to a file that only this user may read.
///
/// # Errors
/// [`BackupError`]. Nothing is left behind then.
pub fn backup(store: &dyn Store, path: &Path) -> Result<Backup, BackupError> {
    let since = Instant::now();
    let part = Part::of(path)?;
    let schema = store.copy_into(&part.path)?;
    let file = File::open(&part.path).map_err(|e| unwritable(&e))?;
    let bytes = file.sync_all().and_then(|()| file.metadata()).map_err(|e| unwritable(&e))?.len();
    part.finish(path)?;
    let took_ms = since.elapsed().as_millis() as u64;
    Ok(Backup { path: path.display().to_string(), bytes, engine: "sqlite", schema, took_ms })
}

fn unwritable(error: &io::Error) -> BackupError {
    BackupError::Unwritable(error.to_string())
}

/// A file that becomes the copy. Dropped before, it is gone.
struct Part {
    path: PathBuf,
}

impl Part {
    fn of(whole: &Path) -> Result<Self, BackupError> {
        let text = whole.as_os_str().as_encoded_bytes();
        let name = whole.file_name().filter(|_| whole.is_absolute() && !text.ends_with(b"/") && !text.contains(&0));
        let mut name = name.ok_or(BackupError::NotAbsolute)?.to_owned();
        if fs::symlink_metadata(whole).is_ok() {
            return Err(BackupError::Exists);
        }
        name.push(format!(".part-{}-{:08x}", std::process::id(), fastrand::u32(..)));
        let path = whole.with_file_name(name);
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(|e| unwritable(&e))?;
        Ok(Self { path })
    }

    /// Gives the file its name, unless something has it by now.
    fn finish(self, whole: &Path) -> Result<(), BackupError> {
        match fs::hard_link(&self.path, whole) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Err(BackupError::Exists),
            // Not every file system has links.
            Err(_) => fs::rename(&self.path, whole).map_err(|e| unwritable(&e))?,
            Ok(()) => {}
        }
        let folder = whole.parent().unwrap_or(Path::new("/"));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| unwritable(&e))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // An engine that fails half way may leave a journal behind.
        let mut journal = self.path.clone().into_os_string();
        journal.push("-journal");
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(journal);
    }
}
