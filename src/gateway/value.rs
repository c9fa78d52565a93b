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
