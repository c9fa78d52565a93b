//! Who is told how a call goes while it waits for bytes, and may end it: a transport that waits in slices.
//!
//! It stands between TCP and TLS, so that it sees what comes off the wire. ureq owns the transports and keeps them from one
//! call to the next; the call that is under way is therefore found through the thread, for as long as [`Wait::run`] runs. A
//! call inside a call (a watch that itself asks a model) puts its own in front and takes it away again.

use std::cell::Cell;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use scoped_tls_hkt::scoped_thread_local;
use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport, time};

use crate::clock::Deadline;
use crate::error::Fault;

/// The longest wait without a question: with the rounding of the kernel's clock it stays below 200 ms.
const SLICE: Duration = Duration::from_millis(190);

/// Told how a call goes while it waits for bytes, on the thread that makes the call.
pub trait Watch {
    /// Asked before each wait for bytes, and at least every 200 ms while none come. An error ends the call with this fault,
    /// and its connection is closed at once. Not asked while TCP connects, which `connect_timeout` bounds, and while the
    /// request is sent.
    fn waiting(&self) -> Result<(), Fault>;

    /// Told when bytes of the answer's body have been read. Headers alone are silence.
    fn received(&self) {}
}

/// Nobody watches.
impl Watch for () {
    fn waiting(&self) -> Result<(), Fault> {
        Ok(())
    }
}

/// What has happened on the wire in one exchange.
#[derive(Debug, Default)]
pub(super) struct Wire {
    /// Bytes that came in, before they were decrypted or decoded.
    pub(super) bytes: Cell<u64>,
    /// Whether the connection was reset, or closed without TLS's good-bye: whatever was read until then may be a part.
    pub(super) broken: Cell<bool>,
    /// How the watch ended the call.
    pub(super) stopped: Cell<Option<Fault>>,
}

/// What a call waits with: until when, for whom, and what it has seen.
#[derive(Clone, Copy)]
pub(super) struct Wait<'a> {
    /// When the wait ends, if ureq's own timeout does not end it before.
    pub(super) deadline: Deadline,
    pub(super) watch: &'a dyn Watch,
    pub(super) wire: &'a Wire,
}

scoped_thread_local!(static WAIT: for<'a> Wait<'a>);

impl Wait<'_> {
    /// Does what waits for bytes.
    pub(super) fn run<T>(self, work: impl FnOnce() -> T) -> T {
        WAIT.set(self, work)
    }

    /// How long the next wait may be, if there may be one.
    fn slice(self, timeout: NextTimeout) -> Result<Duration, Error> {
        self.watch.waiting().map_err(|fault| {
            self.wire.stopped.set(Some(fault));
            Error::Other(fault.into())
        })?;
        let left = self.deadline.remaining();
        if left.is_zero() { Err(Error::Timeout(timeout.reason)) } else { Ok(left.min(SLICE)) }
    }
}

/// Makes every connection patient.
#[derive(Debug)]
pub(super) struct Patience;

impl<In: Transport> Connector<In> for Patience {
    type Out = Patient<In>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|inner| Patient { inner, tls: details.needs_tls() }))
    }
}

/// A transport whose waits are cut into slices.
#[derive(Debug)]
pub(super) struct Patient<T> {
    inner: T,
    tls: bool,
}

impl<T: Transport> Transport for Patient<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if !WAIT.is_set() {
            return self.inner.await_input(timeout);
        }
        let before = self.inner.buffers().input().len();
        let result = WAIT.with(|wait| self.await_in_slices(timeout, wait));
        WAIT.with(|Wait { wire, .. }| match result {
            Ok(true) => {
                let came = self.inner.buffers().input().len() - before;
                wire.bytes.set(wire.bytes.get() + came as u64);
            }
            Ok(false) => wire.broken.set(wire.broken.get() || self.tls),
            Err(_) => wire.broken.set(true),
        });
        result
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }
}

impl<T: Transport> Patient<T> {
    fn await_in_slices(&mut self, timeout: NextTimeout, wait: Wait<'_>) -> Result<bool, Error> {
        let begun = Instant::now();
        loop {
            let slice = wait.slice(timeout)?;
            let left = timeout.after.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            let after = time::Duration::Exact(slice.min(left));
            match self.inner.await_input(NextTimeout { after, ..timeout }) {
                Err(Error::Timeout(_)) => {}
                result => return result,
            }
        }
    }
}
