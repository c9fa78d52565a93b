//! An answer's body, decoded, in reads that are watched and bounded.

use std::io::{self, Read};

use ureq::http::HeaderMap;
use ureq::http::header::TRANSFER_ENCODING;
use ureq::{Body, BodyReader, Error};

use super::watch::{Wait, Watch, Wire};
use crate::clock::Deadline;
use crate::error::Fault;

/// A body of up to this size may be decoded out of any number of bytes.
const ANY_RATIO_BYTES: u64 = 1024 * 1024;
/// How many bytes one byte on the wire may become in a larger one. Text shrinks to a fifth, and JSON seldom below a tenth.
const MAX_RATIO: u64 = 100;
/// The first guess at a body whose length is not announced, and the most that an announcement is believed.
const GUESS_BYTES: std::ops::RangeInclusive<u64> = 8 * 1024..=256 * 1024;

/// The rest of a body. Dropped before its end it closes the connection; at its end it has given it back.
pub(super) struct Content {
    reader: BodyReader<'static>,
    /// How much there will be, if that is known.
    announced: Option<u64>,
    limit: u64,
    /// Whether the body says itself where it ends; if the end of the connection says it, that must have been an orderly one.
    chunked: bool,
    bytes: u64,
    wire: Wire,
}

impl Content {
    /// A body of at most `limit` bytes, decoded.
    pub(super) fn new(body: Body, headers: &HeaderMap, wire: Wire, limit: u64) -> Self {
        let announced = body.content_length();
        let reader = body.into_with_config().limit(limit).reader();
        Self { reader, announced, limit, chunked: headers.contains_key(TRANSFER_ENCODING), bytes: 0, wire }
    }

    /// Waits for more of the body; none is its orderly end. The faults are those of `post`.
    pub(super) fn read(&mut self, space: &mut [u8], deadline: Deadline, watch: &dyn Watch) -> Result<usize, Fault> {
        if self.announced > Some(self.limit) {
            return Err(Fault::TooLarge);
        }
        if deadline.remaining().is_zero() {
            return Err(Fault::Timeout);
        }
        let wait = Wait { deadline, watch, wire: &self.wire };
        let read = wait.run(|| self.reader.read(space));
        let count = read.map_err(|error| self.stopped().unwrap_or_else(|| in_answer(&error.into())))?;
        if count == 0 {
            let cut = self.wire.broken.get() && self.announced.is_none() && !self.chunked;
            return if cut { Err(Fault::Incomplete) } else { Ok(0) };
        }
        watch.received();
        self.bytes += count as u64;
        if self.bytes > ANY_RATIO_BYTES && self.bytes > self.wire.bytes.get().saturating_mul(MAX_RATIO) {
            return Err(Fault::TooLarge);
        }
        Ok(count)
    }

    /// Reads all that is left.
    pub(super) fn read_to_end(&mut self, deadline: Deadline, watch: &dyn Watch) -> Result<Vec<u8>, Fault> {
        // One byte more than was announced, so that the end is seen without another allocation.
        let guess = self.announced.unwrap_or(0).clamp(*GUESS_BYTES.start(), *GUESS_BYTES.end()) + 1;
        let mut bytes = vec![0; guess as usize];
        let mut filled = 0;
        loop {
            match self.read(&mut bytes[filled..], deadline, watch)? {
                0 => break,
                count => filled += count,
            }
            if filled == bytes.len() {
                bytes.resize(2 * filled, 0);
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// How the watch ended the call, if it did.
    pub(super) fn stopped(&self) -> Option<Fault> {
        self.wire.stopped.get()
    }
}

/// What went wrong in a body.
fn in_answer(error: &Error) -> Fault {
    match error {
        Error::Timeout(_) => Fault::Timeout,
        Error::BodyExceedsLimit(_) => Fault::TooLarge,
        Error::Decompress(_, error) if error.kind() != io::ErrorKind::UnexpectedEof => Fault::Invalid,
        Error::Protocol(_) => Fault::Invalid,
        _ => Fault::Incomplete,
    }
}
