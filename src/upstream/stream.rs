//! A stream of events while it comes.

use std::fmt;
use std::time::Duration;

use ureq::http::HeaderMap;

use super::body::Content;
use super::sse::Framer;
use super::watch::Watch;
use crate::clock::Deadline;
use crate::error::Fault;
use crate::provider::Event;

/// How long the end of a stream may take that has said all that matters.
const LAST_WORDS: Duration = Duration::from_millis(20);

/// A stream of events that has begun. Dropped before its end, or broken, it closes its connection at once; read to its
/// end it has given it back for the next call.
pub struct Stream {
    /// The status, a success.
    pub status: u16,
    /// The headers; they may hold anything.
    pub headers: HeaderMap,
    framer: Framer,
    state: State,
}

enum State {
    Open(Content),
    Over,
    Failed(Fault),
}

impl Stream {
    pub(super) fn new(status: u16, headers: HeaderMap, content: Content) -> Self {
        Self { status, headers, framer: Framer::default(), state: State::Open(content) }
    }

    /// The next event, as soon as it is whole; none at the orderly end of the stream. An event that has been read already
    /// comes whatever the time; beyond that nothing is waited for after `deadline`, nor after that of `open`.
    ///
    /// # Errors
    /// A stream ends with its first fault, which then comes again and again.
    /// - [`Fault::Timeout`]: a deadline passed.
    /// - [`Fault::Incomplete`]: the stream broke off.
    /// - [`Fault::TooLarge`]: an event of more than 1 MiB, more than `max_response_bytes` in all, or more than 1 MiB out of
    ///   less than a hundredth of it.
    /// - [`Fault::Invalid`]: the stream cannot be decoded.
    /// - Whatever the watch says.
    pub fn next(&mut self, deadline: Deadline, watch: &dyn Watch) -> Result<Option<Event<'_>>, Fault> {
        match self.advance(deadline, watch) {
            Ok(more) => Ok(more.then(|| self.framer.event())),
            Err(fault) => {
                self.state = State::Failed(fault);
                Err(fault)
            }
        }
    }

    /// Drops a stream that has said all that matters, and keeps its connection for the next call if it ends within 20 ms.
    pub fn release(mut self) {
        let soon = Deadline::after(LAST_WORDS);
        while !soon.remaining().is_zero() && matches!(self.next(soon, &()), Ok(Some(_))) {}
    }

    fn advance(&mut self, deadline: Deadline, watch: &dyn Watch) -> Result<bool, Fault> {
        loop {
            let content = match &mut self.state {
                State::Failed(fault) => return Err(*fault),
                State::Open(content) => Some(content),
                State::Over => None,
            };
            if self.framer.step()? {
                return Ok(true);
            }
            let Some(content) = content else { return Ok(false) };
            match content.read(self.framer.space(), deadline, watch)? {
                0 => self.state = State::Over,
                count => self.framer.filled(count),
            }
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("status", &self.status).finish_non_exhaustive()
    }
}
