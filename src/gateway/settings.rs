//! The settings of the machine: php.ini entries with the prefix `aisp.`, read at request time because FPM pools set them
//! after the module has started.

use std::ffi::CStr;
use std::time::Duration;

use super::policy::{MAX_ATTEMPTS, MAX_TIMEOUT_MS};
use crate::audit::LogTarget;
use crate::store::Location;
use crate::upstream::{Allowed, Net, check_ca_file};

/// The entries with their defaults, as they are declared to PHP.
pub const ENTRIES: [(&CStr, &CStr); 8] = [
    (c"aisp.store", c""),
    (c"aisp.timeout_ms", c"15000"),
    (c"aisp.connect_timeout_ms", c"3000"),
    (c"aisp.max_attempts", c"3"),
    (c"aisp.max_response_bytes", c"16777216"),
    (c"aisp.allowed_hosts", c""),
    (c"aisp.ca_file", c""),
    (c"aisp.log", c"off"),
];

/// The default of an entry; empty for one that there is not.
pub fn default_of(name: &str) -> &'static str {
    let entry = ENTRIES.iter().find(|(entry, _)| entry.to_bytes() == name.as_bytes());
    entry.and_then(|(_, default)| default.to_str().ok()).unwrap_or_default()
}

/// The settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the store is.
    pub store: Location,
    /// The deadline of a call whose policy has none.
    pub timeout_ms: u32,
    /// The attempts of a call whose policy does not say.
    pub max_attempts: u32,
    /// How providers are reached.
    pub net: Net,
    /// Where a line per call goes.
    pub log: LogTarget,
}

impl Settings {
    /// Reads all entries through `get`. Every bad value is reported, in a sentence that names its entry.
    pub fn read(get: impl Fn(&str) -> String) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut number = |name: &str, min: i64, max: i64| {
            let text = get(name);
            let parsed = text.trim().parse().ok().filter(|n| (min..=max).contains(n));
            parsed.unwrap_or_else(|| {
                problems.push(format!("{name} must be a whole number between {min} and {max}."));
                min
            })
        };
        let timeout_ms = number("aisp.timeout_ms", 1, MAX_TIMEOUT_MS) as u32;
        let connect_ms = number("aisp.connect_timeout_ms", 1, MAX_TIMEOUT_MS).unsigned_abs();
        let max_attempts = number("aisp.max_attempts", 1, MAX_ATTEMPTS) as u32;
        let max_response_bytes = number("aisp.max_response_bytes", 1_024, 1 << 30).unsigned_abs();

        let store = Location::parse(&get("aisp.store")).map_err(|problem| problems.push(format!("{problem}.")));
        let allowed = Allowed::parse(&get("aisp.allowed_hosts"))
            .map_err(|problem| problems.push(format!("aisp.allowed_hosts: {problem}.")));
        let ca_file = Some(get("aisp.ca_file").trim().to_owned()).filter(|path| !path.is_empty());
        if let Some(Err(problem)) = ca_file.as_deref().map(check_ca_file) {
            problems.push(format!("aisp.ca_file {problem}."));
        }
        let log = LogTarget::parse(get("aisp.log").trim()).map_err(|problem| problems.push(problem));
        match (store, allowed, log) {
            (Ok(store), Ok(allowed), Ok(log)) if problems.is_empty() => {
                let connect_timeout = Duration::from_millis(connect_ms);
                let net = Net { connect_timeout, max_response_bytes, allowed, ca_file };
                Ok(Self { store, timeout_ms, max_attempts, net, log })
            }
            _ => Err(problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<Settings, Vec<String>> {
        Settings::read(|entry| if entry == name { value.to_owned() } else { default_of(entry).to_owned() })
    }

    #[test]
    fn the_defaults_are_valid() {
        let settings = read("", "").expect("the defaults");
        assert_eq!((settings.timeout_ms, settings.max_attempts, settings.log), (15_000, 3, LogTarget::Off));
    }

    #[test]
    fn a_bad_value_is_named_by_its_entry() {
        for (name, value) in [
            ("aisp.timeout_ms", "soon"),
            ("aisp.timeout_ms", "0"),
            ("aisp.max_attempts", "11"),
            ("aisp.max_response_bytes", "-1"),
            ("aisp.store", "mysql://x"),
            ("aisp.store", "sqlite:relative.db"),
            ("aisp.ca_file", "/nonexistent.pem"),
            ("aisp.allowed_hosts", "http://x/"),
            ("aisp.log", "syslog"),
        ] {
            let problems = read(name, value).err().unwrap_or_default();
            assert!(problems.len() == 1 && problems[0].contains(name), "{name}={value}: {problems:?}");
        }
    }
}
