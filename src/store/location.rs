//! Where the store is kept: the php.ini entry `aisp.store`, and what it means on this machine.
//!
//! The file must be reachable by every process that serves the site, and by nobody else. So it lies in a folder of mode
//! 0700; one that somebody else owns, or that a symbolic link stands for, is refused where everybody may create folders.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, Uid, faccessat};
use thiserror::Error;

use super::StoreError;

/// The folder that `make install` makes.
const SYSTEM_FOLDER: &str = "/var/lib/aisp";
const FILE: &str = "aisp.db";

/// Where the store is kept, as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Location {
    /// `/var/lib/aisp/aisp.db` where this user may write there, else a folder of this user's own among the temporary files.
    #[default]
    Default,
    /// This SQLite file.
    Sqlite(PathBuf),
}

/// A value of `aisp.store` that cannot be used. Correct php.ini; the text never repeats a password.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum BadLocation {
    /// A scheme that is not `sqlite`.
    #[error("aisp.store: {0}: is not supported by this version")]
    Unsupported(String),
    /// No scheme at all.
    #[error("aisp.store must be empty or sqlite:/absolute/path")]
    NoScheme,
    /// A path that depends on where PHP was started, or no file.
    #[error("aisp.store: sqlite: needs the absolute path of a file")]
    NotAbsolute,
}

/// A place on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The database file.
    pub path: PathBuf,
    /// Whether a restart of the machine may delete it.
    pub temporary: bool,
}

impl Location {
    /// Reads the entry's value.
    pub fn parse(entry: &str) -> Result<Self, BadLocation> {
        let entry = entry.trim();
        if entry.is_empty() {
            return Ok(Self::Default);
        }
        let (scheme, rest) = entry.split_once(':').ok_or(BadLocation::NoScheme)?;
        match scheme {
            "sqlite" => {
                let path = Path::new(rest);
                let names_a_file = path.file_name().is_some() && !rest.ends_with('/') && !rest.contains('\0');
                let ok = path.is_absolute() && names_a_file;
                if ok { Ok(Self::Sqlite(path.to_owned())) } else { Err(BadLocation::NotAbsolute) }
            }
            _ if !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
                Err(BadLocation::Unsupported(scheme.to_owned()))
            }
            _ => Err(BadLocation::NoScheme),
        }
    }

    /// Whether the store lies among temporary files, so that records and limits may be lost when the machine restarts.
    pub fn is_temporary(&self) -> bool {
        self.place().is_ok_and(|place| place.temporary)
    }

    /// The database file.
    ///
    /// # Errors
    /// [`StoreError::Open`] if the folder among the temporary files is not this user's.
    pub fn path(&self) -> Result<PathBuf, StoreError> {
        self.place().map(|place| place.path)
    }

    /// The place on this machine. Looks, and changes nothing.
    pub(super) fn place(&self) -> Result<Place, StoreError> {
        match self {
            Self::Default => default_place(Path::new(SYSTEM_FOLDER), &std::env::temp_dir(), Uid::effective()),
            Self::Sqlite(path) => Ok(Place { path: path.clone(), temporary: false }),
        }
    }
}

impl Place {
    /// Makes the folder if it is missing, for this user alone.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        make_folder(folder).map_err(|e| cannot_open(&self.path, e.to_string()))?;
        if self.temporary {
            check_own(folder, Uid::effective()).map_err(|reason| cannot_open(&self.path, reason))?;
            let private = fs::Permissions::from_mode(0o700);
            fs::set_permissions(folder, private).map_err(|e| cannot_open(&self.path, e.to_string()))?;
        }
        Ok(())
    }
}

fn default_place(system: &Path, temp: &Path, user: Uid) -> Result<Place, StoreError> {
    let can_be_made = || !system.exists() && system.parent().is_some_and(is_writable);
    if is_writable(system) || can_be_made() {
        return Ok(Place { path: system.join(FILE), temporary: false });
    }
    let folder = temp.join(format!("aisp-{user}"));
    let path = folder.join(FILE);
    if fs::symlink_metadata(&folder).is_ok() {
        check_own(&folder, user).map_err(|reason| cannot_open(&path, reason))?;
    }
    Ok(Place { path, temporary: true })
}

