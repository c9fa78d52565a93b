//! Whoever asks without a login: what was signed is what holds, to the byte, and for whom it was meant.

use std::net::IpAddr;

use aisp::signing::Reason;
use aisp::signing::cidr::Networks;
use aisp::signing::forwarded::client_ip;
use aisp::signing::request::{Header, Request, Stamp, TOLERANCE_S, sign};
use aisp::signing::token::{Allowance, Claims, Expected, mint, verify};
use proptest::prelude::*;

const NOW: i64 = 1_764_000_000;
const KEY: &[u8] = b"a key of this test";

/// What is sent, in the strings it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sent {
    method: String,
    host: String,
    target: String,
    body: Vec<u8>,
}

impl Sent {
    fn request(&self) -> Option<Request<'_>> {
        Request::new(&self.method, &self.target, Some(&self.host), &self.body).ok()
    }

    /// What it comes to with this header; a request that cannot be one is malformed.
    fn verified(&self, header: &str) -> Result<(String, String, i64), Reason> {
        let header = Header::read(header)?;
        let request = self.request().ok_or(Reason::Malformed)?;
        let stamp = header.verify(&request, &[b"another key", KEY], NOW, TOLERANCE_S)?;
        Ok((stamp.client().to_owned(), stamp.nonce().to_owned(), stamp.time_s()))
    }
}

/// Requests from few and short parts, so that different ones have the same bytes in other places.
fn sent() -> impl Strategy<Value = Sent> {
    let host = "[ab]{1,2}(:8[12])?";
    let target = "/[ab/]{0,2}([?][ab?]{0,2})?";
    ("[AB]{1,2}", host, target, prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'a'), any::<u8>()], 0..3))
        .prop_map(|(method, host, target, body)| Sent { method, host, target, body })
}

/// Client, nonce and time.
fn stamp() -> impl Strategy<Value = (String, String, i64)> {
    ("a{1,2}", "a{16,17}", NOW - 1..NOW + 1)
}

fn header(sent: &Sent, stamp: &(String, String, i64)) -> String {
    let stamp = Stamp::new(&stamp.0, &stamp.1, stamp.2).expect("a stamp");
    sign(&sent.request().expect("a request"), &stamp, KEY)
}

/// Every text that differs from this one in one byte, which stays a character of its own.
fn changed(text: &str, index: prop::sample::Index, by: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = index.index(bytes.len());
    bytes[at] = (bytes[at] ^ by) & 0x7f;
    String::from_utf8(bytes).expect("ASCII")
}

