//! A PHP value as the core sees it, whether it comes from PHP or from JSON.

/// A borrowed value. Strings are bytes until they are read: PHP's need not be UTF-8.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'a [u8]),
    /// A list or a map: PHP does not tell them apart when they are empty.
    Array(Vec<(Key<'a>, Value<'a>)>),
    /// Something that no argument takes, by the name of its PHP type.
    Other(&'static str),
}

/// An array's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Key<'a> {
    Int(i64),
    Str(&'a [u8]),
}

impl Key<'_> {
    /// As a message shows it: of a key that nobody knows, no more than the beginning.
    pub fn shown(&self) -> String {
        match self {
            Self::Int(n) => n.to_string(),
            Self::Str(bytes) => String::from_utf8_lossy(bytes).chars().take(64).filter(|c| !c.is_control()).collect(),
        }
    }
}

impl Value<'_> {
    /// The type's name in PHP's own messages.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "string",
            Self::Array(_) => "array",
            Self::Other(name) => name,
        }
    }

    /// The same in JSON: a list where the keys count up from 0, else an object. `None` if a string is not UTF-8, or a value has
    /// no counterpart in JSON.
    pub fn to_json(&self) -> Option<serde_json::Value> {
        use serde_json::Value as Json;
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
        Some(match self {
            Self::Null => Json::Null,
            Self::Bool(b) => Json::Bool(*b),
            Self::Int(n) => Json::from(*n),
            Self::Float(n) => Json::Number(serde_json::Number::from_f64(*n)?),
            Self::Str(bytes) => Json::String(text(bytes)?),
            Self::Array(entries) => {
                let is_list = entries.iter().enumerate().all(|(i, (key, _))| *key == Key::Int(i as i64));
                if is_list {
                    Json::Array(entries.iter().map(|(_, value)| value.to_json()).collect::<Option<_>>()?)
                } else {
                    let name = |key: &Key<'_>| match key {
                        Key::Int(n) => Some(n.to_string()),
                        Key::Str(bytes) => text(bytes),
                    };
                    let entries = entries.iter().map(|(key, value)| Some((name(key)?, value.to_json()?)));
                    Json::Object(entries.collect::<Option<_>>()?)
                }
            }
            Self::Other(_) => return None,
        })
    }

    /// No arguments.
    pub const fn empty() -> Self {
        Self::Array(Vec::new())
    }
}

impl<'a> From<&'a serde_json::Value> for Value<'a> {
    fn from(json: &'a serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(b) => Self::Bool(*b),
            serde_json::Value::Number(n) => {
                n.as_i64().map_or_else(|| Self::Float(n.as_f64().unwrap_or(f64::NAN)), Self::Int)
            }
            serde_json::Value::String(s) => Self::Str(s.as_bytes()),
            serde_json::Value::Array(list) => {
                Self::Array(list.iter().enumerate().map(|(i, v)| (Key::Int(i as i64), v.into())).collect())
            }
            serde_json::Value::Object(map) => {
                Self::Array(map.iter().map(|(k, v)| (Key::Str(k.as_bytes()), v.into())).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_comes_back_as_it_went() {
        let json = json!({"a": [1, 2.5, null, true, "é"], "b": {"5": {}, "x": []}});
        assert_eq!(
            Value::from(&json).to_json(),
            Some(json!({"a": [1, 2.5, null, true, "é"], "b": {"5": [], "x": []}}))
        );
    }

    #[test]
    fn what_json_cannot_hold_has_no_counterpart() {
        for value in [Value::Str(b"\xff"), Value::Float(f64::NAN), Value::Other("resource")] {
            assert_eq!(Value::Array(vec![(Key::Int(0), value)]).to_json(), None);
        }
    }
}
