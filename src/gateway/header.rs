//! The headers of a request as PHP has them: a string or a list of strings by name, in any case, with hyphens or (as WordPress
//! does) underscores. They come from outside: whatever is wrong with them is wrong with the request, never with the code that
//! hands them on.

use super::value::{Key, Value};
use crate::header_name::is_same;
use crate::signing::Reason;

/// Every line of every header, in their order: its name, and its bytes unless it is no string. A number is no name, and null is
/// no line.
pub fn all<'v, 'a>(headers: &'v Value<'a>) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + use<'v, 'a> {
    let entries = if let Value::Array(entries) = headers { entries.as_slice() } else { &[] };
    let named =
        entries.iter().filter_map(|(key, value)| if let Key::Str(name) = key { Some((*name, value)) } else { None });
    named.flat_map(|(name, value)| {
        let (one, many) = match value {
            Value::Null => (None, &[][..]),
            Value::Array(values) => (None, values.as_slice()),
            one => (Some(one), &[][..]),
        };
        let bytes = |line: &Value<'a>| if let Value::Str(bytes) = line { Some(*bytes) } else { None };
        one.into_iter().chain(many.iter().map(|(_, value)| value)).map(move |line| (name, bytes(line)))
    })
}

/// The lines of one header, each `None` if it is no text.
fn of<'a>(headers: &Value<'a>, name: &str) -> impl Iterator<Item = Option<&'a str>> {
    all(headers).filter(move |(given, _)| is_same(given, name)).map(|(_, line)| std::str::from_utf8(line?).ok())
}

/// The one value of a header; `None` if it is not there.
///
/// # Errors
/// [`Reason::Malformed`] if it is there more than once, or is no text.
pub fn single<'a>(headers: &Value<'a>, name: &str) -> Result<Option<&'a str>, Reason> {
    if !matches!(headers, Value::Array(_)) {
        return Err(Reason::Malformed);
    }
    let mut lines = of(headers, name);
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(Some(text)), None) => Ok(Some(text)),
        _ => Err(Reason::Malformed),
    }
}

/// All lines of a header, in their order; one that is no text is a line that nobody can read.
pub fn lines<'a>(headers: &Value<'a>, name: &str) -> Vec<&'a str> {
    of(headers, name).map(|line| line.unwrap_or("?")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn a_header_is_found_however_php_spells_it_and_only_once() {
        let of = |headers: Json| single(&Value::from(&headers), "X-Sign").map(|found| found.map(str::to_owned));
        let found = Ok(Some("a".to_owned()));
        for headers in [
            json!({"X-Sign": "a", "Host": "h", "7": "b"}),
            json!({"x-sign": ["a"]}),
            json!({"x_sign": ["a"], "X-SIGN": null}),
        ] {
            assert_eq!(of(headers), found);
        }
        for headers in [json!({}), json!([]), json!(["X-Sign: a"]), json!({"X-Sign": []}), json!({"X-Sign2": "a"})] {
            assert_eq!(of(headers), Ok(None));
        }
        for headers in [
            json!({"X-Sign": ["a", "a"]}),
            json!({"X-Sign": "a", "x_sign": "a"}),
            json!({"X-Sign": 5}),
            json!({"X-Sign": [["a"]]}),
            json!({"X-Sign": {"a": null}}),
            json!("X-Sign: a"),
        ] {
            assert_eq!(of(headers), Err(Reason::Malformed));
        }
        assert_eq!(
            single(&Value::Array(vec![(Key::Str(b"x-sign"), Value::Str(b"\xff"))]), "X-Sign"),
            Err(Reason::Malformed)
        );
    }
}
