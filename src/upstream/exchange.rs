//! One request, and one answer: whole, or the beginning of a stream.
//!
//! The body of an error serves only to tell one error from another: what of it cannot be read is left out, so that the
//! status and the delay that came with it are not lost.

use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use ureq::http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use ureq::http::response::Parts;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use ureq::{AsSendBody, Body, Timeout};

use super::Net;
use super::body::Content;
use super::client::Client;
use super::resolver::Refused;
use super::retry::Delay;
use super::stream::Stream;
use super::watch::{Wait, Watch, Wire};
use crate::clock::Deadline;
use crate::error::Fault;
use crate::provider::HttpCall;

const MAX_ERROR_BYTES: u64 = 64 * 1024;
/// A timeout this close to the deadline is the deadline's.
const ROUNDING: Duration = Duration::from_millis(5);

/// An HTTP answer, whatever its status.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Its headers; they may hold anything.
    pub headers: HeaderMap,
    /// What the headers of an error, or failing them its status, say about trying again.
    pub delay: Delay,
    /// The body, decoded; for an error as much of it as is needed, for a redirect nothing.
    pub body: Vec<u8>,
}

/// What a request for a stream got.
#[derive(Debug)]
pub enum Opened {
    /// A stream that has begun.
    Stream(Box<Stream>),
    /// Anything else: an error, a redirect, or the whole answer from a server that knows no streams.
    Whole(Response),
}

/// Sends one request and reads the whole answer, once, by the deadline.
///
/// - [`Fault::Timeout`]: the deadline passed.
/// - [`Fault::Unreachable`]: no connection within `connect_timeout`, or it broke before an answer began.
/// - [`Fault::Blocked`]: the egress guard refuses the address.
/// - [`Fault::TooLarge`]: more than `max_response_bytes`, more than 64 KiB of headers, or more than 1 MiB out of less than
///   a hundredth of it.
/// - [`Fault::Incomplete`]: the body ends early.
/// - [`Fault::Invalid`]: not HTTP, or a body that cannot be decoded.
/// - [`Fault::Rejected`]: the URL or a header cannot be put on the wire.
/// - Whatever the watch says.
pub fn post(net: &Net, call: &HttpCall, deadline: Deadline, watch: &dyn Watch) -> Result<Response, Fault> {
    let (head, body, wire) = send(net, request(call)?, deadline, watch)?;
    whole(net, head, body, wire, deadline, watch)
}

/// As [`post`], but fetches: the call's body is left out.
pub fn get(net: &Net, call: &HttpCall, deadline: Deadline, watch: &dyn Watch) -> Result<Response, Fault> {
    let (head, body, wire) = fetch(net, call, deadline, watch)?;
    whole(net, head, body, wire, deadline, watch)
}

/// Sends a GET and waits for the headers of its answer.
pub(super) fn fetch(
    net: &Net,
    call: &HttpCall,
    deadline: Deadline,
    watch: &dyn Watch,
) -> Result<(Parts, Body, Wire), Fault> {
    let mut request = request(call)?;
    *request.method_mut() = Method::GET;
    send(net, request.map(|_| ()), deadline, watch)
}

/// Sends one request for a stream, once, and returns as soon as the stream begins; a whole answer is read by the deadline.
/// All of the stream must be read by the deadline too. The faults are those of [`post`].
pub fn open(net: &Net, call: &HttpCall, deadline: Deadline, watch: &dyn Watch) -> Result<Opened, Fault> {
    let mut request = request(call)?;
    // What is compressed waits in the compressor of whoever sends it.
    request.headers_mut().entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
    let (head, body, wire) = send(net, request, deadline, watch)?;
    if !head.status.is_success() || !is_event_stream(&head.headers) {
        return whole(net, head, body, wire, deadline, watch).map(Opened::Whole);
    }
    let content = Content::new(body, &head.headers, wire, net.max_response_bytes);
    Ok(Opened::Stream(Box::new(Stream::new(head.status.as_u16(), head.headers, content))))
}

