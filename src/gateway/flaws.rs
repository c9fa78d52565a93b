//! All flaws of a policy in one go: each is cut out of a copy, and the copy is read again.
//!
//! Readers stop at the first flaw, which is what a call needs. So that cutting one out makes no new one, models and
//! providers keep their names, and what refers to names that are lost for good is left alone.

use super::fields::Flaw;
use super::value::{Key, Value};

/// One flaw, for the screen that shows it beside its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The keys from the policy's root on, with dots between them: `quota.0.limit`. Empty for the policy as a whole.
    pub path: String,
    /// A sentence for an administrator that names the key.
    pub message: String,
}

/// The most flaws that are told at once.
const MAX_FLAWS: usize = 50;
/// How often a policy is read at most: some flaws take more than one cut.
const MAX_READINGS: usize = 4 * MAX_FLAWS;

/// What `check` finds wrong with a policy, and with what is left of it after each cut.
pub fn all<'a>(policy: &Value<'a>, check: impl Fn(&Value<'a>) -> Result<(), Flaw>) -> Vec<Found> {
    let mut copy = Copy { root: policy.clone(), cuts: Vec::new(), gone: Vec::new(), names_are_lost: false };
    let mut found: Vec<Found> = Vec::new();
    for _ in 0..MAX_READINGS {
        let Err(flaw) = check(&copy.root) else { break };
        let place = copy.locate(flaw.path());
        if !copy.has_made(&flaw, &place) {
            let subject = if place.path.is_empty() { "The policy".to_owned() } else { format!("\"{}\"", place.shown) };
            found.push(Found { path: place.path.clone(), message: format!("{subject} {}.", flaw.problem()) });
        }
        if found.len() == MAX_FLAWS || !copy.cut(place) {
            break;
        }
    }
    found
}

/// A policy from which what is wrong is cut out.
struct Copy<'a> {
    root: Value<'a>,
    /// The paths of the flaws so far.
    cuts: Vec<String>,
    /// Items of lists that are not there any more: the list's path, and the item's place in the list as it was given.
    gone: Vec<(String, usize)>,
    /// Whether all models or all providers are gone.
    names_are_lost: bool,
}

/// Where a flaw is, in terms of the policy as it was given.
#[derive(Default)]
struct Place {
    /// The way there, or to the last value on it that exists: positions among the entries of each array.
    steps: Vec<usize>,
    /// The keys with dots between them.
    path: String,
    /// The same as messages have it: `quota[0].limit`.
    shown: String,
    /// Where the way ends at an item of a list: the list's path, and the item's place there as it was given.
    item: Option<(String, usize)>,
}

impl<'a> Copy<'a> {
    /// Follows the path of a flaw as far as there are values. Names may have dots in them, so it takes the values to read it.
    fn locate(&self, path: &str) -> Place {
        let (mut place, mut rest, mut value) = (Place::default(), path, &self.root);
        while let Value::Array(entries) = value
            && let Some((step, is_item, after)) = next(entries, rest, place.steps.is_empty())
        {
            if is_item {
                let item = self.as_given(&place.path, step);
                place.shown += &format!("[{item}]");
                let list = place.path.clone();
                place.path += &format!(".{item}");
                place.item = Some((list, item));
            } else {
                let key = &rest[..rest.len() - after.len()];
                place.shown += key;
                place.path += key;
                place.item = None;
            }
            place.steps.push(step);
            (value, rest) = (&entries[step].1, after);
        }
        place.shown += rest;
        place.path += &rest.replace('[', ".").replace(']', "");
        place
    }

    /// Where an item of the list at `path` stood in the policy as it was given.
    fn as_given(&self, path: &str, item: usize) -> usize {
        let mut gone: Vec<usize> = self.gone.iter().filter(|(list, _)| list == path).map(|(_, item)| *item).collect();
        gone.sort_unstable();
        gone.into_iter().fold(item, |item, gone| if gone <= item { item + 1 } else { item })
    }

