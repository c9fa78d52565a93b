//! One header among those of a request, as PHP has them: a string or a list of strings by name, in any case, with hyphens or
//! (as WordPress does) underscores.

use super::value::{Key, Value};
use crate::signing::Reason;

/// The one value of a header; `None` if it is not there. Headers come from outside: whatever is wrong with them is wrong with
/// the request, never with the code that hands them on.
///
/// # Errors
/// [`Reason::Malformed`] if it is there more than once, or is no text.
pub fn single<'a>(headers: &Value<'a>, name: &str) -> Result<Option<&'a str>, Reason> {
    let Value::Array(entries) = headers else { return Err(Reason::Malformed) };
    let mut found = None;
    for (_, value) in entries.iter().filter(|(key, _)| is_named(key, name)) {
        let values: &[_] = match value {
            Value::Null => continue,
            Value::Array(values) => values,
            one => &[(Key::Int(0), one.clone())],
        };
        for (_, value) in values {
            let Value::Str(bytes) = value else { return Err(Reason::Malformed) };
            let text = std::str::from_utf8(bytes).map_err(|_| Reason::Malformed)?;
            if found.replace(text).is_some() {
                return Err(Reason::Malformed);
            }
        }
    }
    Ok(found)
}

/// All lines of a header, in their order; one that is no text is a line that nobody can read.
pub fn lines<'a>(headers: &Value<'a>, name: &str) -> Vec<&'a str> {
    let Value::Array(entries) = headers else { return Vec::new() };
    let text = |value: &Value<'a>| match value {
        Value::Str(bytes) => std::str::from_utf8(bytes).unwrap_or("?"),
        _ => "?",
    };
    let mut lines = Vec::new();
    for (_, value) in entries.iter().filter(|(key, _)| is_named(key, name)) {
        match value {
            Value::Null => {}
            Value::Array(values) => lines.extend(values.iter().map(|(_, value)| text(value))),
            one => lines.push(text(one)),
        }
    }
    lines
}

fn is_named(key: &Key<'_>, name: &str) -> bool {
    let same = |(a, b): (&u8, u8)| a.eq_ignore_ascii_case(&b) || (*a == b'_' && b == b'-');
    matches!(key, Key::Str(key) if key.len() == name.len() && key.iter().zip(name.bytes()).all(same))
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
