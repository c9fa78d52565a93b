//! Who asks, where nobody is logged in: signed requests of servers, tokens of browsers, and addresses.
//!
//! Pure: no I/O, and the time comes in as a value. `gateway::signing` and `gateway::token` read PHP's arguments and find the
//! keys; the store remembers nonces.

pub mod cidr;
pub mod forwarded;
pub mod host;
pub mod mac;
pub mod plain;
pub mod request;
pub mod token;

/// Why a request or a token is refused. The client learns no more than that it is; the log gets the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// There is no signature, or it does not say whose it is.
    MissingHeader,
    /// Something has not the form that it must have: the header, the request line, the token.
    Malformed,
    /// The signature is older than the tolerance. A client whose clock is right signs anew.
    Stale,
    /// The signature, or the end of the token, lies further ahead than may be: a clock is wrong.
    Future,
    /// No key that is known makes this signature of this request. Also: the client is unknown, or has no key.
    Mismatch,
    /// The request was here before, with this nonce.
    Replayed,
    /// The token's time is over; the page gets another.
    Expired,
    /// The token belongs to a page of another origin.
    Origin,
    /// The token does not open this route.
    Route,
    /// All tokens of the token's epoch have been revoked.
    Epoch,
}

impl Reason {
    /// The code in the log's `error` column.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MissingHeader => "caller_unauthorized_missing_header",
            Self::Malformed => "caller_unauthorized_malformed",
            Self::Stale => "caller_unauthorized_stale",
            Self::Future => "caller_unauthorized_future",
            Self::Mismatch => "caller_unauthorized_mismatch",
            Self::Replayed => "caller_unauthorized_replayed",
            Self::Expired => "caller_unauthorized_expired",
            Self::Origin => "caller_unauthorized_origin",
            Self::Route => "caller_unauthorized_route",
            Self::Epoch => "caller_unauthorized_epoch",
        }
    }
}
