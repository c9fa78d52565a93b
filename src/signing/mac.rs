//! HMAC-SHA256, compared in constant time, under as many keys as are live. Source: RFC 2104, FIPS 198-1.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The most keys that one client may have at a time: the new one, the old one, and room for mistakes.
pub const MAX_KEYS: usize = 4;

/// What stands in for a key where there are fewer than it should look like.
const NOBODY: &[u8] = b"nobody has this key";

/// A code over a message.
pub type Tag = [u8; 32];

fn hmac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    hmac.update(message);
    hmac
}

/// The code of a message under a key.
pub fn tag(key: &[u8], message: &[u8]) -> Tag {
    hmac(key, message).finalize().into_bytes().into()
}

/// Whether one of the keys makes `tag` of the message. Every key is tried, whatever the first ones say, and where there are
/// fewer than `rounds` of them the rest is made up: how long it takes does not tell how many keys there are. An empty key
/// is none.
pub fn holds(keys: &[&[u8]], rounds: usize, message: &[u8], tag: &Tag) -> bool {
    let given = keys.iter().map(|key| if key.is_empty() { (NOBODY, false) } else { (*key, true) });
    let made_up = std::iter::repeat_n((NOBODY, false), rounds.saturating_sub(keys.len()));
    let verify = |key, counts| hmac(key, message).verify_slice(tag).is_ok() & counts;
    given.chain(made_up).fold(false, |held, (key, counts)| held | verify(key, counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    #[test]
    fn the_published_vectors_hold() {
        // RFC 4231, cases 1, 2 and 6.
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        for (key, message, expected) in [
            (&[0x0b; 20][..], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 131], long, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        ] {
            assert_eq!(hex::encode(&tag(key, message)), expected);
        }
    }

    #[test]
    fn any_live_key_will_do_and_nothing_else() {
        let made = |key: &[u8]| tag(key, b"message");
        let keys: [&[u8]; 3] = [b"new", b"old", b""];
        assert!(holds(&keys, MAX_KEYS, b"message", &made(b"new")));
        assert!(holds(&keys, 1, b"message", &made(b"old")));
        assert!(!holds(&keys, MAX_KEYS, b"message", &made(b"")));
        assert!(!holds(&keys, MAX_KEYS, b"massage", &made(b"new")));
        assert!(!holds(&[], MAX_KEYS, b"message", &made(NOBODY)));
    }
}
