//! The HTTP client: one a thread, with connections that are kept alive between calls.
//!
//! - Sockets must not cross a fork: [`close`] drops the client, and is called before each fork and at shutdown.
//! - No proxy is taken from the environment: a key goes where the administrator said, and nowhere else.
//! - A redirect is an answer like any other, and nobody follows it with a key.
//! - A kept connection that the provider has closed is noticed before it is used, and replaced without a word. One that
//!   dies in that very moment is [`Fault::Unreachable`]: nobody can know whether the request was read, so whether it is
//!   sent again is for `retry` to decide, which counts it.
//! - The body of an error serves only to tell one error from another: what of it cannot be read is left out, so that the
//!   status and the delay that came with it are not lost.

use std::cell::RefCell;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use ureq::config::Config;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Request};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{ConnectionDetails, Connector, RustlsConnector, TcpConnector, Transport};
use ureq::{Agent, Body, Timeout};

use super::Net;
use super::egress::Allowed;
use super::resolver::{Guarded, Memory, Refused};
use super::retry::Delay;
use super::roots::CaFile;
use crate::clock::Deadline;
use crate::error::Fault;
use crate::provider::HttpCall;

const USER_AGENT: &str = concat!("aisp/", env!("CARGO_PKG_VERSION"));
const MAX_HEADER_BYTES: usize = 64 * 1024;
const MAX_ERROR_BYTES: u64 = 64 * 1024;
/// How long an unused connection is kept; shorter than the idle timeouts of the providers and of what lies between.
const KEPT_ALIVE: Duration = Duration::from_secs(30);
/// A timeout this close to the deadline is the deadline's.
const ROUNDING: Duration = Duration::from_millis(5);

/// An HTTP answer, whatever its status.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// What the headers of an error, or failing them its status, say about trying again.
    pub delay: Delay,
    /// The body, decoded; for an error as much of it as is needed, for a redirect nothing.
    pub body: Vec<u8>,
}

/// Sends one request and reads the whole answer, once, by the deadline.
///
/// - [`Fault::Timeout`]: the deadline passed.
/// - [`Fault::Unreachable`]: no connection within `connect_timeout`, or it broke before an answer began.
/// - [`Fault::Blocked`]: the egress guard refuses the address.
/// - [`Fault::TooLarge`]: more than `max_response_bytes`, or more than 64 KiB of headers.
/// - [`Fault::Invalid`]: not HTTP, or a body that ends early or cannot be decoded.
/// - [`Fault::Rejected`]: the URL or a header cannot be put on the wire.
pub fn post(net: &Net, call: &HttpCall, deadline: Deadline) -> Result<Response, Fault> {
    let request = request(call)?;
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
    let response = client.agent.run(request).map_err(|error| before_answer(&error, deadline));
    if matches!(response, Err(Fault::Unreachable)) {
        client.memory.clear();
    }
    let (head, body) = response?.into_parts();
    let status = head.status.as_u16();
    let mut delay = Delay::default();
    let body = match status {
        200..=299 => read_body(body, net.max_response_bytes).map_err(|error| in_answer(&error))?,
        400.. => {
            delay = Delay::read(|name| head.headers.get(name)?.to_str().ok(), SystemTime::now());
            // Not implemented, or not this version of HTTP: the next answer would be the same.
            delay.again = delay.again.or(matches!(status, 501 | 505).then_some(false));
            read_body(body, net.max_response_bytes.min(MAX_ERROR_BYTES)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    Ok(Response { status, delay, body })
}

/// Drops this thread's client and with it all of its sockets. The next call builds a new one.
pub fn close() {
    // The thread may be ending, and a fork from inside a call finds the client in use: nothing to close then.
    let _ = CLIENT.try_with(|client| client.try_borrow_mut().map(|mut client| client.take()));
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

thread_local! {
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
}

/// An agent, and the settings that it was built from.
#[derive(Debug, Clone)]
struct Client {
    allowed: Allowed,
    ca_file: Option<CaFile>,
    agent: Agent,
    memory: Memory,
}

impl Client {
    /// This thread's client, built anew where there is none or where it was built from other settings.
    fn current(net: &Net) -> Result<Self, Fault> {
        // The settings' parser has checked the file; whoever has removed it since gets no connection.
        let ca_file = net.ca_file.as_deref().map(CaFile::see).transpose().map_err(|_| Fault::Unreachable)?;
        CLIENT.with_borrow_mut(|slot| {
            let same = |client: &&Self| client.allowed == net.allowed && client.ca_file == ca_file;
            if let Some(client) = slot.as_ref().filter(same) {
                return Ok(client.clone());
            }
            let client = Self::build(net.allowed.clone(), ca_file).map_err(|_| Fault::Unreachable)?;
            Ok(slot.insert(client).clone())
        })
    }

    fn build(allowed: Allowed, ca_file: Option<CaFile>) -> Result<Self, String> {
        let roots = match &ca_file {
            Some(file) => RootCerts::Specific(Arc::new(file.certificates()?)),
            None => RootCerts::WebPki,
        };
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(USER_AGENT)
            .max_response_header_size(MAX_HEADER_BYTES)
            .max_idle_age(KEPT_ALIVE)
            .build();
        let memory = Memory::default();
        let resolver = Guarded { allowed: allowed.clone(), memory: memory.clone() };
        let agent = Agent::with_parts(config, ().chain(TcpConnector::default()).chain(Tls::default()), resolver);
        Ok(Self { allowed, ca_file, agent, memory })
    }
}

/// TLS with one configuration a client. ureq keeps the configuration, and with it the sessions that can be resumed, only
/// for requests without timeouts of their own; ours all have some, and would parse every root anew for each connection.
#[derive(Debug, Default)]
struct Tls(RustlsConnector);

impl<In: Transport> Connector<In> for Tls {
    type Out = <RustlsConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: false,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        self.0.connect(&details, chained)
    }
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

/// Reads a body of at most `limit` bytes, decoded.
fn read_body(mut body: Body, limit: u64) -> Result<Vec<u8>, ureq::Error> {
    let announced = body.content_length().unwrap_or(0);
    if announced > limit {
        return Err(ureq::Error::BodyExceedsLimit(limit));
    }
    let mut bytes = Vec::with_capacity(announced.min(256 * 1024) as usize);
    body.with_config().limit(limit).reader().read_to_end(&mut bytes)?;
    Ok(bytes)
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

/// What went wrong in the body of a success.
fn in_answer(error: &ureq::Error) -> Fault {
    match error {
        ureq::Error::Timeout(_) => Fault::Timeout,
        ureq::Error::BodyExceedsLimit(_) => Fault::TooLarge,
        _ => Fault::Invalid,
    }
}
