//! A file that many processes append to, and that is put aside once it is large.
//!
//! The file is locked only for putting it aside: `log` becomes `log.1`, that `log.2`, and the oldest goes. Who had it open
//! meanwhile still writes into what is `log.1` by then, so no line is lost.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

/// From here on a file is put aside.
const LARGE_BYTES: u64 = 64 * 1024 * 1024;

/// How many are kept beside the one that is written to.
const KEPT: u32 = 4;

/// Appends a line, in one write, so that the lines of several processes do not mix.
///
/// # Errors
/// Those of the file system. Where only putting aside fails, the line is written all the same.
pub fn append(path: &Path, line: &str) -> io::Result<()> {
    append_to(path, line, LARGE_BYTES)
}

fn append_to(path: &Path, line: &str, large_bytes: u64) -> io::Result<()> {
    let mut file = open(path)?;
    let mut aside = Ok(());
    if file.metadata()?.len() >= large_bytes {
        aside = put_aside(path, file);
        file = open(path)?;
    }
    file.write_all(line.as_bytes()).and(aside)
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o640).open(path)
}

/// Of several that try at once the first does it; the others find another file in its place.
fn put_aside(path: &Path, file: File) -> io::Result<()> {
    let file = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| error)?;
    if fs::metadata(path).map(|now| now.ino()).ok() != Some(file.metadata()?.ino()) {
        return Ok(());
    }
    for number in (1..KEPT).rev() {
        match fs::rename(numbered(path, number), numbered(path, number + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(path, numbered(path, 1))
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{number}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &Path) -> usize {
        fs::read_to_string(path).map_or(0, |text| text.lines().count())
    }

    #[test]
    fn a_large_file_is_put_aside_and_the_oldest_goes() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("log");
        for number in 0..20 {
            append_to(&path, &format!("line {number:02}\n"), 16).expect("a line");
        }
        let kept: Vec<_> = (1..=KEPT + 1).map(|number| lines(&numbered(&path, number))).collect();
        assert_eq!((lines(&path), kept), (2, vec![2, 2, 2, 2, 0]));
        assert_eq!(fs::read_to_string(&path).expect("the log"), "line 18\nline 19\n");
    }

    #[test]
    fn no_line_is_lost_while_many_put_it_aside() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("log");
        // Each of 8 writes 8 lines of 8 bytes: 512 bytes, put aside at 128, so that all of it is still there.
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..8).for_each(|_| append_to(&path, "a line!\n", 128).expect("a line")));
            }
        });
        let kept: usize = (1..=KEPT).map(|number| lines(&numbered(&path, number))).sum();
        assert_eq!(lines(&path) + kept, 64);
    }

    #[test]
    fn where_nothing_can_be_renamed_the_line_is_written_and_the_fault_told() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("log");
        fs::create_dir_all(numbered(&path, KEPT - 1).join("in the way")).expect("a folder");
        fs::create_dir_all(numbered(&path, KEPT).join("in the way")).expect("a folder");
        append_to(&path, "one\n", 1).expect("a line");
        assert!(append_to(&path, "two\n", 1).is_err());
        assert_eq!(lines(&path), 2);
    }
}
