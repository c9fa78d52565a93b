//! Values for PHP, under construction: scalars, lists and maps.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};

/// An array under construction. A map's keys are the contract of `php-stubs/aisp.stub.php`.
pub struct Map(ZBox<ZendHashTable>);

impl Map {
    /// An empty array.
    pub fn new() -> Self {
        Self(ZendHashTable::new())
    }

    /// Adds a key.
    pub fn set(mut self, key: &str, value: impl IntoZval) -> Self {
        // A value of ours always converts: it is a string, a number, a boolean, null or an array of those.
        let _ = self.0.insert(key, value);
        self
    }

    /// The finished array.
    pub fn finish(self) -> Zval {
        let mut zval = Zval::new();
        zval.set_hashtable(self.0);
        zval
    }
}

/// A list of values.
pub fn list(items: impl IntoIterator<Item = Zval>) -> Zval {
    let mut table = ZendHashTable::new();
    for item in items {
        let _ = table.push(item);
    }
    let mut zval = Zval::new();
    zval.set_hashtable(table);
    zval
}

/// A number that PHP's signed integers hold.
pub fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A scalar on its own.
pub fn scalar(value: impl IntoZval) -> Zval {
    value.into_zval(false).unwrap_or_default()
}

/// A string of PHP that need not be UTF-8.
pub fn bytes(bytes: &[u8]) -> Zval {
    let mut zval = Zval::new();
    zval.set_zend_string(ZendStr::new(bytes, false));
    zval
}

/// Puts a value where Zend expects the result.
pub fn assign(result: &mut Zval, value: Zval) {
    *result = value;
}

/// A JSON value as PHP's `json_decode( …, true )` would have it.
pub fn json(value: &serde_json::Value) -> Zval {
    match value {
        serde_json::Value::Null => Zval::null(),
        serde_json::Value::Bool(b) => scalar(*b),
        serde_json::Value::Number(n) => n.as_i64().map_or_else(|| scalar(n.as_f64().unwrap_or(f64::NAN)), scalar),
        serde_json::Value::String(s) => scalar(s.as_str()),
        serde_json::Value::Array(items) => list(items.iter().map(json)),
        serde_json::Value::Object(map) => map.iter().fold(Map::new(), |out, (k, v)| out.set(k, json(v))).finish(),
    }
}
