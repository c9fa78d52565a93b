//! Headers as PHP hands them on, under any of the names that it gives them.

use super::{MAX_HEADER_BYTES, Reason};
use crate::header_name;

/// A request's headers. A name may come as `Webhook-Id` (`getallheaders()`), `webhook_id` (`WP_REST_Request`) or
/// `HTTP_WEBHOOK_ID` (`$_SERVER`). Where it comes more than once, by whichever of its forms, each counts.
#[derive(Debug, Clone, Default)]
pub struct Headers<'a>(Vec<(&'a [u8], &'a [u8])>);

impl<'a> Headers<'a> {
    /// Whether there is such a header.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |(given, _)| is_same(given, name)).map(|(_, value)| *value)
    }

    /// The one value of a header, in printable ASCII; `None` if there is no such header.
    pub(super) fn optional(&self, name: &str) -> Result<Option<&'a str>, Reason> {
        let mut values = self.values(name);
        let Some(value) = values.next() else { return Ok(None) };
        if value.len() > MAX_HEADER_BYTES {
            return Err(Reason::TooLarge);
        }
        let is_printable = !value.is_empty() && value.iter().all(|byte| matches!(byte, b' '..=b'~'));
        if !is_printable || values.next().is_some() {
            return Err(Reason::Malformed);
        }
        std::str::from_utf8(value).map(Some).map_err(|_| Reason::Malformed)
    }

    /// The one value of a header that must be there.
    pub(super) fn single(&self, name: &str) -> Result<&'a str, Reason> {
        self.optional(name)?.ok_or(Reason::MissingHeader)
    }
}

impl<'a> FromIterator<(&'a [u8], &'a [u8])> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a [u8], &'a [u8])>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Whether PHP's name for a header means this one. Only `$_SERVER` writes `HTTP_`, and in capitals: a client's own
/// `Http-Webhook-Id` is another header.
fn is_same(given: &[u8], name: &str) -> bool {
    header_name::is_same(given.strip_prefix(b"HTTP_").unwrap_or(given), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &'static [u8])]) -> Result<&'static str, Reason> {
        pairs.iter().map(|(name, value)| (name.as_bytes(), *value)).collect::<Headers<'_>>().single("webhook-id")
    }

    #[test]
    fn every_name_that_php_gives_a_header_is_the_same_header() {
        for name in ["webhook-id", "Webhook-Id", "webhook_id", "WEBHOOK-ID", "HTTP_WEBHOOK_ID", "Webhook_id"] {
            assert_eq!(read(&[("accept", b"*/*"), (name, b"msg_1")]), Ok("msg_1"), "{name}");
        }
        for name in ["webhookid", "webhook id", "http_webhook_id", "HTTP-Webhook-Id", "x-webhook-id", "webhook-id-", ""]
        {
            assert_eq!(read(&[(name, b"msg_1")]), Err(Reason::MissingHeader), "{name}");
        }
    }

    #[test]
    fn a_header_that_is_there_twice_is_no_header() {
        assert_eq!(read(&[("webhook-id", b"a"), ("HTTP_WEBHOOK_ID", b"a")]), Err(Reason::Malformed));
    }

    #[test]
    fn a_value_is_printable_ascii_of_a_sane_length() {
        for value in [&b""[..], b"a\nb", b"a\0", b"a\tb", "ä".as_bytes(), b"\xff", b"\x7f"] {
            assert_eq!(read(&[("webhook-id", value)]), Err(Reason::Malformed), "{value:?}");
        }
        let long = vec![b'a'; MAX_HEADER_BYTES + 1].leak();
        assert_eq!(read(&[("webhook-id", long)]), Err(Reason::TooLarge));
        assert!(read(&[("webhook-id", &long[1..])]).is_ok());
    }
}
