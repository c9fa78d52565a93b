//! The story of one request, from the caller's arrays to a result.

mod address;
mod admit;
mod aside;
mod awaited;
mod background;
mod backup;
mod batch;
mod budgets;
mod bulk;
mod caller;
mod check;
mod complete;
mod describe;
mod enter;
mod estimate;
mod failure;
mod fields;
mod fingerprint;
mod flaw;
mod flaws;
mod flight;
mod flow;
mod grant;
mod header;
mod health;
mod inbox;
mod infer;
mod job;
mod journey;
mod keys;
mod ledger;
mod limits;
mod maintenance;
mod metrics;
mod missing;
mod models;
mod moderation;
mod pack;
mod packed;
mod plan;
mod policy;
mod preview;
mod providers;
mod redaction;
mod remote;
mod request;
mod result;
mod schema;
mod scrape;
mod secret;
pub mod settings;
mod settle;
mod signing;
mod speaker;
mod standing;
mod stream;
mod tally;
mod token;
pub mod value;
mod webhook;

pub use address::{client_ip, ip_allowed};
pub use backup::backup;
pub use batch::{Item, batch};
pub use check::check_policy;
pub use describe::{Described, describe_policy};
pub use flaws::Found;
pub use inbox::{claim_events, event_handled, events, forget_events, replay_events};
pub use infer::infer;
pub use job::{accept, cancel, claim, enqueue, get, list, purge, retry, work};
pub use maintenance::{Figures, cache_invalidate, log_ack, log_drain, status};
pub use metrics::{Report, metrics, metrics_allowed};
pub use missing::{Missing, missing_secrets};
pub use preview::{Preview, preview, request_hash};
pub use redaction::redact;
pub use result::Outcome;
pub use scrape::metrics_text;
pub use secret::Secret;
pub use signing::{Raw, Scheme, Verified, sign_request, verify_request};
pub use speaker::{Said, Sink};
pub use standing::{budget_alerts, limits, reset_limits};
pub use stream::stream;
pub use token::{mint_token, verify_token};
pub use webhook::{Delivery, Webhook, receive_webhook, verify_webhook};

use secrecy::SecretString;

use crate::audit::Journal;
use crate::clock::Deadline;
use crate::error::Error;
use crate::store::OfJob;
use fields::Flaw;
use settings::Settings;
use value::Value;

/// The arguments of a call as they came in, with the function's name for error messages.
#[derive(Debug)]
pub struct Args<'a> {
    /// The PHP function.
    pub function: &'static str,
    /// `$request`: untrusted.
    pub request: Value<'a>,
    /// `$caller`: who asks.
    pub caller: Value<'a>,
    /// `$policy`: what the administrator allows.
    pub policy: Value<'a>,
}

/// What the core needs from the world around it.
#[derive(Clone, Copy)]
pub struct Env<'e> {
    /// The machine's settings.
    pub settings: &'e Settings,
    /// Where keys are.
    pub secrets: &'e dyn Secrets,
    /// Where lines for administrators go.
    pub journal: &'e dyn Journal,
    /// The deadline of the batch that the call belongs to, if it does.
    pub until: Option<Deadline>,
    /// The item of a job that the call is for, if it is.
    pub item: Option<OfJob<'e>>,
}

impl<'e> Env<'e> {
    /// The world of a call that is nobody's part.
    pub const fn new(settings: &'e Settings, secrets: &'e dyn Secrets, journal: &'e dyn Journal) -> Self {
        Self { settings, secrets, journal, until: None, item: None }
    }
}

/// Finds a secret by the name that the policy gives it.
pub trait Secrets {
    /// The secret; `None` if no such variable or constant is set, or if it is empty.
    fn find(&self, name: &str) -> Option<SecretString>;
}

/// The error for a flaw in an argument that only trusted code fills in.
fn misconfigured(function: &str, position: u8, argument: &'static str) -> impl Fn(Flaw) -> Error {
    let function = function.to_owned();
    move |flaw| Error::config(flaw.sentence(&function, position, argument))
}
