//! The bytes that a secret stands for.

use base64::prelude::{BASE64_STANDARD, Engine};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::Scheme;

/// Before the Base64 of a Standard Webhooks secret.
const PREFIX: &str = "whsec_";
/// Before the keys of its asymmetric signatures. A public key that served as a secret would let anybody sign.
const OTHER_KEYS: [&str; 2] = ["whpk_", "whsk_"];

/// An HMAC key; never empty.
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// The key in a secret; `None` if it holds none for this scheme.
    pub fn read(scheme: Scheme, secret: &SecretString) -> Option<Self> {
        let text = secret.expose_secret();
        let bytes = match text.strip_prefix(PREFIX) {
            Some(coded) if scheme == Scheme::Standard => BASE64_STANDARD.decode(coded).ok()?,
            _ if scheme == Scheme::Standard && OTHER_KEYS.iter().any(|prefix| text.starts_with(prefix)) => return None,
            _ if text.trim().is_empty() => return None,
            _ => text.as_bytes().to_vec(),
        };
        (!bytes.is_empty()).then(|| Self(Zeroizing::new(bytes)))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(scheme: Scheme, secret: &str) -> Option<Vec<u8>> {
        Key::read(scheme, &secret.into()).map(|key| key.bytes().to_vec())
    }

    #[test]
    fn a_standard_secret_is_base64_behind_its_prefix_and_raw_without() {
        assert_eq!(read(Scheme::Standard, "whsec_aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(read(Scheme::Standard, "aGVsbG8="), Some(b"aGVsbG8=".to_vec()));
        assert_eq!(read(Scheme::Stripe, "whsec_aGVsbG8="), Some(b"whsec_aGVsbG8=".to_vec()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for secret in
            ["", " ", "\t\n", "whsec_", "whsec_=", "whsec_ ", "whsec_aGVsbG8", "whsec_aGVsbG9=", "whsec_aGVs\nbG8="]
        {
            assert_eq!(read(Scheme::Standard, secret), None, "{secret:?}");
        }
        for secret in ["whsec_a-_=", "whsec_not base64", "whpk_aGVsbG8=", "whsk_aGVsbG8="] {
            assert_eq!(read(Scheme::Standard, secret), None, "{secret:?}");
        }
        for scheme in Scheme::ALL {
            assert_eq!((read(scheme, ""), read(scheme, "  \n")), (None, None), "{scheme:?}");
        }
    }
}