proptest! {
    #[test]
    fn what_was_signed_is_verified(sent in sent(), stamp in stamp()) {
        prop_assert_eq!(sent.verified(&header(&sent, &stamp)), Ok(stamp));
    }

    #[test]
    fn a_request_with_one_other_byte_is_refused(sent in sent(), stamp in stamp(), index: prop::sample::Index, by in 1..0x80u8) {
        let header = header(&sent, &stamp);
        let mut others = vec![
            Sent { method: changed(&sent.method, index, by), ..sent.clone() },
            Sent { host: changed(&sent.host, index, by), ..sent.clone() },
            Sent { target: changed(&sent.target, index, by), ..sent.clone() },
        ];
        if !sent.body.is_empty() {
            let mut body = sent.body.clone();
            body[index.index(sent.body.len())] ^= by;
            others.push(Sent { body, ..sent.clone() });
        }
        for other in others {
            // Method and host have no case: in another one they are the same.
            let same = other.method.eq_ignore_ascii_case(&sent.method) && other.host.eq_ignore_ascii_case(&sent.host);
            let same = same && other.target == sent.target && other.body == sent.body;
            prop_assert_eq!(other.verified(&header).is_ok(), same, "{:?}", other);
        }
    }

    #[test]
    fn a_header_with_one_other_byte_is_refused(sent in sent(), stamp in stamp(), index: prop::sample::Index, by in 1..0x80u8) {
        prop_assert!(sent.verified(&changed(&header(&sent, &stamp), index, by)).is_err());
    }

    #[test]
    fn two_requests_never_have_the_same_lines(a in sent(), b in sent(), of_a in stamp(), of_b in stamp(), neighbours in 0..6usize) {
        fn lines(sent: &Sent, stamp: &(String, String, i64)) -> String {
            let stamp = Stamp::new(&stamp.0, &stamp.1, stamp.2).expect("a stamp");
            sent.request().expect("a request").lines(&stamp)
        }
        // Two that differ everywhere would hardly be alike by chance: these differ in two neighbours, in the order of lines.
        let own = |part: usize| (neighbours..neighbours + 2).contains(&part);
        let b = Sent {
            method: if own(0) { b.method } else { a.method.clone() },
            host: if own(1) { b.host } else { a.host.clone() },
            target: if own(2) { b.target } else { a.target.clone() },
            body: if own(6) { b.body } else { a.body.clone() },
        };
        let of_b = (
            if own(5) { of_b.0 } else { of_a.0.clone() },
            if own(4) { of_b.1 } else { of_a.1.clone() },
            if own(3) { of_b.2 } else { of_a.2 },
        );
        let equal = a == b && of_a == of_b;
        prop_assert_eq!(lines(&a, &of_a) == lines(&b, &of_b), equal);
        prop_assert_eq!(lines(&a, &of_a).matches('\n').count(), 9);
    }

    #[test]
    fn no_part_of_a_request_can_hold_a_line_feed(sent in sent(), index: prop::sample::Index) {
        let with = |text: &str| {
            let at = index.index(text.len() + 1);
            format!("{}\n{}", &text[..at], &text[at..])
        };
        let method = Sent { method: with(&sent.method), ..sent.clone() };
        let host = Sent { host: with(&sent.host), ..sent.clone() };
        let target = Sent { target: with(&sent.target), ..sent };
        prop_assert!([method, host, target].iter().all(|sent| sent.request().is_none()));
    }

    #[test]
    fn no_header_from_nowhere_is_verified(sent in sent(), text in ".{0,300}", shaped in "v2;k=[ab]{1,2};t=176400000[01];n=[ab]{16};s=[0-9a-f]{64}") {
        prop_assert!(sent.verified(&text).is_err());
        prop_assert_eq!(sent.verified(&shaped), Err(Reason::Mismatch));
        prop_assert!(verify(&text, &[KEY], &EXPECTED, NOW).is_err());
    }

    #[test]
    fn no_request_line_from_nowhere_panics(method in ".{0,20}", target in ".{0,60}", host in prop::option::of(".{0,20}"), url in "https?://.{0,30}") {
        let _ = Request::new(&method, &target, host.as_deref(), b"");
        let _ = Request::new("GET", &url, host.as_deref(), b"");
    }

    #[test]
    fn no_forwarded_header_from_nowhere_panics_or_moves_a_stranger(lines in prop::collection::vec("[ -~]{0,60}|(for=[\"\\\\a-f0-9:.\\[\\];, ]{0,30},?){0,4}", 0..4)) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        for (old, new) in [(&lines[..], &[][..]), (&[][..], &lines[..]), (&lines[..], &lines[..])] {
            prop_assert_eq!(client_ip(ip("198.51.100.1"), old, new, &own()), ip("198.51.100.1"));
            client_ip(ip("10.0.0.1"), old, new, &own());
        }
    }

    #[test]
    fn a_token_with_one_other_byte_is_refused(claims in claims(), index: prop::sample::Index, by in 1..0x80u8) {
        let token = mint(&claims, KEY).expect("a short token");
        prop_assert_eq!(verify(&token, &[KEY], &EXPECTED, NOW), Ok(claims));
        prop_assert!(verify(&changed(&token, index, by), &[KEY], &EXPECTED, NOW).is_err());
    }

    #[test]
    fn no_part_of_a_token_can_be_left_out_or_said_twice(claims in claims(), index: prop::sample::Index, length in 1..40usize) {
        let token = mint(&claims, KEY).expect("a short token");
        let at = index.index(token.len());
        let end = (at + length).min(token.len());
        let without = format!("{}{}", &token[..at], &token[end..]);
        let twice = format!("{}{}", &token[..end], &token[at..]);
        prop_assert!(verify(&without, &[KEY], &EXPECTED, NOW).is_err());
        prop_assert!(verify(&twice, &[KEY], &EXPECTED, NOW).is_err());
    }
}

const EXPECTED: Expected<'_> = Expected { origin: Some("https://example.com"), route: "/infer", site: "1", epoch: 3 };

