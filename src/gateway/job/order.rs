//! What is asked of a job: one request or many, and what holds for all of them.

use serde_json::{Value as Json, json};

use crate::gateway::fields::{Fields, Flaw, Item};
use crate::gateway::value::{Key, Value};
use crate::store::MAX_PRIORITY;

/// The keys of `$request` that are the job's own; the others are a request's.
const OWN: [&str; 9] =
    ["items", "priority", "run_at", "idempotency_key", "store", "preview", "callback", "background", "within"];
/// How long a provider may take for a job that is not urgent.
const A_DAY: &str = "24h";
/// The longest key, name of a field or URL, in bytes.
const MAX_KEY_BYTES: usize = 191;
const MAX_META_KEY_BYTES: usize = 255;
const MAX_URL_BYTES: usize = 2_000;
/// The priority of a job of one item, and of one of many: who asks one thing is waiting for it.
const PRIORITIES: (u8, u8) = (5, 3);

/// A job as it is asked for.
#[derive(Debug)]
pub struct Order<'a> {
    /// Each request with its place to be stored.
    pub items: Vec<(Value<'a>, Option<Json>)>,
    /// Whether they came as a list.
    pub many: bool,
    pub priority: u8,
    /// Not before this time, in seconds since the epoch.
    pub run_at: Option<i64>,
    pub idempotency_key: Option<&'a str>,
    pub preview: bool,
    pub callback: Option<&'a str>,
    /// Whether the provider may answer later.
    pub background: bool,
    /// Whether it may take a day, and half the price.
    pub within_a_day: bool,
}

impl<'a> Order<'a> {
    /// Reads the argument `$request`.
    pub fn read(request: &Value<'a>) -> Result<Self, Flaw> {
        let (own, shared) = split(request, &OWN)?;
        let mut fields = Fields::of(&own)?;
        let items = match fields.list("items")? {
            None => vec![(shared, read_store(&mut fields)?)],
            Some(_) if fields.item("store").is_some() => {
                return Err(fields.flaw("store", "belongs into each of the items"));
            }
            Some(items) if items.is_empty() => return Err(fields.flaw("items", "must hold a request")),
            Some(items) => items.iter().map(|item| read_item(item, &shared)).collect::<Result<_, _>>()?,
        };
        let many = fields.item("items").is_some();
        let usual = if many { PRIORITIES.1 } else { PRIORITIES.0 };
        let order = Self {
            items,
            many,
            priority: fields.int("priority", 0, MAX_PRIORITY.into())?.map_or(usual, |n| n as u8),
            run_at: fields.int("run_at", 0, u32::MAX.into())?,
            idempotency_key: short(&mut fields, "idempotency_key", MAX_KEY_BYTES)?,
            preview: fields.bool("preview")?.unwrap_or(false),
            callback: short(&mut fields, "callback", MAX_URL_BYTES)?,
            background: fields.bool("background")?.unwrap_or(false),
            within_a_day: match fields.string("within")? {
                Some(A_DAY) => true,
                Some(_) => return Err(fields.flaw("within", format!("must be {A_DAY}"))),
                None => false,
            },
        };
        if order.within_a_day && order.items.len() < 2 {
            return Err(fields.flaw("within", "is for a job of two or more requests"));
        }
        if order.background && order.items.len() != 1 {
            return Err(fields.flaw("background", "is for a job of one request"));
        }
        fields.finish()?;
        Ok(order)
    }
}

/// Divides a map into the entries under these keys and the others.
fn split<'a>(value: &Value<'a>, keys: &[&str]) -> Result<(Value<'a>, Value<'a>), Flaw> {
    // Says what is wrong with a value that is no map.
    Fields::of(value)?;
    let Value::Array(entries) = value else { return Ok((Value::empty(), Value::empty())) };
    let is_own = |key: &Key<'_>| keys.iter().any(|own| *key == Key::Str(own.as_bytes()));
    let (own, others) = entries.iter().cloned().partition(|(key, _)| is_own(key));
    Ok((Value::Array(own), Value::Array(others)))
}

