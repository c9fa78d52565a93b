//! How long things took: one count for each of a fixed row of buckets, four to every doubling.
//!
//! Times are whole numbers of 32 bits, of milliseconds or of microseconds, as whoever counts them has it. Buckets of 0 to 3
//! are one wide; from there on a bucket is a quarter of the power of two below it, so that its width is at most a quarter of
//! what is in it. The layout is part of what the store keeps: it never changes.

/// The number of buckets: those of all 32 bits.
pub const BUCKETS: usize = 124;

/// Counts by bucket, and the sum of what was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    sum: u64,
    counts: [u64; BUCKETS],
    /// A bit for each bucket that is not empty: most are.
    full: u128,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { sum: 0, counts: [0; BUCKETS], full: 0 }
    }
}

impl Histogram {
    /// The bucket of this time.
    pub const fn bucket(time: u32) -> usize {
        if time < 4 {
            return time as usize;
        }
        let power = time.ilog2();
        ((power - 1) * 4 + ((time >> (power - 2)) & 3)) as usize
    }

    /// The least time in this bucket.
    pub const fn lower(bucket: usize) -> u64 {
        if bucket < 4 { bucket as u64 } else { (4 + bucket as u64 % 4) << (bucket / 4 - 1) }
    }

    /// Counts one.
    pub fn add(&mut self, time: u32) {
        self.sum = self.sum.saturating_add(time.into());
        self.count_in(Self::bucket(time), 1);
    }

    /// Counts all that another one has.
    pub fn merge(&mut self, other: &Self) {
        self.sum = self.sum.saturating_add(other.sum);
        other.buckets().for_each(|(bucket, count)| self.count_in(bucket, count));
    }

    fn count_in(&mut self, bucket: usize, count: u64) {
        self.counts[bucket] = self.counts[bucket].saturating_add(count);
        self.full |= u128::from(self.counts[bucket] > 0) << bucket;
    }

    /// The buckets that are not empty, with their counts.
    fn buckets(&self) -> impl Iterator<Item = (usize, u64)> {
        let mut left = self.full;
        std::iter::from_fn(move || {
            let bucket = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            self.counts.get(bucket).map(|count| (bucket, *count))
        })
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.below(BUCKETS)
    }

    /// What they took together.
    pub const fn sum(&self) -> u64 {
        self.sum
    }

    /// How many took less than [`Self::lower`] of this bucket.
    pub fn below(&self, bucket: usize) -> u64 {
        let below = self.buckets().take_while(|(at, _)| *at < bucket);
        below.fold(0, |sum, (_, count)| sum.saturating_add(count))
    }

    /// The time within which the share `q` of them ended; `None` of none. It lies in the bucket of the value at the rank
    /// `ceil(q * count)` of the sorted list, at that rank's place between the bucket's bounds.
    pub fn percentile(&self, q: f64) -> Option<f64> {
        let count = self.count();
        let rank = ((q * count as f64).ceil() as u64).clamp(1, count.max(1));
        let mut before: u64 = 0;
        for (bucket, here) in self.buckets() {
            if before.saturating_add(here) >= rank {
                let lower = Self::lower(bucket);
                let width = Self::lower(bucket + 1) - lower;
                return Some(lower as f64 + width as f64 * ((rank - before) as f64 - 0.5) / here as f64);
            }
            before = before.saturating_add(here);
        }
        None
    }

    /// Appends it to `out`: the sum, the number of buckets that are not empty, and each of them with its count, as varints.
    pub fn encode(&self, out: &mut Vec<u8>) {
        write_varint(out, self.sum);
        write_varint(out, self.full.count_ones().into());
        for (bucket, count) in self.buckets() {
            write_varint(out, bucket as u64);
            write_varint(out, count);
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
        let (sum, _) = Self::walk(bytes, |bucket, count| self.count_in(bucket, count))?;
        self.sum = self.sum.saturating_add(sum);
        *bytes = end;
        Some(())
    }

    /// Calls `f` with each bucket and its count; gives the sum, and what stands behind.
    fn walk(mut bytes: &[u8], mut f: impl FnMut(usize, u64)) -> Option<(u64, &[u8])> {
        let sum = read_varint(&mut bytes)?;
        for _ in 0..read_varint(&mut bytes)? {
            let bucket = usize::try_from(read_varint(&mut bytes)?).ok().filter(|bucket| *bucket < BUCKETS)?;
            f(bucket, read_varint(&mut bytes)?);
        }
        Some((sum, bytes))
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
            let lower = u32::try_from(Histogram::lower(bucket)).expect("32 bits");
            assert_eq!((Histogram::bucket(lower - 1), Histogram::bucket(lower)), (bucket - 1, bucket));
        }
        assert_eq!(Histogram::bucket(u32::MAX), BUCKETS - 1);
    }

    #[test]
    fn none_has_no_percentile_and_one_has_only_its_own() {
        assert_eq!(of(&[]).percentile(0.5), None);
        assert_eq!((of(&[2]).percentile(0.5), of(&[2]).percentile(0.99)), (Some(2.5), Some(2.5)));
        assert_eq!(of(&[u32::MAX]).percentile(0.5), Some(4_026_531_840.0));
    }

    #[test]
    fn damaged_bytes_are_no_histogram_and_no_panic() {
        let mut bytes = Vec::new();
        of(&[1, 50, 900_000]).encode(&mut bytes);
        for end in 0..bytes.len() {
            assert_eq!(Histogram::decode(&mut &bytes[..end]), None);
        }
        assert_eq!(Histogram::decode(&mut &[0xff; 40][..]), None);
        assert_eq!(Histogram::decode(&mut &[0, 1, BUCKETS as u8, 1][..]), None);
    }

    #[test]
    fn counts_that_nobody_counted_do_not_overflow() {
        let most = [&[0xff; 9][..], &[1]].concat();
        let mut histogram = Histogram::default();
        for bucket in [3, 3, 80] {
            let bytes = [&most[..], &[1, bucket], &most].concat();
            assert_eq!(histogram.merge_encoded(&mut bytes.as_slice()), Some(()));
        }
        assert_eq!((histogram.count(), histogram.sum()), (u64::MAX, u64::MAX));
        assert!(histogram.percentile(0.99).is_some() && histogram.below(100) == u64::MAX);
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
            prop_assert!(found >= Histogram::lower(bucket) as f64 && found <= Histogram::lower(bucket + 1) as f64);
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
