//! How long things took: one count for each of a fixed row of buckets, four to every doubling.
//!
//! Buckets of 0 to 3 ms are one millisecond wide; from there on a bucket is a quarter of the power of two below it, so that
//! its width is at most a quarter of what is in it. The last one begins at 70 minutes and is open. The layout is part of what
//! the store keeps: it never changes.

/// The number of buckets.
pub const BUCKETS: usize = 85;

/// Counts by bucket, and the sum of what was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    sum_ms: u64,
    counts: [u64; BUCKETS],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { sum_ms: 0, counts: [0; BUCKETS] }
    }
}

impl Histogram {
    /// The bucket of so many milliseconds.
    pub fn bucket(ms: u32) -> usize {
        if ms < 4 {
            return ms as usize;
        }
        let power = ms.ilog2();
        let place = (power - 1) * 4 + ((ms >> (power - 2)) & 3);
        (place as usize).min(BUCKETS - 1)
    }

    /// The least number of milliseconds in this bucket.
    pub const fn lower_ms(bucket: usize) -> u64 {
        if bucket < 4 { bucket as u64 } else { (4 + bucket as u64 % 4) << (bucket / 4 - 1) }
    }

    /// Counts one.
    pub fn add(&mut self, ms: u32) {
        self.sum_ms = self.sum_ms.saturating_add(ms.into());
        self.counts[Self::bucket(ms)] += 1;
    }

    /// Counts all that another one has.
    pub fn merge(&mut self, other: &Self) {
        self.sum_ms = self.sum_ms.saturating_add(other.sum_ms);
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count = count.saturating_add(more);
        }
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// What they took together.
    pub const fn sum_ms(&self) -> u64 {
        self.sum_ms
    }

    /// How many took less than [`Self::lower_ms`] of this bucket.
    pub fn below(&self, bucket: usize) -> u64 {
        self.counts.iter().take(bucket).fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The time in milliseconds within which the share `q` of them ended; `None` of none. It lies in the bucket of the value at
    /// the rank `ceil(q * count)` of the sorted list, at that rank's place between the bucket's bounds; in the open bucket,
    /// at its lower bound.
    pub fn percentile(&self, q: f64) -> Option<f64> {
        let count = self.count();
        let rank = ((q * count as f64).ceil() as u64).clamp(1, count.max(1));
        let mut before = 0;
        for (bucket, &here) in self.counts.iter().enumerate() {
            if here > 0 && before + here >= rank {
                let lower = Self::lower_ms(bucket);
                let width = if bucket == BUCKETS - 1 { 0 } else { Self::lower_ms(bucket + 1) - lower };
                return Some(lower as f64 + width as f64 * ((rank - before) as f64 - 0.5) / here as f64);
            }
            before += here;
        }
        None
    }

    /// Appends it to `out`: the sum, the number of buckets that are not empty, and each of them with its count, as varints.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let full = || self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        write_varint(out, self.sum_ms);
        write_varint(out, full().count() as u64);
        for (bucket, count) in full() {
            write_varint(out, bucket as u64);
            write_varint(out, *count);
        }
    }

    /// Takes one from the front of `bytes`; `None` if there is none that can be read.
    pub fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let mut histogram = Self::default();
        histogram.merge_encoded(bytes)?;
        Some(histogram)
    }

    /// Takes one from the front of `bytes` and counts all that it has; `None`, and nothing is counted, if it cannot be read.
    pub fn merge_encoded(&mut self, bytes: &mut &[u8]) -> Option<()> {
        let end = Self::walk(bytes, |_, _| {})?.1;
        let (sum_ms, _) = Self::walk(bytes, |bucket, count| {
            self.counts[bucket] = self.counts[bucket].saturating_add(count);
        })?;
        self.sum_ms = self.sum_ms.saturating_add(sum_ms);
        *bytes = end;
        Some(())
    }

    /// Calls `f` with each bucket and its count; gives the sum, and what stands behind.
    fn walk(mut bytes: &[u8], mut f: impl FnMut(usize, u64)) -> Option<(u64, &[u8])> {
        let sum_ms = read_varint(&mut bytes)?;
        for _ in 0..read_varint(&mut bytes)? {
            let bucket = usize::try_from(read_varint(&mut bytes)?).ok().filter(|bucket| *bucket < BUCKETS)?;
            f(bucket, read_varint(&mut bytes)?);
        }
        Some((sum_ms, bytes))
    }
}

/// LEB128: seven bits a byte, the lowest first.
fn write_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut n = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        n |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(n);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(times: &[u32]) -> Histogram {
        let mut histogram = Histogram::default();
        times.iter().for_each(|&ms| histogram.add(ms));
        histogram
    }

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        for bucket in 1..BUCKETS {
            let lower = u32::try_from(Histogram::lower_ms(bucket)).expect("an hour or so");
            assert_eq!((Histogram::bucket(lower - 1), Histogram::bucket(lower)), (bucket - 1, bucket));
        }
        assert_eq!(Histogram::bucket(u32::MAX), BUCKETS - 1);
    }

    #[test]
    fn none_has_no_percentile_and_one_has_only_its_own() {
        assert_eq!(of(&[]).percentile(0.5), None);
        assert_eq!((of(&[2]).percentile(0.5), of(&[2]).percentile(0.99)), (Some(2.5), Some(2.5)));
        assert_eq!(of(&[u32::MAX]).percentile(0.5), Some(4_194_304.0));
    }

    #[test]
    fn damaged_bytes_are_no_histogram_and_no_panic() {
        let mut bytes = Vec::new();
        of(&[1, 50, 900_000]).encode(&mut bytes);
        for end in 0..bytes.len() {
            assert_eq!(Histogram::decode(&mut &bytes[..end]), None);
        }
        assert_eq!(Histogram::decode(&mut &[0xff; 40][..]), None);
        assert_eq!(Histogram::decode(&mut &[0, 1, 85, 1][..]), None);
    }

    proptest! {
        #[test]
        fn a_percentile_is_within_a_buckets_width_of_the_sorted_list(
            mut times in proptest::collection::vec(prop_oneof![0u32..20, 0u32..5_000, 0u32..4_000_000], 1..200),
            q in 0.01f64..1.0,
        ) {
            let found = of(&times).percentile(q).expect("there are some");
            times.sort_unstable();
            let rank = ((q * times.len() as f64).ceil() as usize).clamp(1, times.len());
            let bucket = Histogram::bucket(times[rank - 1]);
            prop_assert!(found >= Histogram::lower_ms(bucket) as f64 && found <= Histogram::lower_ms(bucket + 1) as f64);
        }

        #[test]
        fn bytes_bring_back_the_same_and_sums_do_not_depend_on_the_order(
            a in proptest::collection::vec(any::<u32>(), 0..50),
            b in proptest::collection::vec(any::<u32>(), 0..50),
        ) {
            let mut sum = of(&a);
            sum.merge(&of(&b));
            prop_assert_eq!(&sum, &of(&[b, a].concat()));
            let mut bytes = Vec::new();
            sum.encode(&mut bytes);
            prop_assert_eq!(Histogram::decode(&mut bytes.as_slice()), Some(sum));
        }
    }
}
