//! One line of JSON a call, for administrators who collect logs outside of WordPress.

use std::path::PathBuf;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Quiet, Record, rotate};

static COMPLAINT: Quiet = Quiet::new();

/// PHP's error log.
pub trait Journal {
    /// Writes one line. It holds no prompt, answer or key.
    fn line(&self, text: &str);
}

/// Where a line per call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// Nowhere.
    Off,
    /// PHP's error log.
    ErrorLog,
    /// Appended to a file.
    File(PathBuf),
}

impl LogTarget {
    /// Reads the php.ini entry `aisp.log`.
    ///
    /// # Errors
    /// A sentence that names the entry.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" | "off" | "0" => Ok(Self::Off),
            "error_log" => Ok(Self::ErrorLog),
            path if path.starts_with('/') => Ok(Self::File(path.into())),
            _ => Err("aisp.log must be off, error_log or an absolute path.".to_owned()),
        }
    }
}

/// Writes a record where `aisp.log` says. A log that cannot be written does not fail the call it is about.
pub fn write_line(record: &Record, target: &LogTarget, journal: &dyn Journal) {
    match target {
        LogTarget::Off => {}
        LogTarget::ErrorLog => journal.line(&format!("aisp: {}", json(record))),
        LogTarget::File(path) => {
            if let Err(error) = rotate::append(path, &format!("{}\n", json(record)))
                && COMPLAINT.is_over()
            {
                journal.line(&format!("aisp: cannot write aisp.log, {}: {error}", path.display()));
            }
        }
    }
}

/// The record under its own names, and what it has in common with those of other programs under OpenTelemetry's.
/// Source: OpenTelemetry semantic conventions, generative AI client spans and general attributes.
#[derive(Serialize)]
struct Line<'a> {
    time: Option<String>,
    #[serde(flatten)]
    record: &'a Record,
    #[serde(rename = "gen_ai.operation.name")]
    operation: &'static str,
    #[serde(rename = "gen_ai.provider.name", skip_serializing_if = "str::is_empty")]
    provider: &'a str,
    #[serde(rename = "gen_ai.request.model", skip_serializing_if = "str::is_empty")]
    model: &'a str,
    #[serde(rename = "gen_ai.usage.input_tokens")]
    input_tokens: u32,
    #[serde(rename = "gen_ai.usage.output_tokens")]
    output_tokens: u32,
    #[serde(rename = "http.response.status_code")]
    status_code: u16,
    #[serde(rename = "error.type", skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The line's JSON, in which control characters are escaped.
fn json(record: &Record) -> String {
    let began = OffsetDateTime::from_unix_timestamp(record.created_at).ok();
    let line = Line {
        time: began.and_then(|time| time.format(&Rfc3339).ok()),
        record,
        operation: "chat",
        provider: if record.provider == "google" { "gcp.gemini" } else { &record.provider },
        model: &record.model,
        input_tokens: record.tokens_in,
        output_tokens: record.tokens_out,
        status_code: record.status_code,
        error: record.error.as_deref(),
    };
    serde_json::to_string(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Deaf;

    impl Journal for Deaf {
        fn line(&self, _: &str) {}
    }

    #[test]
    fn a_record_is_one_line_whatever_it_holds() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("aisp.log");
        let record = Record { source: "a\nb".to_owned(), ..Record::default() };
        for _ in 0..2 {
            write_line(&record, &LogTarget::File(path.clone()), &Deaf);
        }
        let text = std::fs::read_to_string(path).expect("the log");
        assert_eq!(text.lines().count(), 2);
        let back: Record = serde_json::from_str(text.lines().next().unwrap_or_default()).expect("JSON");
        assert_eq!(back, record);
    }

    #[test]
    fn a_line_has_the_names_that_opentelemetry_knows() {
        let record = Record {
            created_at: 1_764_072_000,
            provider: "google".to_owned(),
            model: "gemini".to_owned(),
            tokens_in: 3,
            tokens_out: 5,
            ..Record::default()
        };
        let value: serde_json::Value =
            serde_json::from_str(&json(&record.failed(502, "provider_error"))).expect("JSON");
        for (name, wanted) in [
            ("time", "2025-11-25T12:00:00Z".into()),
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.provider.name", "gcp.gemini".into()),
            ("gen_ai.request.model", "gemini".into()),
            ("gen_ai.usage.input_tokens", 3.into()),
            ("gen_ai.usage.output_tokens", 5.into()),
            ("http.response.status_code", 502.into()),
            ("error.type", "provider_error".into()),
        ] {
            assert_eq!(value[name], serde_json::Value::clone(&wanted), "{name}");
        }
        let value: serde_json::Value = serde_json::from_str(&json(&Record::default())).expect("JSON");
        assert_eq!(value.get("error.type"), None);
        assert_eq!(value.get("gen_ai.provider.name"), None);
    }
}
