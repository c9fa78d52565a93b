//! Batches: many calls that a provider takes at once and answers within a day, at half the price.
//!
//! Each call is one request of the batch, named by a number, and its result is one line of JSON, in any order. A call that is not
//! answered there was not done, or its batch ended before.
//! Sources: OpenAI's guide to the Batch interface, Anthropic's to Message Batches.

use super::anthropic::batch as anthropic;
use super::{Answer, Call, Endpoint, Failure, HttpCall, Kind, openai_batch as openai};
use crate::error::Fault;

/// The most requests of one batch. OpenAI takes 50,000 and Anthropic 100,000.
pub const MAX_REQUESTS: usize = 10_000;
/// The most bytes of one. OpenAI takes 200 MB and Anthropic 256 MB.
pub const MAX_BYTES: usize = 100 << 20;

/// How a batch stands.
#[derive(Debug)]
pub enum Stand {
    /// The provider works on it.
    Running,
    /// It has ended, whatever is in it: these GETs bring its results, a line each.
    Ended(Vec<HttpCall>),
    /// Nothing of it was done.
    Failed(Failure),
}

/// A result: the number of its request, and what that came to.
pub type Line = (u32, Result<Answer, Failure>);

/// Whether a format has batches.
pub const fn knows(kind: Kind) -> bool {
    matches!(kind, Kind::OpenaiResponses | Kind::OpenaiChat | Kind::Anthropic)
}

/// One request of a batch, as JSON in one line.
pub fn request(kind: Kind, n: u32, call: &Call, base_url: &str) -> Vec<u8> {
    match kind {
        Kind::Anthropic => anthropic::request(n, call),
        _ => openai::request(kind, n, call, base_url),
    }
}

/// Sends a batch by `post`, which makes one exchange and hands back status and body; brings the provider's name for it.
///
/// # Errors
/// What `post` says, or what the provider's refusal means.
pub fn send(
    kind: Kind,
    requests: &[Vec<u8>],
    to: &Endpoint<'_>,
    mut post: impl FnMut(&HttpCall) -> Result<(u16, Vec<u8>), Fault>,
) -> Result<String, Failure> {
    if kind == Kind::Anthropic {
        let (status, body) = post(&anthropic::create(requests, to))?;
        return anthropic::created(status, &body);
    }
    let (status, body) = post(&openai::upload(requests, to))?;
    let file = openai::created(status, &body)?;
    let (status, body) = post(&openai::create(kind, &file, to))?;
    openai::created(status, &body)
}

/// Asks how a batch stands; a GET.
pub fn fetch(kind: Kind, id: &str, to: &Endpoint<'_>) -> HttpCall {
    match kind {
        Kind::Anthropic => anthropic::fetch(id, to),
        _ => openai::fetch(id, to),
    }
}

/// What [`fetch`] has brought. An error is one of the look, and says nothing about the batch.
///
/// # Errors
/// What the provider's refusal means, or that its answer cannot be read.
pub fn look(kind: Kind, id: &str, to: &Endpoint<'_>, status: u16, body: &[u8]) -> Result<Stand, Failure> {
    match (kind, status) {
        (_, 404) => Ok(Stand::Failed(Fault::Gone.into())),
        (Kind::Anthropic, _) => anthropic::look(id, to, status, body),
        _ => openai::look(to, status, body),
    }
}

/// Calls a batch off; a POST. What is done of it stays so.
pub fn cancel(kind: Kind, id: &str, to: &Endpoint<'_>) -> HttpCall {
    match kind {
        Kind::Anthropic => anthropic::cancel(id, to),
        _ => openai::cancel(id, to),
    }
}

/// Reads one line of the results; none where it has no number of ours.
pub fn result(kind: Kind, line: &[u8]) -> Option<Line> {
    match kind {
        Kind::Anthropic => anthropic::result(line),
        _ => openai::result(kind, line),
    }
}
