//! The Prometheus text exposition format, version 0.0.4: families of samples, each with what it means and its type.
//!
//! Source: https://prometheus.io/docs/instrumenting/exposition_formats/

use std::fmt::{Display, Write};

use super::Histogram;

/// The labels of a sample, in the order in which they are written.
pub type Labels<'l> = [(&'l str, &'l str)];

/// What a histogram counts, and which powers of two of it are bounds in the text.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// From one of them to 70 minutes.
    Milliseconds,
    /// From 16 of them to a minute.
    Microseconds,
}

impl Unit {
    const fn per_second(self) -> f64 {
        match self {
            Self::Milliseconds => 1e3,
            Self::Microseconds => 1e6,
        }
    }

    fn bounds(self) -> impl Iterator<Item = u32> {
        let powers = match self {
            Self::Milliseconds => 0..=22,
            Self::Microseconds => 4..=26,
        };
        powers.map(|power| 1 << power)
    }
}

/// A text under construction. The samples of a family follow each other, as the format demands.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// Begins a family of counters, whose name ends in `_total`.
    pub fn counter(&mut self, name: &str, help: &str) {
        self.family(name, help, "counter");
    }

    /// Begins a family of values that rise and fall.
    pub fn gauge(&mut self, name: &str, help: &str) {
        self.family(name, help, "gauge");
    }

    /// Begins a family of histograms, whose name ends in the unit.
    pub fn histogram(&mut self, name: &str, help: &str) {
        self.family(name, help, "histogram");
    }

    fn family(&mut self, name: &str, help: &str, kind: &str) {
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// Adds a sample to the family that was begun last.
    pub fn sample(&mut self, name: &str, labels: &Labels<'_>, value: impl Display) {
        self.0.push_str(name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"{}\"", if at == 0 { '{' } else { ',' }, escaped(text));
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// Adds a histogram to the family that was begun last, in seconds: one bucket a doubling. Times are whole units, so that
    /// what is below a bound is also what is at most at it.
    pub fn buckets(&mut self, name: &str, labels: &Labels<'_>, histogram: &Histogram, unit: Unit) {
        let bucket = format!("{name}_bucket");
        for bound in unit.bounds() {
            let le = (f64::from(bound) / unit.per_second()).to_string();
            let below = histogram.below(Histogram::bucket(bound));
            self.sample(&bucket, &[labels, &[("le", le.as_str())]].concat(), below);
        }
        self.sample(&bucket, &[labels, &[("le", "+Inf")]].concat(), histogram.count());
        self.sample(&format!("{name}_sum"), labels, histogram.sum() as f64 / unit.per_second());
        self.sample(&format!("{name}_count"), labels, histogram.count());
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.0
    }
}

/// A label's value as the format wants it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_its_labels_escaped() {
        let mut text = Exposition::default();
        text.counter("aisp_calls_total", "Calls.\nAll \\ of them.");
        text.sample("aisp_calls_total", &[("model", "a\"b\\c\nd"), ("route", "/infer")], 3);
        text.gauge("aisp_spool_records", "Records.");
        text.sample("aisp_spool_records", &[], 0.5);
        assert_eq!(
            text.finish(),
            "# HELP aisp_calls_total Calls.\\nAll \\\\ of them.\n# TYPE aisp_calls_total counter\n\
            aisp_calls_total{model=\"a\\\"b\\\\c\\nd\",route=\"/infer\"} 3\n\
            # HELP aisp_spool_records Records.\n# TYPE aisp_spool_records gauge\naisp_spool_records 0.5\n"
        );
    }

    #[test]
    fn buckets_grow_to_the_count() {
        let mut histogram = Histogram::default();
        [0, 1, 3, 900, u32::MAX].into_iter().for_each(|ms| histogram.add(ms));
        let mut text = Exposition::default();
        text.buckets("h", &[("a", "b")], &histogram, Unit::Milliseconds);
        let text = text.finish();
        let values: Vec<(&str, u64)> = text
            .lines()
            .filter_map(|line| line.strip_prefix("h_bucket{a=\"b\",le=\"")?.split_once("\"} "))
            .map(|(le, count)| (le, count.parse().expect("a count")))
            .collect();
        assert!(values.is_sorted_by_key(|(_, count)| *count));
        assert_eq!((values[0], values[2]), (("0.001", 1), ("0.004", 3)));
        assert_eq!(values.iter().find(|(le, _)| *le == "1.024"), Some(&("1.024", 4)));
        assert_eq!(values.last(), Some(&("+Inf", 5)));
        let mut small = Exposition::default();
        small.buckets("h", &[], &histogram, Unit::Microseconds);
        assert!(small.finish().contains("h_bucket{le=\"0.000016\"} 3\n"));
        assert!(text.ends_with("h_sum{a=\"b\"} 4294968.199\nh_count{a=\"b\"} 5\n"), "{text}");
    }
}