    /// Whether a flaw has come of a cut: at its place, in what it was cut out of, or in what names it.
    fn has_made(&self, flaw: &Flaw, place: &Place) -> bool {
        let is_within =
            |cut: &String| cut.strip_prefix(&place.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        flaw.is_dangling() && self.names_are_lost || self.cuts.iter().any(is_within)
    }

    /// Cuts a value out, and says whether there was one. A model or a provider keeps its name at first.
    fn cut(&mut self, place: Place) -> bool {
        self.cuts.push(place.path);
        let Some((last, above)) = place.steps.split_last() else { return self.forget_providers() };
        let (mut value, mut parent) = (&mut self.root, "");
        for step in above {
            let Value::Array(entries) = value else { return false };
            let (key, inner) = &mut entries[*step];
            (parent, value) = (named(key), inner);
        }
        let Value::Array(entries) = value else { return false };
        let (key, inner) = &mut entries[*last];
        if place.item.is_none()
            && let Some(stand_in) = stand_in(parent).filter(|stand_in| stand_in != inner)
        {
            *inner = stand_in;
            return true;
        }
        self.names_are_lost |= stand_in(named(key)).is_some();
        entries.remove(*last);
        if let Some(item) = place.item {
            (*last..).zip(&mut entries[*last..]).for_each(|(i, entry)| entry.0 = Key::Int(i as i64));
            self.gone.push(item);
        }
        true
    }

    /// What is wrong with the policy as a whole, where a key is missing, is wrong for the providers that it has.
    fn forget_providers(&mut self) -> bool {
        let Value::Array(entries) = &mut self.root else { return false };
        let before = entries.len();
        entries.retain(|(key, _)| named(key) != "providers");
        self.names_are_lost = true;
        entries.len() < before
    }
}

/// What stands for a model or a provider with a flaw, by the key of the map that it is in.
fn stand_in(map: &str) -> Option<Value<'static>> {
    let text = |name: &'static str, value: &'static str| (Key::Str(name.as_bytes()), Value::Str(value.as_bytes()));
    match map {
        "models" => Some(Value::empty()),
        "providers" => {
            Some(Value::Array(vec![text("kind", "openai_chat"), text("base_url", "https://provider.invalid")]))
        }
        _ => None,
    }
}

fn named<'k>(key: &Key<'k>) -> &'k str {
    match key {
        Key::Int(_) => "",
        Key::Str(name) => std::str::from_utf8(name).unwrap_or_default(),
    }
}

