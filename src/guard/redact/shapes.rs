//! Finds everything that begins near a digit or a sign: one pass over the text that stops at those bytes only.
//!
//! A letter is never looked at unless a sign or a digit stands behind it. Each look is bounded by the longest value of
//! its type, and most end after a few bytes; a long number or word is stepped over at once.

use super::bytes::{at as byte, before, is_name, run, word_before};
use super::find::Found;
use super::names::{Names, Seen, Slot};
use super::phone::Look;
use super::types::{Set, Type};
use super::{card, iban, ipv4, ipv6, mac, phone, ssn};

/// Bytes at which to stop.
static STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let signs = b"0123456789:+([.-";
    let mut i = 0;
    while i < signs.len() {
        stops[signs[i] as usize] = true;
        i += 1;
    }
    stops
};

pub(super) struct Shapes<'t> {
    text: &'t [u8],
    types: Set,
    names: &'t Names,
    /// Where to look next.
    at: usize,
    /// What lies before is taken.
    floor: usize,
    /// What lies before is a row of numbers and holds no telephone number that begins with a digit.
    row_until: usize,
}

impl<'t> Shapes<'t> {
    pub(super) fn new(text: &'t [u8], types: Set, names: &'t Names) -> Self {
        Self { text, types, names, at: 0, floor: 0, row_until: 0 }
    }

    /// The first value at or behind `from`.
    pub(super) fn next(&mut self, from: usize) -> Option<Found> {
        self.floor = from;
        self.at = from;
        loop {
            let rest = self.text.get(self.at..)?;
            self.at += rest.iter().position(|b| STOPS[usize::from(*b)])?;
            if let Some(found) = self.look() {
                return Some(found);
            }
        }
    }

    /// Looks at the stop; steps over it when nothing is there.
    fn look(&mut self) -> Option<Found> {
        let stop = self.at;
        self.at += 1;
        match self.text[stop] {
            b'[' => self.look_alike(stop),
            b'+' => self.typed(Type::Phone, stop, phone::international),
            b'(' => self.typed(Type::Phone, stop, phone::parenthesised),
            b':' | b'.' | b'-' => self.hexadecimal(stop),
            _ => self.digits(stop),
        }
    }

    fn look_alike(&self, start: usize) -> Option<Found> {
        match self.names.read(&self.text[start..]) {
            Seen::Whole { len, .. } => Some(Found { start, end: start + len, slot: Slot::TEXT, checked: false }),
            Seen::Begun | Seen::Other => None,
        }
    }

    /// What `detect` finds at `start`, if its type is looked for. A detector says where the value ends.
    fn typed(&self, kind: Type, start: usize, detect: fn(&[u8], usize) -> Option<usize>) -> Option<Found> {
        if !self.types.has(kind) {
            return None;
        }
        Some(Found::of_type(kind, start, detect(self.text, start)?))
    }

    /// An address in hexadecimal that has its first sign at `at`, behind four digits at most, or two before a hyphen.
    fn hexadecimal(&self, at: usize) -> Option<Found> {
        let sign = self.text[at];
        let (count, next) = match sign {
            b'.' => (4, 5),
            b'-' => (2, 3),
            _ => (4, 0),
        };
        // The next sign is looked at first: most full stops, colons and hyphens end here.
        if byte(self.text, at + next) != Some(sign)
            || byte(self.text, at + 1).is_none_or(|b| !b.is_ascii_hexdigit() && b != b':')
        {
            return None;
        }
        let floor = self.floor.max(at.saturating_sub(count));
        let count = (floor..at).rev().take_while(|i| self.text[*i].is_ascii_hexdigit()).count();
        let start = at - count;
        if word_before(self.text, start) || before(self.text, start) == Some(sign) {
            return None;
        }
        let mac = self.typed(Type::Mac, start, mac::at);
        if mac.is_some() || sign != b':' || (count == 0 && self.text[at + 1] != b':') {
            return mac;
        }
        self.typed(Type::Ip, start, ipv6::at)
    }

    /// A telephone number that begins with the digits from `start` to `end`.
    fn national(&mut self, start: usize, end: usize) -> Option<Found> {
        if !self.types.has(Type::Phone) || start < self.row_until {
            return None;
        }
        match phone::national(self.text, start, end) {
            Look::Found(end) => Some(Found::of_type(Type::Phone, start, end)),
            Look::RowUntil(until) => {
                self.row_until = until;
                None
            }
            Look::None => None,
        }
    }

    /// A number that begins at `start`, or an account number that has its check digits there.
    fn digits(&mut self, start: usize) -> Option<Found> {
        let end = run(self.text, start, usize::MAX, u8::is_ascii_digit);
        if word_before(self.text, start) {
            self.at = run(self.text, end, usize::MAX, |b| is_name(*b));
            let country = start.checked_sub(2).filter(|country| *country >= self.floor)?;
            return self.typed(Type::Iban, country, iban::at);
        }
        self.at = end;
        let mut best = self.national(start, end);
        let mut also = |kind: Type, detect: fn(&[u8], usize) -> Option<usize>| {
            let found = self.typed(kind, start, detect);
            best = found.filter(|found| best.is_none_or(|best| found.beats(&best))).or(best);
        };
        match (end - start, byte(self.text, end)) {
            (1..=3, Some(b'.')) => also(Type::Ip, ipv4::at),
            (2, Some(b'-')) | (4, Some(b'.')) => also(Type::Mac, mac::at),
            (3 | 9, _) => also(Type::Ssn, ssn::at),
            _ => {}
        }
        if end - start >= 4 {
            also(Type::Card, card::at);
        }
        best
    }
}
