//! From a URL to the addresses that may be connected to.
//!
//! ureq's own resolver spawns a thread a call whenever a timeout is set, and knows no guard. Here addresses and `localhost`
//! need no look-up; a name is looked up by `getaddrinfo` in a thread that receives no signals (they are PHP's), is waited
//! for no longer than the call may take, and is remembered for a while: ureq asks on every call, also when it then uses a
//! connection that already stands. What is handed on is what was judged, so nothing can change in between.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, SigmaskHow};
use parking_lot::Mutex;
use thiserror::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::Net;
use super::egress::{Allowed, Host, is_public};
use crate::error::Fault;

/// How long the addresses of a name are used again.
const REMEMBERED: Duration = Duration::from_secs(30);
/// How many look-ups of one process may hang at once; beyond that, names count as unreachable.
const MAX_HANGING: u32 = 4;
/// How many addresses of a name are tried, which is also what ureq has room for.
const MAX_ADDRESSES: usize = 16;

/// The guard has refused the URL, or every address that its host stands for. Travels through ureq to `client`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("refused by the egress guard")]
pub(super) struct Refused;

/// A name that was looked up.
#[derive(Debug)]
struct Known {
    name: String,
    since: Instant,
    addresses: Vec<IpAddr>,
}

/// The look-ups of one client; a clone shares them.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Vec<Known>>>);

impl Memory {
    /// Forgets all, so that the next connection asks again: called when one could not be made.
    pub(super) fn clear(&self) {
        self.0.lock().clear();
    }

    fn get(&self, name: &str) -> Option<Vec<IpAddr>> {
        let mut known = self.0.lock();
        known.retain(|known| known.since.elapsed() < REMEMBERED);
        known.iter().find(|known| known.name == name).map(|known| known.addresses.clone())
    }

    fn put(&self, name: &str, addresses: &[IpAddr]) {
        self.0.lock().push(Known { name: name.to_owned(), since: Instant::now(), addresses: addresses.to_vec() });
    }
}

/// Resolves what the guard permits.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) allowed: Allowed,
    pub(super) memory: Memory,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let refused = || ureq::Error::Other(Box::new(Refused));
        let plain = uri.scheme_str() == Some("http");
        let host = Host::parse(uri.host().unwrap_or_default()).map_err(|_| refused())?;
        let port = uri.port_u16().unwrap_or(if plain { 80 } else { 443 });
        let free = self.allowed.permits(&host, port);
        if plain && !free {
            return Err(refused());
        }
        let addresses = match (host.known_addresses(), &host) {
            (Some(addresses), _) => addresses,
            (None, Host::Name(name)) => self.addresses(name, timeout)?,
            (None, Host::Ip(ip)) => vec![*ip],
        };
        let mut judged = self.empty();
        for ip in addresses.into_iter().filter(|ip| free || is_public(*ip)).take(MAX_ADDRESSES) {
            judged.push(SocketAddr::new(ip, port));
        }
        if judged.is_empty() { Err(refused()) } else { Ok(judged) }
    }
}

impl Guarded {
    /// All addresses of a name; at least one.
    fn addresses(&self, name: &str, timeout: NextTimeout) -> Result<Vec<IpAddr>, ureq::Error> {
        if let Some(addresses) = self.memory.get(name) {
            return Ok(addresses);
        }
        let addresses = look_up(name, *timeout.after).map_err(|failed| match failed {
            LookUp::TooLate => ureq::Error::Timeout(timeout.reason),
            LookUp::Failed => ureq::Error::HostNotFound,
        })?;
        self.memory.put(name, &addresses);
        Ok(addresses)
    }
}

/// Why a look-up has no addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LookUp {
    /// It is still under way.
    TooLate,
    /// There is no such name, no server answers, or too many look-ups hang already.
    Failed,
}

/// Whether a URL that somebody else gives may be called at all: it can be looked up, and an address of it is public.
///
/// # Errors
/// [`Fault::Blocked`] if the guard refuses it, [`Fault::Unreachable`] if its host cannot be looked up within `connect_timeout`.
pub fn check_target(net: &Net, url: &str) -> Result<(), Fault> {
    let uri = url.parse::<Uri>().map_err(|_| Fault::Rejected)?;
    let guarded = Guarded { allowed: net.allowed.clone(), memory: Memory::default() };
    let timeout = NextTimeout { after: net.connect_timeout.into(), ..NextTimeout::default() };
    match guarded.resolve(&uri, &Config::default(), timeout) {
        Ok(_) => Ok(()),
        Err(ureq::Error::Other(why)) if why.is::<Refused>() => Err(Fault::Blocked),
        Err(_) => Err(Fault::Unreachable),
    }
}

