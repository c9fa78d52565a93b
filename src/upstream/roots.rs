//! `aisp.ca_file`: the certificate authorities that the administrator trusts instead of Mozilla's.
//!
//! Settings are read and checked on every request, and parsing a distribution's bundle takes most of a millisecond: so a
//! file is read again only once its size or its time has changed, and a client is built again only then.

use std::cell::RefCell;
use std::fs;
use std::time::SystemTime;

use ureq::tls::{Certificate, PemItem, parse_pem};

/// A PEM file in the state in which it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CaFile {
    path: String,
    bytes: u64,
    changed: Option<SystemTime>,
}

impl CaFile {
    /// Looks at a file without reading it.
    pub(super) fn see(path: &str) -> Result<Self, String> {
        let seen = fs::metadata(path).map_err(|error| format!("cannot be read: {}", error.kind()))?;
        Ok(Self { path: path.to_owned(), bytes: seen.len(), changed: seen.modified().ok() })
    }

    /// The certificates in it; at least one.
    pub(super) fn certificates(&self) -> Result<Vec<Certificate<'static>>, String> {
        let pem = fs::read(&self.path).map_err(|error| format!("cannot be read: {}", error.kind()))?;
        let mut found = Vec::new();
        for item in parse_pem(&pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => found.push(certificate),
                Ok(_) => {}
                Err(_) => return Err("is not a PEM file".into()),
            }
        }
        if found.is_empty() { Err("holds no certificate".into()) } else { Ok(found) }
    }
}

/// Whether a PEM file can be read and holds certificates. The error is a predicate that fits behind the entry's name.
pub fn check_ca_file(path: &str) -> Result<(), String> {
    thread_local! {
        static GOOD: RefCell<Option<CaFile>> = const { RefCell::new(None) };
    }
    let file = CaFile::see(path)?;
    if GOOD.with_borrow(|good| good.as_ref() == Some(&file)) {
        return Ok(());
    }
    file.certificates()?;
    GOOD.set(Some(file));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_once_it_has_changed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        fs::write(path, "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n").unwrap();
        assert_eq!(check_ca_file(path), Ok(()));
        assert_eq!(check_ca_file(path), Ok(()));
        fs::write(path, "nothing").unwrap();
        assert_eq!(check_ca_file(path), Err("holds no certificate".into()));
        assert_eq!(check_ca_file("/no/such/file"), Err("cannot be read: entity not found".into()));
    }
}
