//! Events from outside: whether a webhook comes from who it says, by the raw bytes of its body.
//!
//! What is not verified is a [`Reason`], and outside all of them look alike. The scheme is the administrator's choice and
//! is never guessed from what came in: a sender must not pick the weakest lock. No I/O, and no clock of its own.
//! Sources: standardwebhooks.com, docs.stripe.com/webhooks/signature,
//! docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.

mod claim;
mod event;
mod github;
mod headers;
mod key;
mod plain;
mod standard;
mod stripe;
mod verify;
mod work;

pub use headers::Headers;
use secrecy::SecretString;
pub use standard::sign;
use thiserror::Error;
pub use verify::verify;
pub use work::ended_work;

/// The largest body.
pub const MAX_BODY_BYTES: usize = 1 << 20;
/// The largest header that is read.
pub const MAX_HEADER_BYTES: usize = 4 << 10;
/// The most signatures of one webhook, those of other versions included.
pub const MAX_SIGNATURES: usize = 16;
/// The longest id, and the longest event type, in bytes.
pub const MAX_NAME_BYTES: usize = 255;

/// How a sender signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Standard Webhooks, as OpenAI and Svix have it: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    Standard,
    /// Stripe: time and signatures in `stripe-signature`.
    Stripe,
    /// GitHub: `x-hub-signature-256` over the body alone.
    Github,
    /// The body's HMAC in hex, in `x-aisig`.
    Hex,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Stripe, Self::Github, Self::Hex];

    /// Its name in options and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Stripe => "stripe",
            Self::Github => "github",
            Self::Hex => "hex",
        }
    }

    /// The scheme of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// Whether a secret holds a key for this scheme: one that is blank does not, nor does one whose Base64 is broken.
    pub fn accepts(self, secret: &SecretString) -> bool {
        key::Key::read(self, secret).is_some()
    }
}

/// Who sends, as the administrator has configured it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// How they sign.
    pub scheme: Scheme,
    /// Their secrets, any of which may match: two during a rotation. Those without a key for the scheme are left out.
    pub secrets: &'a [SecretString],
    /// How far their clock may be from ours, either way, where the scheme signs a time.
    pub tolerance_s: u32,
}

/// A webhook that comes from its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What names the event: the same again is the same event again. GitHub's is not covered by the signature.
    pub id: String,
    /// What happened: `response.completed`. GitHub's is not covered by the signature.
    pub event_type: Option<String>,
    /// When it was signed, in seconds since the epoch, where the scheme says so.
    pub timestamp: Option<i64>,
    /// How it was signed.
    pub scheme: Scheme,
    /// The signature that held. Nobody without the key can make another one for the same body, so a replay under a new id
    /// has the same mark.
    pub mark: [u8; 32],
}

/// Why a webhook is not accepted. For the log alone: who sent it learns no more than that it was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Error)]
pub enum Reason {
    /// None of the secrets is set and holds a key for the scheme: the administrator must act.
    #[error("no secret is set")]
    NoSecret,
    /// A header that the scheme needs is not there.
    #[error("a header is missing")]
    MissingHeader,
    /// A header is empty, there twice, or not of the scheme's form.
    #[error("a header is malformed")]
    Malformed,
    /// The body, a header or the list of signatures is larger than any sender's.
    #[error("it is too large")]
    TooLarge,
    /// It was signed too long ago: delayed, replayed, or the sender's clock is slow.
    #[error("it is too old")]
    Stale,
    /// It was signed in the future: one of the two clocks is wrong.
    #[error("it comes from the future")]
    Future,
    /// No signature is one that any of the secrets makes: another secret, or what arrived is not what was signed.
    #[error("the signature does not match")]
    Mismatch,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::NoSecret,
        Self::MissingHeader,
        Self::Malformed,
        Self::TooLarge,
        Self::Stale,
        Self::Future,
        Self::Mismatch,
    ];

    /// The code in the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSecret => "caller_unauthorized_no_secret",
            Self::MissingHeader => "caller_unauthorized_missing_header",
            Self::Malformed => "caller_unauthorized_malformed",
            Self::TooLarge => "caller_unauthorized_too_large",
            Self::Stale => "caller_unauthorized_stale",
            Self::Future => "caller_unauthorized_future",
            Self::Mismatch => "caller_unauthorized_mismatch",
        }
    }
}