/// Looks a name up in a thread of its own, which lives on by itself if it takes longer than `wait`.
fn look_up(name: &str, wait: Duration) -> Result<Vec<IpAddr>, LookUp> {
    let permit = Permit::take().ok_or(LookUp::Failed)?;
    let (send, receive) = mpsc::sync_channel(1);
    let name = name.to_owned();
    let work = move || {
        let found =
            (name.as_str(), 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect::<Vec<_>>());
        drop(permit);
        // Nobody listens any more where it took too long.
        let _ = send.send(found);
    };
    without_signals(|| thread::Builder::new().name("aisp-dns".into()).spawn(work)).map_err(|_| LookUp::Failed)?;
    match receive.recv_timeout(wait) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(_) | Err(mpsc::RecvTimeoutError::Disconnected) => Err(LookUp::Failed),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(LookUp::TooLate),
    }
}

/// Runs `spawn` with all signals blocked: a thread inherits the mask, and PHP's handlers must only run in PHP's thread.
pub fn without_signals<T>(spawn: impl FnOnce() -> T) -> T {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK);
    let spawned = spawn();
    if let Ok(before) = before {
        // Fails only for a mask that the kernel did not hand out.
        let _ = before.thread_set_mask();
    }
    spawned
}

/// Look-ups under way: the process id in the upper half, because a child of a fork has none of its parent's threads.
static UNDER_WAY: AtomicU64 = AtomicU64::new(0);

/// The right to have one look-up under way in this process.
struct Permit;

impl Permit {
    fn take() -> Option<Self> {
        let own = |value: u64| if (value >> 32) as u32 == std::process::id() { value as u32 } else { 0 };
        let more = |value: u64| {
            let count = own(value);
            (count < MAX_HANGING).then(|| u64::from(std::process::id()) << 32 | u64::from(count + 1))
        };
        UNDER_WAY.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok().map(|_| Self)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // The thread that holds it lives in the process that took it, so the count is at least one.
        UNDER_WAY.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(allowed: &str, uri: &str) -> Result<Vec<String>, ureq::Error> {
        let guarded = Guarded { allowed: Allowed::parse(allowed).unwrap(), memory: Memory::default() };
        let timeout = NextTimeout { after: Duration::from_secs(5).into(), ..NextTimeout::default() };
        let found = guarded.resolve(&uri.parse().unwrap(), &Config::default(), timeout)?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    fn is_refused(uri: &str) -> bool {
        matches!(resolve("", uri), Err(ureq::Error::Other(why)) if why.is::<Refused>())
    }

    #[test]
    fn an_address_is_its_own_answer_and_localhost_is_this_machine() {
        assert_eq!(resolve("", "https://8.8.8.8/v1").unwrap(), ["8.8.8.8:443"]);
        assert_eq!(resolve("127.0.0.1", "http://127.0.0.1/v1").unwrap(), ["127.0.0.1:80"]);
        assert_eq!(resolve("localhost:81", "http://localhost:81").unwrap(), ["127.0.0.1:81", "[::1]:81"]);
    }

    #[test]
    fn what_is_neither_public_nor_named_is_refused() {
        for uri in [
            "https://127.0.0.1",
            "https://[::1]",
            "https://localhost",
            "https://2130706433",
            "http://8.8.8.8",
            "https://[::ffff:a00:1]",
        ] {
            assert!(is_refused(uri), "{uri}");
        }
    }

    #[test]
    fn a_name_is_remembered_until_it_is_forgotten_and_too_many_look_ups_fail_at_once() {
        let memory = Memory::default();
        let guarded = Guarded { allowed: Allowed::default(), memory: memory.clone() };
        let timeout = NextTimeout { after: Duration::from_secs(5).into(), ..NextTimeout::default() };
        let found = guarded.addresses("localhost", timeout).unwrap();
        assert!(!found.is_empty() && found.iter().all(IpAddr::is_loopback));
        assert_eq!(memory.get("localhost"), Some(found));
        memory.clear();
        assert_eq!(memory.get("localhost"), None);

        // In the same test, because it takes the permits of the whole process: no more look-ups than these at once.
        assert!(look_up("no-such-name.invalid", Duration::ZERO).is_err());
        let held: Vec<_> = std::iter::from_fn(Permit::take).collect();
        assert_eq!(look_up("localhost", Duration::from_secs(5)), Err(LookUp::Failed));
        drop(held);
    }

    #[test]
    fn the_mask_of_signals_is_as_it_was() {
        let before = SigSet::thread_get_mask().unwrap();
        assert!(without_signals(|| SigSet::thread_get_mask().unwrap().contains(nix::sys::signal::SIGTERM)));
        assert_eq!(SigSet::thread_get_mask().unwrap(), before);
    }
}