/// Tokens that fit [`EXPECTED`].
fn claims() -> impl Strategy<Value = Claims> {
    let names = || prop::collection::vec("[a-z/]{1,9}", 0..3);
    (names(), names(), "[a-zé\"]{0,9}", 1..600i64).prop_map(|(mut routes, models, sub, life_s)| {
        routes.push("/infer".to_owned());
        let (origin, site) = ("https://example.com".to_owned(), "1".to_owned());
        let (id, budget) = ("a1".to_owned(), Allowance::default());
        Claims { id, routes, models, origin, expires_s: NOW + life_s, epoch: 3, site, sub, budget }
    })
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// The site's own proxies.
fn own() -> Networks {
    Networks::parse(["10.0.0.0/8", "2001:db8:ffff::/48"]).expect("networks")
}

#[test]
fn the_client_is_whom_the_own_proxies_saw() {
    let long = format!("{}203.0.113.7, 10.0.0.2", "6.6.6.6, ".repeat(1_000));
    let padded = format!("203.0.113.7,{}10.0.0.2", " ".repeat(2_100));
    let own_hops = ["10.0.0.2"; 40].join(",");
    let many = format!("203.0.113.7,{own_hops}");
    for (remote, x_forwarded_for, forwarded, client) in [
        // No proxy, or none of ours: headers are lies.
        ("203.0.113.9", &[][..], &[][..], "203.0.113.9"),
        ("203.0.113.9", &["6.6.6.6"], &[], "203.0.113.9"),
        ("203.0.113.9", &["10.0.0.1"], &["for=10.0.0.1"], "203.0.113.9"),
        ("::ffff:203.0.113.9", &["6.6.6.6"], &[], "203.0.113.9"),
        // One proxy, and what a stranger wrote in front.
        ("10.0.0.1", &[], &[], "10.0.0.1"),
        ("10.0.0.1", &["203.0.113.7"], &[], "203.0.113.7"),
        ("::ffff:10.0.0.1", &["203.0.113.7"], &[], "203.0.113.7"),
        ("10.0.0.1", &["6.6.6.6, 203.0.113.7"], &[], "203.0.113.7"),
        ("10.0.0.1", &["127.0.0.1, 203.0.113.7"], &[], "203.0.113.7"),
        ("10.0.0.1", &["10.0.0.9, 203.0.113.7"], &[], "203.0.113.7"),
        ("10.0.0.1", &["6.6.6.6", "203.0.113.7"], &[], "203.0.113.7"),
        ("10.0.0.1", &["garbage, , ;;, 203.0.113.7"], &[], "203.0.113.7"),
        // Several proxies.
        ("10.0.0.1", &["6.6.6.6, 203.0.113.7, 10.0.0.3,10.0.0.2"], &[], "203.0.113.7"),
        ("10.0.0.1", &["6.6.6.6, 203.0.113.7", "10.0.0.3", "10.0.0.2"], &[], "203.0.113.7"),
        ("10.0.0.1", &["2001:db8::7, [2001:db8:ffff::2]:443"], &[], "2001:db8::7"),
        ("10.0.0.1", &["203.0.113.7:5050, ::ffff:10.0.0.2"], &[], "203.0.113.7"),
        // Nobody but own machines.
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], &[], "10.0.0.3"),
        // What cannot be read ends it: the last good one.
        ("10.0.0.1", &["6.6.6.6, unknown"], &[], "10.0.0.1"),
        ("10.0.0.1", &["6.6.6.6, unknown, 10.0.0.2"], &[], "10.0.0.2"),
        ("10.0.0.1", &["6.6.6.6,"], &[], "10.0.0.1"),
        ("10.0.0.1", &[""], &[], "10.0.0.1"),
        ("10.0.0.1", &["6.6.6.6", ""], &[], "10.0.0.1"),
        ("10.0.0.1", &["6.6.6.6, 203.0.113.7/32"], &[], "10.0.0.1"),
        ("10.0.0.1", &["6.6.6.6, 0xcb.0.113.7"], &[], "10.0.0.1"),
        ("10.0.0.1", &["6.6.6.6, \"203.0.113.7\""], &[], "10.0.0.1"),
        // Bounds.
        ("10.0.0.1", &[long.as_str()], &[], "203.0.113.7"),
        ("10.0.0.1", &[padded.as_str()], &[], "10.0.0.1"),
        ("10.0.0.1", &[many.as_str()], &[], "10.0.0.2"),
        // RFC 7239.
        ("10.0.0.1", &[], &["for=203.0.113.7;proto=https;by=10.0.0.1"], "203.0.113.7"),
        ("10.0.0.1", &[], &["for=\"[2001:db8::1]:1234\""], "2001:db8::1"),
        ("10.0.0.1", &[], &["FOR=\"[2001:db8::1]\", for=10.0.0.2"], "2001:db8::1"),
        ("10.0.0.1", &[], &["for=6.6.6.6, for=203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", &[], &["for=6.6.6.6", "for=203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", &[], &["for=\"", "for=203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", &[], &["for=6.6.6.6, for=_hidden"], "10.0.0.1"),
        ("10.0.0.1", &[], &["for=6.6.6.6, for=unknown, for=10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", &[], &["for=6.6.6.6, proto=https"], "10.0.0.1"),
        ("10.0.0.1", &[], &["for=6.6.6.6;for=6.6.6.7"], "10.0.0.1"),
        // A quote that swallows what the proxy wrote behind it.
        ("10.0.0.1", &[], &["for=6.6.6.6;a=\", for=203.0.113.7"], "10.0.0.1"),
        ("10.0.0.1", &[], &["for=6.6.6.6;a=\", for=\"[2001:db8::7]\""], "10.0.0.1"),
        ("10.0.0.1", &[], &["a=\", for=203.0.113.7;host=\";for=6.6.6.6;b=\"\""], "10.0.0.1"),
        ("10.0.0.1", &[], &["for=6.6.6.6;a=\"\\, for=203.0.113.7;host=\"h\""], "10.0.0.1"),
        // Both: only where they agree.
        ("10.0.0.1", &["203.0.113.7"], &["for=203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", &["203.0.113.7"], &["for=6.6.6.6"], "10.0.0.1"),
        ("10.0.0.1", &["6.6.6.6"], &["for=203.0.113.7"], "10.0.0.1"),
    ] {
        let found = client_ip(ip(remote), x_forwarded_for, forwarded, &own());
        assert_eq!(found, ip(client), "{remote} {x_forwarded_for:?} {forwarded:?}");
    }
}
