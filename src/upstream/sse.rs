//! Server-Sent Events out of bytes, wherever the bytes were cut.
//!
//! Bytes go in through [`Framer::space`] and [`Framer::filled`]; [`Framer::step`] moves to the next event, and
//! [`Framer::event`] is that event. Only whole lines are looked at, so that a cut can fall anywhere, also into a character;
//! a CR ends its line at once, and the LF that may follow it is passed over when it comes. Each byte is searched once and
//! moved once, and the buffers are used again for every event.
//! Source: WHATWG HTML, "Parsing an event stream" and "Interpreting an event stream". `id` and `retry` concern only a
//! client that connects again, and are ignored.

use std::mem;
use std::ops::Range;

use crate::error::Fault;
use crate::provider::Event;

/// The largest event: its name and its data, decoded.
const MAX_EVENT_BYTES: usize = 1024 * 1024;
/// The largest line: the data of the largest event behind its field's name.
const MAX_LINE_BYTES: usize = MAX_EVENT_BYTES + 16;
/// The least room that is offered for reading.
const ROOM_BYTES: usize = 16 * 1024;

/// One stream's framing. What is left in it when the stream ends is an event without an end, which does not count.
#[derive(Debug, Default)]
pub(super) struct Framer {
    /// `start..filled` holds bytes, of which `start..scanned` are known to have no line end.
    buffer: Vec<u8>,
    start: usize,
    scanned: usize,
    filled: usize,
    /// Whether the first line has been read: before it may stand a byte order mark.
    begun: bool,
    /// Whether the last line ended with CR: an LF that follows belongs to that end.
    after_cr: bool,
    name: String,
    /// Its lines, each with an LF behind it.
    data: String,
    /// Whether `name` and `data` have been handed out.
    whole: bool,
}

impl Framer {
    /// Where the next bytes go; never empty. What is put there counts once [`Framer::filled`] says so.
    pub(super) fn space(&mut self) -> &mut [u8] {
        if self.buffer.len() - self.filled < ROOM_BYTES {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.scanned -= self.start;
            self.start = 0;
            let wanted = self.filled + ROOM_BYTES.max(self.filled);
            if self.buffer.len() - self.filled < ROOM_BYTES {
                self.buffer.resize(wanted, 0);
            }
        }
        &mut self.buffer[self.filled..]
    }

    /// Takes the first `count` bytes of the space.
    pub(super) fn filled(&mut self, count: usize) {
        self.filled += count;
        debug_assert!(self.filled <= self.buffer.len());
    }

    /// Goes on to the next event; false when more bytes are needed for it.
    ///
    /// # Errors
    /// [`Fault::TooLarge`] for an event, or a line of any kind, of more than 1 MiB.
    pub(super) fn step(&mut self) -> Result<bool, Fault> {
        if mem::take(&mut self.whole) {
            self.name.clear();
            self.data.clear();
        }
        while let Some(line) = self.line()? {
            if self.take(line)? {
                self.whole = true;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The event that [`Framer::step`] came to.
    pub(super) fn event(&self) -> Event<'_> {
        Event { name: &self.name, data: self.data.strip_suffix('\n').unwrap_or_default() }
    }

    /// The next whole line, without its end.
    fn line(&mut self) -> Result<Option<Range<usize>>, Fault> {
        if self.after_cr && self.start < self.filled {
            self.after_cr = false;
            self.start += usize::from(self.buffer[self.start] == b'\n');
            self.scanned = self.start;
        }
        let unseen = &self.buffer[self.scanned..self.filled];
        let end = unseen.iter().position(|&byte| byte == b'\n' || byte == b'\r').map(|at| self.scanned + at);
        let line = self.start..end.unwrap_or(self.filled);
        if line.len() > MAX_LINE_BYTES {
            return Err(Fault::TooLarge);
        }
        let Some(end) = end else {
            self.scanned = self.filled;
            return Ok(None);
        };
        self.after_cr = self.buffer[end] == b'\r';
        self.start = end + 1;
        self.scanned = self.start;
        Ok(Some(line))
    }

    /// Interprets a line; true when it ends an event.
    fn take(&mut self, line: Range<usize>) -> Result<bool, Fault> {
        let mut line = &self.buffer[line];
        if !mem::replace(&mut self.begun, true) {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        if line.is_empty() {
            if self.data.is_empty() {
                self.name.clear();
            }
            return Ok(!self.data.is_empty());
        }
        let colon = line.iter().position(|&byte| byte == b':');
        let (field, value) = colon.map_or((line, &line[..0]), |at| (&line[..at], &line[at + 1..]));
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                self.data.push_str(&String::from_utf8_lossy(value));
                self.data.push('\n');
            }
            b"event" => {
                self.name.clear();
                self.name.push_str(&String::from_utf8_lossy(value));
            }
            _ => return Ok(false),
        }
        let bytes = self.name.len() + self.data.len().saturating_sub(1);
        if bytes > MAX_EVENT_BYTES { Err(Fault::TooLarge) } else { Ok(false) }
    }
}

#[cfg(test)]
mod tests;