/// Whether a header can be sent along with a request: a policy's own headers are checked with this when it is read.
/// What frames or addresses the request is not a policy's to set. The error is a predicate that fits behind the key.
pub fn check_header(name: &str, value: &str) -> Result<(), String> {
    let parsed =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| "has a name that is not an HTTP header's".to_owned())?;
    let framing = ["host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer"];
    if framing.contains(&parsed.as_str()) {
        return Err(format!("must not set {parsed}"));
    }
    HeaderValue::from_str(value).map(drop).map_err(|_| format!("has a value for {parsed} that cannot be sent"))
}

/// Puts a call into the terms of HTTP. A header that is set twice is sent once, and the key's is set last.
fn request(call: &HttpCall) -> Result<Request<&[u8]>, Fault> {
    let mut request = Request::post(&call.url).body(call.body.as_slice()).map_err(|_| Fault::Rejected)?;
    for (name, value) in &call.headers {
        check_header(name, value).map_err(|_| Fault::Rejected)?;
        set(request.headers_mut(), name, value, false)?;
    }
    if let Some((name, value)) = &call.secret_header {
        set(request.headers_mut(), name, value.expose_secret(), true)?;
    }
    Ok(request)
}

fn set(headers: &mut HeaderMap, name: &str, value: &str, secret: bool) -> Result<(), Fault> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::Rejected)?;
    let mut value = HeaderValue::from_str(value).map_err(|_| Fault::Rejected)?;
    value.set_sensitive(secret);
    headers.insert(name, value);
    Ok(())
}

/// Sends a request and waits for the headers of its answer.
fn send(
    net: &Net,
    request: Request<impl AsSendBody>,
    deadline: Deadline,
    watch: &dyn Watch,
) -> Result<(Parts, Body, Wire), Fault> {
    let client = Client::current(net)?;
    let left = deadline.remaining();
    if left.is_zero() {
        return Err(Fault::Timeout);
    }
    let request = client
        .agent
        .configure_request(request)
        .timeout_global(Some(left))
        .timeout_resolve(Some(net.connect_timeout))
        .timeout_connect(Some(net.connect_timeout))
        .build();
    let wire = Wire::default();
    let response = Wait { deadline, watch, wire: &wire }.run(|| client.agent.run(request));
    let response = response.map_err(|error| wire.stopped.get().unwrap_or_else(|| before_answer(&error, deadline)));
    if matches!(response, Err(Fault::Unreachable)) {
        client.memory.clear();
    }
    let (head, body) = response?.into_parts();
    Ok((head, body, wire))
}

/// Reads as much of an answer's body as its status makes worth while.
pub(super) fn whole(
    net: &Net,
    head: Parts,
    body: Body,
    wire: Wire,
    deadline: Deadline,
    watch: &dyn Watch,
) -> Result<Response, Fault> {
    let Parts { status, headers, .. } = head;
    let status = status.as_u16();
    let mut delay = Delay::default();
    let body = match status {
        200..=299 => Content::new(body, &headers, wire, net.max_response_bytes).read_to_end(deadline, watch)?,
        400.. => {
            delay = Delay::read(|name| headers.get(name)?.to_str().ok(), SystemTime::now());
            // Not implemented, or not this version of HTTP: the next answer would be the same.
            delay.again = delay.again.or(matches!(status, 501 | 505).then_some(false));
            let mut content = Content::new(body, &headers, wire, net.max_response_bytes.min(MAX_ERROR_BYTES));
            let read = content.read_to_end(deadline, watch);
            content.stopped().map_or(Ok(()), Err)?;
            read.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    Ok(Response { status, headers, delay, body })
}

/// Whether the body is a stream of events, as its headers say.
fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream")
}

/// What went wrong before there was a status.
fn before_answer(error: &ureq::Error, deadline: Deadline) -> Fault {
    use ureq::Error as E;
    match error {
        E::Timeout(Timeout::Resolve | Timeout::Connect) if deadline.remaining() > ROUNDING => Fault::Unreachable,
        E::Timeout(_) => Fault::Timeout,
        E::Other(why) if why.is::<Refused>() => Fault::Blocked,
        E::LargeResponseHeader(..) => Fault::TooLarge,
        E::Protocol(_) => Fault::Invalid,
        E::BadUri(_) | E::Http(_) => Fault::Rejected,
        _ => Fault::Unreachable,
    }
}
