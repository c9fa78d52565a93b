//! What is no signature and no token, one by one.

use aisp::signing::request::{Header, Request, Stamp, TOLERANCE_S, sign};
use aisp::signing::token::{Claims, Expected, mint, verify};
use aisp::signing::{Reason, plain};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

const NOW: i64 = 1_764_000_000;
const KEY: &[u8] = b"a key of this test";
const CLIENT: &str = "shop";
const NONCE: &str = "0123456789abcdef";

fn request() -> Request<'static> {
    Request::new("POST", "https://example.com/x", None, b"{}").expect("a request")
}

/// The signature of [`request`], 64 digits.
fn digits() -> String {
    let header = sign(&request(), &Stamp::new(CLIENT, NONCE, NOW).expect("a stamp"), KEY);
    header.rsplit_once('=').expect("a signature").1.to_owned()
}

fn refused(header: &str) -> Option<Reason> {
    Header::read(header).and_then(|header| header.verify(&request(), &[KEY], NOW, TOLERANCE_S)).err()
}

#[test]
fn a_header_of_another_form_is_malformed() {
    let s = digits();
    let good = format!("v2;k=shop;t=1764000000;n=0123456789abcdef;s={s}");
    assert_eq!(refused(&good), None);
    let with = |k: &str, t: &str, n: &str, s: &str| format!("v2;k={k};t={t};n={n};s={s}");
    let client = |k: &str| with(k, "1764000000", NONCE, &s);
    let time = |t: &str| with(CLIENT, t, NONCE, &s);
    let nonce = |n: &str| with(CLIENT, "1764000000", n, &s);
    let code = |s: &str| with(CLIENT, "1764000000", NONCE, s);
    let mut headers: Vec<String> = Vec::new();
    headers.extend(
        ["", ";", "v2", "v2;", "v2;k=", "null", "[]", "\0", "v2;k;t;n;s", "Bearer x", "Basic eDp4"].map(String::from),
    );
    headers.extend(
        ["v1", "v3", "V2", "v2 ", " v2", "v02", "2", "", "v2;v2", "\u{feff}v2"].map(|v| good.replacen("v2", v, 1)),
    );
    headers.extend(
        [" ", "\n", "\r\n", "\0", ";", ";x=y", ",", "é", "\u{200b}", &good].map(|tail| format!("{good}{tail}")),
    );
    headers.extend([" ", "\t", "\n", "X-AISP-Signature: ", ";"].map(|head| format!("{head}{good}")));
    headers.extend(["; ", " ;", ",", "&", ";;", "\n", "%3B", ";\0"].map(|separator| good.replace(';', separator)));
    headers.extend([" = ", "==", ":", "=\"", "%3D"].map(|sign| good.replace('=', sign)));
    headers.extend(
        ["k", "t", "n", "s"].map(|name| good.replacen(&format!(";{name}="), &format!(";{}=", name.to_uppercase()), 1)),
    );
    headers.extend(["k=shop;", "t=1764000000;", "n=0123456789abcdef;"].map(|part| good.replacen(part, "", 1)));
    headers.extend(
        ["k=shop;", "t=1764000000;", "n=0123456789abcdef;"].map(|part| good.replacen(part, &part.repeat(2), 1)),
    );
    headers.push(format!("v2;t=1764000000;k=shop;n=0123456789abcdef;s={s}"));
    headers.push(format!("v2;k=shop;n=0123456789abcdef;t=1764000000;s={s}"));
    headers.push(format!("v2;s={s};k=shop;t=1764000000;n=0123456789abcdef"));
    headers.extend(
        ["", "Shop", "sh op", "shöp", "shop\n", "sh/op", "sh;op", "sh=op", "\"shop\"", "*", "sh%6Fp"].map(client),
    );
    headers.push(client(&"a".repeat(65)));
    headers.extend(
        ["", "0", "176400000", "17640000000", "1764000000.", "1764000000.0", "+764000000", "-764000000"].map(time),
    );
    headers.extend(
        ["1764000000abc", "0x69240000", "1764 00000", "１７６４００００００", "0764000000", "NaN", "1.764e9xyz"]
            .map(time),
    );
    headers.extend(
        ["", "0123456789abcde", "0123456789abcde.", "0123456789abcde+", "0123456789abcde/", "0123456789abcde="]
            .map(nonce),
    );
    headers.extend(["0123456789abcde\n", "0123456789 abcde", "0123456789abcdé", "0123456789abcde;"].map(nonce));
    headers.push(nonce(&"n".repeat(65)));
    headers.push(nonce(&"n".repeat(600)));
    headers.extend(["", "0", &s[1..], &s.to_uppercase(), &s[..63], "g", &"g".repeat(64)].map(code));
    headers.extend(
        [format!("{s}0"), format!("0x{}", &s[2..]), format!("sha256={s}"), format!("{s},{s}"), "é".repeat(32)]
            .map(|s| code(&s)),
    );
    headers.extend([STANDARD.encode(KEY), s.repeat(10_000), format!(" {}", &s[1..])].map(|s| code(&s)));
    assert!(headers.len() >= 100, "{}", headers.len());
    for header in headers {
        let refused = refused(&header);
        assert_eq!(refused, Some(Reason::Malformed), "{}", &header.chars().take(300).collect::<String>());
    }
}

#[test]
fn a_code_of_the_body_of_another_form_is_malformed() {
    let s = digits();
    assert_eq!(plain::verify(&s, b"{}", &[KEY]), Err(Reason::Mismatch));
    for header in [
        "",
        " ",
        &s[1..],
        &s.to_uppercase(),
        &format!("{s} "),
        &format!("{s},{s}"),
        &format!("sha256={s}"),
        &s.repeat(999),
    ] {
        assert_eq!(plain::verify(header, b"{}", &[KEY]), Err(Reason::Malformed), "{header}");
    }
}

