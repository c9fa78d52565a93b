//! A webhook as its sender makes it, to be spoilt by a test: every part can be changed before and after it is signed.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use aisp::webhook::{Headers, Reason, Scheme, Source, Verified, verify};
use base64::prelude::{BASE64_STANDARD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use sha2::Sha256;

pub const NOW_S: i64 = 1_700_000_000;
pub const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
pub const BODY: &str = "{\"id\": \"evt_1\",\n \"type\": \"response.completed\",\n \"data\": {\"text\": \"Grüße\"}}";
/// What is signed with by default: for the scheme `standard` in Base64 behind its prefix.
pub const KEY: &[u8] = b"a key of thirty-two bytes or so.";

#[derive(Debug, Clone)]
pub struct Hook {
    pub scheme: Scheme,
    pub secrets: Vec<String>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    pub now_s: i64,
}

pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

pub fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The secret in which `key` is handed out.
pub fn secret(scheme: Scheme, key: &[u8]) -> String {
    match scheme {
        Scheme::Standard => format!("whsec_{}", base64(key)),
        _ => String::from_utf8_lossy(key).into_owned(),
    }
}

/// The header that holds the signature.
pub fn signed_header(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Standard => "webhook-signature",
        Scheme::Stripe => "stripe-signature",
        Scheme::Github => "x-hub-signature-256",
        Scheme::Hex => "x-aisig",
    }
}

/// The headers that a scheme reads, and whether it can do without.
pub fn names(scheme: Scheme) -> &'static [(&'static str, bool)] {
    match scheme {
        Scheme::Standard => &[("webhook-id", false), ("webhook-timestamp", false), ("webhook-signature", false)],
        Scheme::Stripe => &[("stripe-signature", false)],
        Scheme::Github => &[("x-hub-signature-256", false), ("x-github-delivery", false), ("x-github-event", true)],
        Scheme::Hex => &[("x-aisig", false)],
    }
}

impl Hook {
    /// A good one.
    pub fn good(scheme: Scheme) -> Self {
        Self::signed(scheme, KEY, ID, &NOW_S.to_string(), BODY.as_bytes())
    }

    /// One whose parts are signed as they are, however odd.
    pub fn signed(scheme: Scheme, key: &[u8], id: &str, time: &str, body: &[u8]) -> Self {
        let headers = match scheme {
            Scheme::Standard => {
                let signature = mac(key, &[id.as_bytes(), b".", time.as_bytes(), b".", body]);
                vec![
                    ("webhook-id", id.to_owned()),
                    ("webhook-timestamp", time.to_owned()),
                    ("webhook-signature", format!("v1,{}", base64(&signature))),
                ]
            }
            Scheme::Stripe => {
                let signature = mac(key, &[time.as_bytes(), b".", body]);
                vec![("stripe-signature", format!("t={time},v1={}", hex(&signature)))]
            }
            Scheme::Github => vec![
                ("x-hub-signature-256", format!("sha256={}", hex(&mac(key, &[body])))),
                ("x-github-delivery", id.to_owned()),
                ("x-github-event", "push".to_owned()),
            ],
            Scheme::Hex => vec![("x-aisig", hex(&mac(key, &[body])))],
        };
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.into_bytes())).collect();
        Self { scheme, secrets: vec![secret(scheme, key)], headers, body: body.to_vec(), now_s: NOW_S }
    }

    pub fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(given, _)| given == name);
        String::from_utf8_lossy(&found.expect("a header of the scheme").1).into_owned()
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(given, _)| given != name);
        self
    }

    pub fn also(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub fn with(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).also(name, value)
    }

    /// With another value of the header that holds the signature.
    pub fn claiming(self, value: impl AsRef<[u8]>) -> Self {
        let name = signed_header(self.scheme);
        self.with(name, value)
    }

    pub fn saying(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    pub fn knowing(mut self, secrets: &[&str]) -> Self {
        self.secrets = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        self
    }

    pub fn verify(&self) -> Result<Verified, Reason> {
        let secrets: Vec<SecretString> = self.secrets.iter().map(|secret| secret.as_str().into()).collect();
        let headers: Headers<'_> =
            self.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())).collect();
        let source = Source { scheme: self.scheme, secrets: &secrets, tolerance_s: 300 };
        verify(&source, &self.body, &headers, self.now_s)
    }
}
