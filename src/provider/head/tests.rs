//! Headers as providers send them.

use super::*;

const NOW: &str = "2026-05-04T12:34:56Z";

fn read(headers: &[(&str, &'static str)]) -> Head {
    let find = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    Head::read(find, humantime::parse_rfc3339(NOW).unwrap())
}

fn rate(limit: u64, remaining: u64, reset_ms: u64) -> Option<Rate> {
    Some(Rate { limit, remaining, reset_ms: Some(reset_ms) })
}

#[test]
fn openai_and_its_kin_are_understood() {
    let head = read(&[
        ("x-request-id", "req_0123"),
        ("x-ratelimit-limit-requests", "5000"),
        ("x-ratelimit-remaining-requests", "4999"),
        ("x-ratelimit-reset-requests", "12ms"),
        ("x-ratelimit-limit-tokens", "160000"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "6m0s"),
    ]);
    assert_eq!(head.request_id.as_deref(), Some("req_0123"));
    assert_eq!(head.rate, RateLimits { requests: rate(5000, 4999, 12), tokens: rate(160_000, 0, 360_000) });
}

#[test]
fn anthropic_is_understood_and_its_input_tokens_come_first() {
    let head = read(&[
        ("request-id", "req_011C"),
        ("anthropic-ratelimit-requests-limit", "50"),
        ("anthropic-ratelimit-requests-remaining", "0"),
        ("anthropic-ratelimit-requests-reset", "2026-05-04T12:34:57.500Z"),
        ("anthropic-ratelimit-tokens-limit", "48000"),
        ("anthropic-ratelimit-tokens-remaining", "48000"),
        ("anthropic-ratelimit-tokens-reset", NOW),
        ("anthropic-ratelimit-input-tokens-limit", "40000"),
        ("anthropic-ratelimit-input-tokens-remaining", "39000"),
        ("anthropic-ratelimit-input-tokens-reset", "2026-05-04T12:30:00Z"),
    ]);
    assert_eq!(head.request_id.as_deref(), Some("req_011C"));
    assert_eq!(head.rate, RateLimits { requests: rate(50, 0, 1_500), tokens: rate(40_000, 39_000, 0) });
}

#[test]
fn a_reset_is_a_duration_as_go_writes_it_or_bare_seconds() {
    let reset = |text: &'static str| {
        let head = read(&[
            ("x-ratelimit-limit-requests", "1"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", text),
        ]);
        head.rate.requests.unwrap().reset_ms
    };
    let cases = [
        ("20ms", Some(20)),
        ("1s", Some(1_000)),
        ("7.66s", Some(7_660)),
        ("2m59.56s", Some(179_560)),
        ("1h2m3.5s", Some(3_723_500)),
        ("163µs", Some(1)),
        ("0s", Some(0)),
        ("60", Some(60_000)),
        (" 0.5 ", Some(500)),
        // A point in time, not a duration.
        ("1777898096", None),
        ("-5s", None),
        ("-5", None),
        ("NaN", None),
        ("soon", None),
        ("", None),
    ];
    for (text, ms) in cases {
        assert_eq!(reset(text), ms, "{text}");
    }
}

#[test]
fn a_limit_needs_both_its_numbers() {
    assert_eq!(read(&[("x-ratelimit-limit-requests", "5000")]).rate, RateLimits::default());
    assert_eq!(
        read(&[("x-ratelimit-limit-requests", "many"), ("x-ratelimit-remaining-requests", "1")]).rate,
        RateLimits::default()
    );
    let head = read(&[("x-ratelimit-limit-requests", "5"), ("x-ratelimit-remaining-requests", "1")]);
    assert_eq!(head.rate.requests, Some(Rate { limit: 5, remaining: 1, reset_ms: None }));
}

#[test]
fn what_is_used_up_says_how_long_to_wait() {
    let wait = |requests, tokens| RateLimits { requests, tokens }.wait_ms();
    assert_eq!(wait(rate(5, 0, 100), rate(9, 0, 300)), Some(300));
    assert_eq!(wait(rate(5, 0, 100), rate(9, 1, 300)), Some(100));
    assert_eq!(wait(rate(5, 1, 100), rate(9, 1, 300)), None);
    assert_eq!(wait(Some(Rate { limit: 5, remaining: 0, reset_ms: None }), None), None);
    assert_eq!(wait(None, None), None);
}

#[test]
fn a_request_id_is_printable_and_short_or_not_there() {
    let long: &'static str = Box::leak("a".repeat(129).into_boxed_str());
    for bad in ["", "  ", "a b", "a\tb", "ä", long] {
        assert_eq!(read(&[("x-request-id", bad)]).request_id, None, "{bad:?}");
    }
    let second = read(&[("x-request-id", ""), ("apim-request-id", "b2f3-…"), ("x-goog-request-id", "g1")]);
    assert_eq!(second.request_id.as_deref(), Some("g1"));
    assert_eq!(read(&[("x-request-id", &long[..128])]).request_id.as_deref(), Some(&long[..128]));
}