const EXPECTED: Expected<'_> = Expected { origin: Some("https://example.com"), route: "/infer", site: "", epoch: 0 };

fn claims() -> Claims {
    let (origin, site, sub) = ("https://example.com".to_owned(), String::new(), "visitor".to_owned());
    Claims { routes: vec!["/infer".to_owned()], models: Vec::new(), origin, expires_s: NOW + 60, epoch: 0, site, sub }
}

#[test]
fn a_token_of_another_form_is_refused() {
    let good = mint(&claims(), KEY).expect("a token");
    assert!(verify(&good, &[KEY], &EXPECTED, NOW).is_ok());
    let parts: Vec<&str> = good.split('.').collect();
    let [prefix, payload, code] = parts[..] else { panic!("three parts") };
    let decoded = URL_SAFE_NO_PAD.decode(payload).expect("a payload");
    let bytes = URL_SAFE_NO_PAD.decode(code).expect("a code");
    let mut tokens: Vec<String> = Vec::new();
    tokens.extend(
        ["", ".", "..", "...", "aisp1", "aisp1.", "aisp1..", "aisp1...", "null", "\0", "Bearer "].map(String::from),
    );
    tokens.extend(
        ["aisp0", "aisp2", "AISP1", "", " aisp1", "aisp1.aisp1", "aisp1 "].map(|other| good.replacen(prefix, other, 1)),
    );
    tokens.extend([" ", "\n", "=", "==", ".", ".x", "A", "é", "\0", &good].map(|tail| format!("{good}{tail}")));
    tokens.extend([" ", "\n", "Bearer ", "."].map(|head| format!("{head}{good}")));
    tokens.extend(["..", ",", " ", ". ", "%2E"].map(|dot| good.replace('.', dot)));
    tokens.extend([
        format!("{prefix}.{payload}"),
        format!("{prefix}.{payload}."),
        format!("{prefix}..{code}"),
        format!("{prefix}.{code}.{payload}"),
    ]);
    tokens.push(format!("{prefix}.{payload}.{}", URL_SAFE.encode(&bytes)));
    tokens.push(format!("{prefix}.{payload}.{}", URL_SAFE_NO_PAD.encode(&bytes[1..])));
    tokens.push(format!("{prefix}.{payload}.{}", URL_SAFE_NO_PAD.encode([&bytes[..], b"\0"].concat())));
    tokens.push(format!("{prefix}.{payload}.{}", aisp::hex::encode(&bytes)));
    tokens.push(format!("{prefix}.{}.{code}", URL_SAFE.encode([&decoded[..], b" "].concat())));
    tokens.push(format!("{prefix}.{}.{code}", STANDARD.encode(&decoded)));
    tokens.push(format!("{prefix}.{}.{code}", String::from_utf8_lossy(&decoded)));
    tokens.push(format!("{prefix}.{}.{code}", "A".repeat(100_000)));
    // The two bits of the last letter that encode nothing: the same bytes, spelled otherwise.
    tokens.extend((1..4u8).map(|bits| {
        let last = code.bytes().next_back().expect("a letter");
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let at = LETTERS.iter().position(|letter| *letter == last).expect("a letter");
        format!("{}{}", &good[..good.len() - 1], char::from(LETTERS[at | usize::from(bits)]))
    }));
    tokens.retain(|token| *token != good);
    // Codes that nobody made with the key.
    tokens.extend([[0; 32], [0xff; 32]].map(|code| format!("{prefix}.{payload}.{}", URL_SAFE_NO_PAD.encode(code))));
    tokens.push(mint(&claims(), b"").expect("a token"));
    tokens.push(mint(&claims(), b"another key").expect("a token"));
    assert!(tokens.len() >= 50, "{}", tokens.len());
    for token in tokens {
        let refused = verify(&token, &[KEY], &EXPECTED, NOW).err();
        assert!(matches!(refused, Some(Reason::Malformed | Reason::Mismatch)), "{refused:?} {token:.300}");
    }
}

#[test]
fn a_payload_of_another_form_is_refused_even_with_the_right_code() {
    let key = aisp::signing::mac::tag(KEY, b"aisp token v1");
    let of = |payload: &[u8]| {
        let signed = format!("aisp1.{}", URL_SAFE_NO_PAD.encode(payload));
        let code = aisp::signing::mac::tag(&key, signed.as_bytes());
        verify(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(code)), &[KEY], &EXPECTED, NOW)
    };
    let good = r#"{"r":["/infer"],"m":[],"o":"https://example.com","e":1764000060,"v":0,"s":"","u":"visitor"}"#;
    assert_eq!(of(good.as_bytes()), Ok(claims()));
    for payload in [
        "{}",
        "[]",
        "null",
        "\"\"",
        "{",
        &good[1..],
        &format!("{good} x"),
        &good.replace("\"v\":0", "\"v\":-1"),
        &good.replace("\"v\":0", "\"v\":\"0\""),
        &good.replace("\"v\":0", "\"v\":0,\"v\":0"),
        &good.replace("\"s\":\"\",", ""),
        &good.replace("\"v\":0", "\"v\":0,\"x\":0"),
        &good.replace("[\"/infer\"]", "\"/infer\""),
        &good.replace("1764000060", "1764000060.5"),
        &good.replace("1764000060", "17640000600000000000000"),
        &good.replace("https", "\\ud800"),
    ] {
        assert_eq!(of(payload.as_bytes()), Err(Reason::Malformed), "{payload}");
    }
    assert_eq!(of(b"\xff\xfe"), Err(Reason::Malformed));
}