/// An item with what all of them share.
fn read_item<'a>(item: &Item<'_, 'a>, shared: &Value<'a>) -> Result<(Value<'a>, Option<Json>), Flaw> {
    let (own, mut request) = split(item.value(), &["store"]).map_err(|flaw| flaw.below(item.path()))?;
    let store =
        Fields::of(&own).and_then(|mut fields| read_store(&mut fields)).map_err(|flaw| flaw.below(item.path()))?;
    if let (Value::Array(entries), Value::Array(shared)) = (&mut request, shared) {
        let missing = shared.iter().filter(|(key, _)| entries.iter().all(|(own, _)| own != key)).cloned();
        let missing: Vec<_> = missing.collect();
        entries.extend(missing);
    }
    Ok((request, store))
}

/// The post and the field that want the result. Whether the caller may write them is for WordPress to say.
fn read_store(fields: &mut Fields<'_, '_>) -> Result<Option<Json>, Flaw> {
    let Some(mut store) = fields.fields("store")? else { return Ok(None) };
    let post_id = store.int("post_id", 1, i64::MAX)?.ok_or_else(|| store.flaw("post_id", "must be given"))?;
    let meta_key = short(&mut store, "meta_key", MAX_META_KEY_BYTES)?;
    let meta_key = meta_key.ok_or_else(|| store.flaw("meta_key", "must be given"))?;
    store.finish()?;
    Ok(Some(json!({"post_id": post_id, "meta_key": meta_key})))
}

/// A string of 1 to `max` bytes without control characters.
fn short<'a>(fields: &mut Fields<'_, 'a>, key: &'static str, max: usize) -> Result<Option<&'a str>, Flaw> {
    let text = fields.string(key)?;
    if text.is_some_and(|text| !(1..=max).contains(&text.len()) || text.chars().any(char::is_control)) {
        return Err(fields.flaw(key, format!("must have 1 to {max} bytes without control characters")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(request: &Json) -> String {
        Order::read(&Value::from(request)).expect_err("a flaw").sentence("aisp_job_enqueue", 1, "request")
    }

    #[test]
    fn items_have_what_all_share_unless_they_say_otherwise() {
        let json = json!({
            "model": "small", "system": "Be brief.", "run_at": 5, "callback": "https://example.com/",
            "items": [{"prompt": "A"}, {"prompt": "B", "model": "large", "store": {"post_id": 7, "meta_key": "text"}}]
        });
        let value = Value::from(&json);
        let order = Order::read(&value).expect("valid");
        let items: Vec<_> =
            order.items.iter().map(|(item, store)| (item.to_json().expect("JSON"), store.clone())).collect();
        assert_eq!(items[0], (json!({"prompt": "A", "model": "small", "system": "Be brief."}), None));
        let store = json!({"post_id": 7, "meta_key": "text"});
        assert_eq!(items[1], (json!({"prompt": "B", "model": "large", "system": "Be brief."}), Some(store)));
        assert_eq!((order.many, order.priority, order.run_at), (true, 3, Some(5)));
    }

    #[test]
    fn one_request_is_a_job_of_one_item() {
        let json = json!({"prompt": "A", "idempotency_key": "k", "preview": true, "store": {"post_id": 7, "meta_key": "text"}});
        let value = Value::from(&json);
        let order = Order::read(&value).expect("valid");
        assert_eq!(order.items[0].0.to_json(), Some(json!({"prompt": "A"})));
        assert_eq!((order.items.len(), order.many, order.priority, order.preview), (1, false, 5, true));
        assert!(order.items[0].1.is_some());
    }

    #[test]
    fn a_flaw_is_named_with_its_path() {
        for (request, wanted) in [
            (json!({"items": []}), "key \"items\" must hold a request"),
            (json!({"items": {"a": 1}}), "key \"items\" must be a list"),
            (json!({"items": ["A"]}), "key \"items[0]\" must be of type array, string given"),
            (json!({"items": [{}], "store": {}}), "key \"store\" belongs into each of the items"),
            (json!({"items": [{"store": {"meta_key": "x"}}]}), "key \"items[0].store.post_id\" must be given"),
            (json!({"store": {"post_id": 1, "meta_key": ""}}), "key \"store.meta_key\" must have 1 to 255 bytes"),
            (json!({"store": {"post_id": "1"}}), "key \"store.post_id\" must be of type int, string given"),
            (json!({"priority": 10}), "key \"priority\" must be between 0 and 9, 10 given"),
            (json!({"idempotency_key": ""}), "key \"idempotency_key\" must have 1 to 191 bytes"),
            (json!({"callback": 5}), "key \"callback\" must be of type string"),
        ] {
            assert!(flaw(&request).contains(wanted), "{}", flaw(&request));
        }
    }
}
