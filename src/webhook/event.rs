//! What a payload says about its event: `id` and `type` at its top level. It is read only after the signature holds.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::claim::is_name;

/// The two keys, whatever their values are.
#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
}

/// What the payload names; neither, where it is not a JSON object.
#[derive(Debug, Default, PartialEq)]
pub struct Event {
    /// Its `id`, if that is a string of sane form.
    pub id: Option<String>,
    /// Its `type`, likewise.
    pub event_type: Option<String>,
}

impl Event {
    /// Reads a body.
    pub fn of(body: &[u8]) -> Self {
        let Ok(payload) = serde_json::from_slice::<Payload<'_>>(body) else { return Self::default() };
        Self { id: payload.id.and_then(text), event_type: payload.kind.and_then(text) }
    }
}

fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str::<String>(value.get()).ok().filter(|text| is_name(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let Event { id, event_type } = Event::of(body.as_bytes());
        (id, event_type)
    }

    #[test]
    fn id_and_type_are_names_at_the_top_level() {
        let owned = |text: &str| Some(text.to_owned());
        assert_eq!(read(r#"{"id":"evt_1","type":"a.b","data":{"id":"x"}}"#), (owned("evt_1"), owned("a.b")));
        assert_eq!(read(r#"{"id":"\u0065vt","data":[1]}"#), (owned("evt"), None));
        assert_eq!(read(r#"{"id":7,"type":"x"}"#), (None, owned("x")));
        assert_eq!(read(r#"{"id":null,"type":["x"]}"#), (None, None));
        assert_eq!(read(r#"{"data":{"id":"x","type":"y"}}"#), (None, None));
    }

    #[test]
    fn what_is_no_name_or_no_object_names_nothing() {
        let long = format!(r#"{{"id":"{}"}}"#, "a".repeat(256));
        for body in
            [r#"{"id":"","type":"a b"}"#, r#"{"id":"a\n"}"#, r#"{"id":"ä"}"#, &long, "[]", "\"x\"", "", "{", "not JSON"]
        {
            assert_eq!(read(body), (None, None), "{body}");
        }
        assert_eq!(Event::of(b"{\"id\":\"\xff\"}"), Event::default());
    }
}
