//! The HTTP client: one a thread, with connections that are kept alive between calls.
//!
//! - Sockets must not cross a fork: [`close`] drops the client, and is called before each fork and at shutdown.
//! - No proxy is taken from the environment: a key goes where the administrator said, and nowhere else.
//! - A redirect is an answer like any other, and nobody follows it with a key.
//! - A kept connection that the provider has closed is noticed before it is used, and replaced without a word. One that
//!   dies in that very moment is [`Fault::Unreachable`]: nobody can know whether the request was read, so whether it is
//!   sent again is for `retry` to decide, which counts it.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{ConnectionDetails, Connector, RustlsConnector, TcpConnector, Transport};

use super::Net;
use super::egress::Allowed;
use super::resolver::{Guarded, Memory};
use super::roots::CaFile;
use super::watch::Patience;
use crate::error::Fault;

const USER_AGENT: &str = concat!("aisp/", env!("CARGO_PKG_VERSION"));
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// How long an unused connection is kept; shorter than the idle timeouts of the providers and of what lies between.
const KEPT_ALIVE: Duration = Duration::from_secs(30);

/// Drops this thread's client and with it all of its sockets. The next call builds a new one.
pub fn close() {
    // The thread may be ending, and a fork from inside a call finds the client in use: nothing to close then.
    let _ = CLIENT.try_with(|client| client.try_borrow_mut().map(|mut client| client.take()));
}

thread_local! {
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
}

/// An agent, and the settings that it was built from.
#[derive(Debug, Clone)]
pub(super) struct Client {
    allowed: Allowed,
    ca_file: Option<CaFile>,
    pub(super) agent: Agent,
    pub(super) memory: Memory,
}

impl Client {
    /// This thread's client, built anew where there is none or where it was built from other settings.
    pub(super) fn current(net: &Net) -> Result<Self, Fault> {
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
        let connector = ().chain(TcpConnector::default()).chain(Patience).chain(Tls::default());
        let agent = Agent::with_parts(config, connector, resolver);
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