/// The entry that a path leads to, whether it is an item of a list, and what of the path is left after it.
fn next<'p>(entries: &[(Key<'_>, Value<'_>)], path: &'p str, is_root: bool) -> Option<(usize, bool, &'p str)> {
    if !is_root && let Some(item) = path.strip_prefix('[') {
        let (place, rest) = item.split_once(']')?;
        return place.parse().ok().filter(|place| *place < entries.len()).map(|place| (place, true, rest));
    }
    let path = if is_root { path } else { path.strip_prefix('.')? };
    let after = |name: &str| {
        let rest = path.strip_prefix(name).filter(|_| !name.is_empty())?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
    };
    let found = entries.iter().enumerate().filter_map(|(step, (key, _))| {
        let rest = after(named(key)).or_else(|| after(&key.shown()))?;
        Some((step, false, rest))
    });
    found.min_by_key(|(_, _, rest)| rest.len())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::gateway::check_policy;

    fn found(policy: &Json) -> Vec<(String, String)> {
        check_policy(&policy.into()).into_iter().map(|found| (found.path, found.message)).collect()
    }

    fn paths(policy: &Json) -> Vec<String> {
        let mut paths: Vec<String> = found(policy).into_iter().map(|(path, _)| path).collect();
        paths.sort_unstable();
        paths
    }

    #[test]
    fn every_key_of_a_policy_is_told_with_a_path_and_a_sentence() {
        let policy = json!({
            "quota": [{"per": "user", "limit": 5, "period": 60}, {"per": "user", "limit": 0, "period": 60}],
            "timeout_ms": "fast",
        });
        assert_eq!(
            found(&policy),
            [
                ("quota.1.limit".into(), "\"quota[1].limit\" must be between 1 and 1000000, 0 given.".into()),
                ("timeout_ms".into(), "\"timeout_ms\" must be of type int, string given.".into()),
            ]
        );
    }

    #[test]
    fn a_flaw_of_each_entry_is_found_where_it_stands() {
        let rule = |limit: i64, period: i64| json!({"per": "site", "limit": limit, "period": period});
        let policy = json!({
            "models": {"gpt-4.1": {"price": {"in": -1, "out": 1}}, "a.b": {"route": []}, "good": {}},
            "providers": {
                "x": {"kind": "soap", "base_url": "https://x.example"}, "y": {"base_url": "https://y.example"},
                "openai": {"key_env": "sk-1", "timeout_ms": 0, "color": "red"},
            },
            "quota": [rule(0, 60), rule(5, 60), rule(0, 60), {"per": "planet"}, rule(5, 0)],
            "redact": {"patterns": {"a": "[", "b": "x+", "c": "("}},
            "clients": {"shop": {"policy": {}}, "till": {"secret_env": "TILL", "policy": {"cache": {"ttl": -1}}}},
            "tokens": {"secret_env": "TOKENS", "models": ["gpt-99"], "ttl": 0},
            "allow": {"infer": []}, "proxies": ["x"], "origins": ["*", "https://good.example", "x"],
            "qouta": [], "jobs": {"max": 1}, "metrics": {"token_env": "a-b"}, "moderate": "all",
        });
        assert_eq!(
            paths(&policy),
            [
                "allow.infer",
                "clients.shop.secret_env",
                "clients.till.policy.cache.ttl",
                "jobs.max",
                "metrics.token_env",
                "models.a.b.route",
                "models.gpt-4.1.price.in",
                "moderate",
                "origins.0",
                "origins.2",
                "providers.openai.color",
                "providers.openai.key_env",
                "providers.openai.timeout_ms",
                "providers.x.kind",
                "providers.y.kind",
                "proxies",
                "qouta",
                "quota.0.limit",
                "quota.2.limit",
                "quota.3.per",
                "quota.4.period",
                "redact.patterns.a",
                "redact.patterns.c",
                "tokens.models",
                "tokens.ttl",
            ]
        );
    }

    #[test]
    fn what_refers_to_a_name_with_a_flaw_has_none_itself() {
        let route = json!({"m": {"route": [["own", "m"], ["gone", "m"]]}, "n": {"route": [["own", "n"]]}});
        let policy = json!({
            "providers": {"own": {"kind": "soap"}}, "models": route, "default_model": "m",
            "moderate": {"by": "n"}, "tokens": {"secret_env": "TOKENS", "models": ["n", "o"]},
        });
        assert_eq!(paths(&policy), ["models.m.route.1", "providers.own.kind", "tokens.models"]);
        let lost = json!({
            "providers": "openai", "models": {"m": {"route": [["own", "m"]]}, "n": {"price": 5}}, "default_model": "m",
            "cache": 5,
        });
        assert_eq!(paths(&lost), ["cache", "models.n.price", "providers"]);
        let unlisted = json!({"models": 7, "default_model": "own", "moderate": {"by": "own"}, "max_attempts": 0});
        assert_eq!(paths(&unlisted), ["max_attempts", "models"]);
    }

    #[test]
    fn providers_without_models_are_told_once_and_the_rest_all_the_same() {
        let policy = json!({"providers": {"ollama": {}}, "default_model": "llama3", "origins": ["*"], "x": 1});
        assert_eq!(paths(&policy), ["models", "origins.0", "x"]);
    }

    #[test]
    fn the_policy_as_a_whole_has_no_path_and_too_many_flaws_come_to_an_end() {
        assert_eq!(found(&json!("x")), [(String::new(), "The policy must be of type array, string given.".to_owned())]);
        let many: serde_json::Map<String, Json> = (0..500).map(|i| (format!("key.{i}[0]"), json!(1))).collect();
        assert_eq!(found(&Json::Object(many)).len(), super::MAX_FLAWS);
    }
}
