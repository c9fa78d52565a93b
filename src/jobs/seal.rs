//! Bytes that only this site's key opens: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under a key that HMAC-SHA256 makes of
//! the site's secret, with a random nonce in front.

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::signing::mac;

/// Keeps the key apart from whatever else the same secret is used for.
const PURPOSE: &[u8] = b"aisp: private values of jobs, v1";
const NONCE_BYTES: usize = 24;

/// A key made of a secret.
pub struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    /// The key that belongs to a secret of any length.
    pub fn of(secret: &[u8]) -> Self {
        Self(Zeroizing::new(mac::tag(secret, PURPOSE)))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_slice().try_into().expect("a key has 32 bytes"))
    }
}

/// Seals bytes for a place: whoever opens them must name the same one, so that nothing can be moved to another.
pub fn seal(key: &SealKey, place: &str, bytes: &[u8]) -> Vec<u8> {
    let nonce = XNonce::generate();
    let sealed = key.cipher().encrypt(&nonce, Payload { msg: bytes, aad: place.as_bytes() });
    [nonce.as_slice(), &sealed.expect("texts are shorter than the cipher's 256 GB")].concat()
}

/// Opens what one of the keys has sealed for this place; `None` if none of them has.
pub fn open(keys: &[SealKey], place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
    let nonce = XNonce::try_from(nonce).ok()?;
    let payload = || Payload { msg: sealed, aad: place.as_bytes() };
    keys.iter().find_map(|key| key.cipher().decrypt(&nonce, payload()).ok()).map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> SealKey {
        SealKey::of(secret.as_bytes())
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_at_its_place() {
        let sealed = seal(&key("new"), "job_1/0", b"ann@example.com");
        assert!(!sealed.windows(3).any(|part| part == b"ann"));
        assert_eq!(open(&[key("new")], "job_1/0", &sealed).expect("ours").as_slice(), b"ann@example.com");
        assert!(open(&[key("other"), key("new")], "job_1/0", &sealed).is_some());
        assert!(open(&[key("new")], "job_1/1", &sealed).is_none());
        assert!(open(&[key("old")], "job_1/0", &sealed).is_none());
        assert!(open(&[], "job_1/0", &sealed).is_none());
    }

    #[test]
    fn what_was_changed_or_cut_does_not_open() {
        let sealed = seal(&key("k"), "p", b"text");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&[key("k")], "p", &changed).is_none(), "{at}");
            assert!(open(&[key("k")], "p", &sealed[..at]).is_none(), "{at}");
        }
    }

    #[test]
    fn the_same_is_never_sealed_alike() {
        assert_ne!(seal(&key("k"), "p", b"text"), seal(&key("k"), "p", b"text"));
    }
}
