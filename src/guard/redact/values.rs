//! The values of one request, each once, numbered by name in the order of first appearance.
//!
//! They lie in blocks that never grow, so that no copy of a private value is left behind by a reallocation, and that are
//! overwritten when they are dropped.

use super::names::Slot;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use zeroize::Zeroizing;

/// Bytes in the first block; each is twice as large as the one before, up to [`MAX_BLOCK_BYTES`].
const FIRST_BLOCK_BYTES: usize = 512;
const MAX_BLOCK_BYTES: usize = 1 << 20;

/// Where a value lies.
#[derive(Clone, Copy)]
struct Place {
    block: u32,
    start: u32,
    len: u32,
}

/// Keys of the index are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, b| hash << 8 | u64::from(*b));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[derive(Default)]
pub(super) struct Values {
    blocks: Vec<Zeroizing<String>>,
    /// By slot, then by number.
    places: Vec<Vec<Place>>,
    /// By hash of slot and value; a collision lies at the next free key.
    index: HashMap<u64, (Slot, u32), BuildHasherDefault<Hashed>>,
    hasher: RandomState,
}

impl Values {
    pub(super) fn new(slots: usize) -> Self {
        Self { places: vec![Vec::new(); slots], ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The number of a value, from 1 on; a new one if it was not there.
    pub(super) fn number(&mut self, slot: Slot, value: &str) -> u32 {
        // Texts say the same thing twice in a row more often than anything else.
        let last = self.places.get(usize::from(slot.0)).map_or(0, Vec::len) as u32;
        if self.get(slot, last) == Some(value) {
            return last;
        }
        let mut key = self.hasher.hash_one((slot, value));
        while let Some((known_slot, number)) = self.index.get(&key).copied() {
            if known_slot == slot && self.get(slot, number) == Some(value) {
                return number;
            }
            key = key.wrapping_add(1);
        }
        let place = self.keep(value);
        let places = &mut self.places[usize::from(slot.0)];
        places.push(place);
        let number = places.len() as u32;
        self.index.insert(key, (slot, number));
        number
    }

    /// The value of that number, if there is one.
    pub(super) fn get(&self, slot: Slot, number: u32) -> Option<&str> {
        let index = number.checked_sub(1)? as usize;
        let place = self.places.get(usize::from(slot.0))?.get(index)?;
        let block = self.blocks.get(place.block as usize)?;
        block.get(place.start as usize..(place.start + place.len) as usize)
    }

    fn keep(&mut self, value: &str) -> Place {
        let fits = self.blocks.last().is_some_and(|block| block.capacity() - block.len() >= value.len());
        if !fits {
            let twice = self.blocks.last().map_or(FIRST_BLOCK_BYTES, |block| block.capacity() * 2);
            let capacity = twice.min(MAX_BLOCK_BYTES).max(value.len());
            self.blocks.push(Zeroizing::new(String::with_capacity(capacity)));
        }
        let block = self.blocks.len() - 1;
        let text = &mut self.blocks[block];
        let start = text.len();
        text.push_str(value);
        Place { block: block as u32, start: start as u32, len: value.len() as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_number_in_each_slot() {
        let mut values = Values::new(2);
        assert!(values.is_empty());
        assert_eq!(values.number(Slot(0), "a"), 1);
        assert_eq!(values.number(Slot(0), "b"), 2);
        assert_eq!(values.number(Slot(1), "a"), 1);
        assert_eq!(values.number(Slot(0), "a"), 1);
        assert_eq!(values.get(Slot(0), 2), Some("b"));
        assert_eq!((values.get(Slot(0), 0), values.get(Slot(0), 3), values.get(Slot(7), 1)), (None, None, None));
    }

    #[test]
    fn values_of_all_lengths_stay_what_they_are() {
        let mut values = Values::new(1);
        let list: Vec<String> = (0..2_000_usize).map(|i| format!("{i}{}", "x".repeat(i % 700))).collect();
        for (i, value) in list.iter().enumerate() {
            assert_eq!(values.number(Slot(0), value), i as u32 + 1);
        }
        assert!((1..).zip(&list).all(|(number, value)| values.get(Slot(0), number) == Some(value)));
    }
}