/// Makes the last component unless something of that name is there.
fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Everybody may make folders where the temporary files are: this one must be this user's.
fn check_own(folder: &Path, user: Uid) -> Result<(), String> {
    let found = fs::symlink_metadata(folder).map_err(|e| e.to_string())?;
    let own = found.is_dir() && found.uid() == user.as_raw();
    if own { Ok(()) } else { Err(format!("{} belongs to somebody else or is a link", folder.display())) }
}

fn is_writable(folder: &Path) -> bool {
    faccessat(AT_FDCWD, folder, AccessFlags::W_OK | AccessFlags::X_OK, AtFlags::AT_EACCESS).is_ok()
}

fn cannot_open(path: &Path, reason: String) -> StoreError {
    StoreError::Open { path: path.display().to_string(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").mode() & 0o777
    }

    #[test]
    fn an_empty_entry_is_the_default_and_sqlite_takes_an_absolute_path() {
        assert_eq!(Location::parse(""), Ok(Location::Default));
        assert_eq!(Location::parse(" \n"), Ok(Location::Default));
        assert_eq!(Location::parse("sqlite:/data/x.db"), Ok(Location::Sqlite("/data/x.db".into())));
    }

    #[test]
    fn a_path_that_is_not_a_file_of_its_own_is_refused() {
        for entry in [
            "sqlite:",
            "sqlite::memory:",
            "sqlite:x.db",
            "sqlite:./x.db",
            "sqlite:/",
            "sqlite:/data/",
            "sqlite:/data/..",
        ] {
            assert_eq!(Location::parse(entry), Err(BadLocation::NotAbsolute), "{entry}");
        }
        for entry in ["/data/x.db", ":memory:", "aisp.db"] {
            assert_eq!(Location::parse(entry), Err(BadLocation::NoScheme), "{entry}");
        }
    }

    #[test]
    fn an_unsupported_scheme_is_named_and_its_password_is_not() {
        let text = Location::parse("redis://:hunter2@cache:6379").expect_err("not yet").to_string();
        assert_eq!(text, "aisp.store: redis: is not supported by this version");
    }

    #[test]
    fn the_default_is_the_system_folder_where_this_user_may_write() {
        let dir = tempfile::tempdir().expect("a folder");
        let system = dir.path().join("aisp");
        let place = default_place(&system, dir.path(), Uid::effective()).expect("a place");
        assert_eq!(place, Place { path: system.join(FILE), temporary: false });
        assert!(!system.exists(), "looking makes nothing");
        place.prepare().expect("made");
        assert_eq!(mode(&system), 0o700);
        assert_eq!(default_place(&system, dir.path(), Uid::effective()), Ok(place));
    }

    #[test]
    fn without_the_system_folder_it_is_a_private_temporary_one() {
        let dir = tempfile::tempdir().expect("a folder");
        let user = Uid::effective();
        let own = dir.path().join(format!("aisp-{user}"));
        fs::create_dir(&own).expect("made");
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).expect("opened to others");
        let place = default_place(Path::new("/proc/none/aisp"), dir.path(), user).expect("a place");
        assert_eq!(place, Place { path: own.join(FILE), temporary: true });
        place.prepare().expect("its own");
        assert_eq!(mode(&own), 0o700);
    }

    #[test]
    fn a_temporary_folder_that_is_a_link_or_somebody_elses_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let user = Uid::effective();
        let own = dir.path().join(format!("aisp-{user}"));
        symlink(dir.path(), &own).expect("linked");
        assert!(default_place(Path::new("/proc/none/aisp"), dir.path(), user).is_err());
        assert!(Place { path: own.join(FILE), temporary: true }.prepare().is_err());
        let other = Uid::from_raw(user.as_raw() + 1);
        fs::create_dir(dir.path().join(format!("aisp-{other}"))).expect("made by this user");
        assert!(default_place(Path::new("/proc/none/aisp"), dir.path(), other).is_err());
    }

    #[test]
    fn only_the_last_folder_of_a_path_is_made() {
        let dir = tempfile::tempdir().expect("a folder");
        let prepare = |path: &str| Location::Sqlite(dir.path().join(path)).place().and_then(|place| place.prepare());
        assert_eq!(prepare("a/x.db"), Ok(()));
        assert_eq!(mode(&dir.path().join("a")), 0o700);
        assert!(prepare("b/c/x.db").is_err());
    }
}
