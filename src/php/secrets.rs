//! Secrets by name: the SAPI's environment (`env[…]` of an FPM pool), the process's, then a PHP constant (wp-config.php).

use secrecy::SecretString;
use zeroize::Zeroize;

use super::zend;
use crate::gateway::Secrets;

/// PHP's variables and constants.
pub struct Variables;

impl Secrets for Variables {
    fn find(&self, name: &str) -> Option<SecretString> {
        let of_process = || std::env::var_os(name).map(|value| value.into_encoded_bytes());
        let places: [&dyn Fn() -> Option<Vec<u8>>; 3] =
            [&|| zend::sapi_variable(name), &of_process, &|| zend::constant(name)];
        places.iter().find_map(|place| text(place()?))
    }
}

/// A secret is a line of text; a stray line break at its end, as files have it, does not belong to it.
fn text(mut bytes: Vec<u8>) -> Option<SecretString> {
    let secret = std::str::from_utf8(&bytes).ok().map(str::trim).filter(|s| !s.is_empty()).map(SecretString::from);
    bytes.zeroize();
    secret
}
