//! One line of JSON a call, for administrators who collect logs outside of WordPress.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Quiet, Record};

static COMPLAINT: Quiet = Quiet::new();

/// PHP's error log.
pub trait Journal {
    /// Writes one line. It holds no prompt, answer or key.
    fn line(&self, text: &str);
}

/// Where a line per call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// Nowhere.
    Off,
    /// PHP's error log.
    ErrorLog,
    /// Appended to a file.
    File(PathBuf),
}

impl LogTarget {
    /// Reads the php.ini entry `aisp.log`.
    ///
    /// # Errors
    /// A sentence that names the entry.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" | "off" | "0" => Ok(Self::Off),
            "error_log" => Ok(Self::ErrorLog),
            path if path.starts_with('/') => Ok(Self::File(path.into())),
            _ => Err("aisp.log must be off, error_log or an absolute path.".to_owned()),
        }
    }
}

/// Writes a record where `aisp.log` says. A log that cannot be written does not fail the call it is about.
pub fn write_line(record: &Record, target: &LogTarget, journal: &dyn Journal) {
    match target {
        LogTarget::Off => {}
        LogTarget::ErrorLog => journal.line(&format!("aisp: {}", json(record))),
        LogTarget::File(path) => {
            if let Err(error) = append(path, &format!("{}\n", json(record)))
                && COMPLAINT.is_over()
            {
                journal.line(&format!("aisp: cannot write aisp.log, {}: {error}", path.display()));
            }
        }
    }
}

/// One write to a file opened for appending, so that the lines of several processes do not mix.
fn append(path: &Path, line: &str) -> std::io::Result<()> {
    OpenOptions::new().append(true).create(true).mode(0o640).open(path)?.write_all(line.as_bytes())
}

/// The record as JSON, in which control characters are escaped.
fn json(record: &Record) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Deaf;

    impl Journal for Deaf {
        fn line(&self, _: &str) {}
    }

    #[test]
    fn a_record_is_one_line_whatever_it_holds() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("aisp.log");
        let record = Record { source: "a\nb".to_owned(), ..Record::default() };
        for _ in 0..2 {
            write_line(&record, &LogTarget::File(path.clone()), &Deaf);
        }
        let text = std::fs::read_to_string(path).expect("the log");
        assert_eq!(text.lines().count(), 2);
        let back: Record = serde_json::from_str(text.lines().next().unwrap_or_default()).expect("JSON");
        assert_eq!(back, record);
    }
}
