//! The old signature on a request, for clients that cannot do better: `X-Sign: <hex of HMAC-SHA256(body)>`.
//!
//! It says nothing of method, route and time, so whoever sees such a request can send it again, for ever and elsewhere. It
//! is accepted only where the client's configuration says `plain`.

use super::Reason;
use super::mac;
use crate::hex;

/// The header's name.
pub const HEADER: &str = "X-Sign";
/// The header that names the client, where there is more than one that signs like this.
pub const CLIENT_HEADER: &str = "X-AISP-Client";

/// Whose signature it claims to be: the `named` one of the `plain` clients, or the only one that there is.
///
/// # Errors
/// [`Reason::MissingHeader`] if it does not say; [`Reason::Mismatch`] if it names a client that does not sign like this.
pub fn client<'c>(named: Option<&str>, plain: &[&'c str]) -> Result<&'c str, Reason> {
    match (named, plain) {
        (Some(named), _) => plain.iter().copied().find(|client| *client == named).ok_or(Reason::Mismatch),
        (None, [only]) => Ok(only),
        (None, []) => Err(Reason::Mismatch),
        (None, _) => Err(Reason::MissingHeader),
    }
}

/// Verifies the header's value under live keys.
///
/// # Errors
/// [`Reason::Malformed`], [`Reason::Mismatch`].
pub fn verify(header: &str, body: &[u8], keys: &[&[u8]]) -> Result<(), Reason> {
    let tag = hex::decode_lower(header).ok_or(Reason::Malformed)?;
    // A body may be long: a key is made up only where there is none.
    if mac::holds(keys, 1, body, &tag) { Ok(()) } else { Err(Reason::Mismatch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hex_code_of_the_body() {
        let header = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert_eq!(verify(header, body, &[b"new", b"Jefe"]), Ok(()));
        assert_eq!(verify(header, b"What do ya want for nothing?", &[b"Jefe"]), Err(Reason::Mismatch));
        assert_eq!(verify(header, body, &[]), Err(Reason::Mismatch));
        assert_eq!(verify(&header.to_uppercase(), body, &[b"Jefe"]), Err(Reason::Malformed));
        assert_eq!(verify(&format!("sha256={header}"), body, &[b"Jefe"]), Err(Reason::Malformed));
    }

    #[test]
    fn only_a_client_that_signs_like_this_is_taken_for_one() {
        assert_eq!(client(Some("a"), &["a", "b"]), Ok("a"));
        assert_eq!(client(Some("c"), &["a"]), Err(Reason::Mismatch));
        assert_eq!(client(None, &["a"]), Ok("a"));
        assert_eq!(client(None, &["a", "b"]), Err(Reason::MissingHeader));
        assert_eq!(client(None, &[]), Err(Reason::Mismatch));
    }
}
