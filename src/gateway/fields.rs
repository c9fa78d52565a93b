//! A reader of arguments that knows which key of which argument it is looking at.
//!
//! Everything that comes in as an array is read here, so that all type errors are worded the same.

pub use super::flaw::Flaw;
use super::value::{Key, Value};

/// A map under inspection. Keys are taken one by one; [`Fields::finish`] refuses what is left. `null` counts as absent.
#[derive(Debug)]
pub struct Fields<'v, 'a> {
    path: String,
    entries: &'v [(Key<'a>, Value<'a>)],
    known: Vec<&'static str>,
}

impl<'v, 'a> Fields<'v, 'a> {
    /// Reads a whole argument.
    pub fn of(value: &'v Value<'a>) -> Result<Self, Flaw> {
        Self::at(value, String::new())
    }

    /// Reads a map that stands at `path`.
    fn at(value: &'v Value<'a>, path: String) -> Result<Self, Flaw> {
        match value {
            Value::Array(entries) => Ok(Self { path, entries, known: Vec::with_capacity(16) }),
            other => Err(Flaw::new(&path, format!("must be of type array, {} given", other.type_name()))),
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key, unless it is absent or null.
    fn get(&mut self, key: &'static str) -> Option<&'v Value<'a>> {
        self.known.push(key);
        let found = self.entries.iter().find(|(k, _)| *k == Key::Str(key.as_bytes()))?;
        (found.1 != Value::Null).then_some(&found.1)
    }

    fn mistyped<T>(&self, key: &str, wanted: &str, given: &Value<'_>) -> Result<T, Flaw> {
        Err(Flaw::new(&self.path_of(key), format!("must be of type {wanted}, {} given", given.type_name())))
    }

    /// A flaw of one key: `problem` completes the sentence.
    pub fn flaw(&self, key: &str, problem: impl Into<String>) -> Flaw {
        Flaw::new(&self.path_of(key), problem)
    }

    /// A string; it must be UTF-8.
    pub fn string(&mut self, key: &'static str) -> Result<Option<&'a str>, Flaw> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Str(bytes)) => {
                std::str::from_utf8(bytes).map(Some).map_err(|_| self.flaw(key, "must be valid UTF-8"))
            }
            Some(other) => self.mistyped(key, "string", other),
        }
    }

    /// An integer within bounds.
    pub fn int(&mut self, key: &'static str, min: i64, max: i64) -> Result<Option<i64>, Flaw> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Int(n)) if (min..=max).contains(n) => Ok(Some(*n)),
            Some(Value::Int(n)) => Err(self.flaw(key, format!("must be between {min} and {max}, {n} given"))),
            Some(other) => self.mistyped(key, "int", other),
        }
    }

    /// A finite number within bounds; an integer will do.
    pub fn float(&mut self, key: &'static str, min: f64, max: f64) -> Result<Option<f64>, Flaw> {
        let n = match self.get(key) {
            None => return Ok(None),
            Some(Value::Float(n)) => *n,
            Some(Value::Int(n)) => *n as f64,
            Some(other) => return self.mistyped(key, "float", other),
        };
        if n >= min && n <= max { Ok(Some(n)) } else { Err(self.flaw(key, format!("must be between {min} and {max}"))) }
    }

    /// A boolean.
    pub fn bool(&mut self, key: &'static str) -> Result<Option<bool>, Flaw> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(b)) => Ok(Some(*b)),
            Some(other) => self.mistyped(key, "bool", other),
        }
    }

    /// A map of known keys.
    pub fn fields(&mut self, key: &'static str) -> Result<Option<Fields<'v, 'a>>, Flaw> {
        let path = self.path_of(key);
        self.get(key).map(|value| Fields::at(value, path)).transpose()
    }

    /// A list, each item with its path.
    pub fn list(&mut self, key: &'static str) -> Result<Option<Vec<Item<'v, 'a>>>, Flaw> {
        self.item(key).map(|item| item.items()).transpose()
    }

    /// A map whose keys are names of the administrator's choice.
    pub fn named(&mut self, key: &'static str) -> Result<Option<Vec<(&'a str, Item<'v, 'a>)>>, Flaw> {
        let path = self.path_of(key);
        match self.get(key) {
            None => Ok(None),
            Some(Value::Array(entries)) => entries
                .iter()
                .map(|(k, value)| match k {
                    Key::Str(name) => {
                        let name = std::str::from_utf8(name).map_err(|_| self.flaw(key, "must have UTF-8 keys"))?;
                        Ok((name, Item { path: format!("{path}.{name}"), value }))
                    }
                    Key::Int(_) => Err(self.flaw(key, "must have names as its keys")),
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(other) => self.mistyped(key, "array", other),
        }
    }

    /// A value of any type, with its path.
    pub fn item(&mut self, key: &'static str) -> Option<Item<'v, 'a>> {
        let path = self.path_of(key);
        self.get(key).map(|value| Item { path, value })
    }

    /// A key that belongs to the contract but whose feature this version lacks: only a value that switches it off passes.
    pub fn not_yet(&mut self, key: &'static str) -> Result<(), Flaw> {
        match self.get(key) {
            None | Some(Value::Bool(false) | Value::Int(0) | Value::Str(b"none")) => Ok(()),
            Some(Value::Array(entries)) if entries.is_empty() => Ok(()),
            Some(_) => Err(self.flaw(key, "is not supported by this version")),
        }
    }

    /// Refuses every key that was not asked for.
    pub fn finish(self) -> Result<(), Flaw> {
        for (key, _) in self.entries {
            let name = key.shown();
            if !self.known.contains(&name.as_str()) {
                let mut known = self.known.clone();
                known.sort_unstable();
                known.dedup();
                return Err(Flaw::new(&self.path_of(&name), format!("is not known; known are {}", known.join(", "))));
            }
        }
        Ok(())
    }
}

/// One value of a list or of a map, with its path.
#[derive(Debug)]
pub struct Item<'v, 'a> {
    path: String,
    value: &'v Value<'a>,
}

impl<'v, 'a> Item<'v, 'a> {
    /// Reads it as a map.
    pub fn fields(&self) -> Result<Fields<'v, 'a>, Flaw> {
        Fields::at(self.value, self.path.clone())
    }

    /// Reads it as a UTF-8 string.
    pub fn string(&self) -> Result<&'a str, Flaw> {
        match self.value {
            Value::Str(bytes) => std::str::from_utf8(bytes).map_err(|_| self.flaw("must be valid UTF-8")),
            other => Err(self.flaw(format!("must be of type string, {} given", other.type_name()))),
        }
    }

    /// Reads it as a list, each item with its path.
    pub fn items(&self) -> Result<Vec<Self>, Flaw> {
        let Value::Array(entries) = self.value else {
            return Err(self.flaw(format!("must be of type array, {} given", self.value.type_name())));
        };
        let in_order = entries.iter().enumerate().all(|(i, (key, _))| *key == Key::Int(i as i64));
        if !in_order {
            return Err(self.flaw("must be a list"));
        }
        let values = entries.iter().map(|(_, value)| value).enumerate();
        Ok(values.map(|(i, value)| Self { path: format!("{}[{i}]", self.path), value }).collect())
    }

    /// Reads it as a list of exactly two strings.
    pub fn pair(&self) -> Result<(&'a str, &'a str), Flaw> {
        if let Value::Array(entries) = self.value
            && let [(Key::Int(0), Value::Str(a)), (Key::Int(1), Value::Str(b))] = entries.as_slice()
            && let (Ok(a), Ok(b)) = (std::str::from_utf8(a), std::str::from_utf8(b))
        {
            return Ok((a, b));
        }
        Err(self.flaw("must be a list of two strings"))
    }

    /// As it is.
    pub const fn value(&self) -> &'v Value<'a> {
        self.value
    }

    /// Where it stands.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A flaw of this value: `problem` completes the sentence.
    pub fn flaw(&self, problem: impl Into<String>) -> Flaw {
        Flaw::new(&self.path, problem)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sentence(flaw: &Flaw) -> String {
        flaw.sentence("aisp_infer", 1, "request")
    }

    #[test]
    fn a_wrong_type_is_named_as_php_names_it() {
        let json = json!({"max_tokens": "12"});
        let value = Value::from(&json);
        let flaw = Fields::of(&value).expect("a map").int("max_tokens", 1, 9).expect_err("a string is no int");
        assert_eq!(
            sentence(&flaw),
            "aisp_infer(): Argument #1 ($request) key \"max_tokens\" must be of type int, string given"
        );
    }

    #[test]
    fn the_path_leads_into_lists_and_maps() {
        let json = json!({"quota": [{"limit": 5}, {"limit": true}]});
        let value = Value::from(&json);
        let items = Fields::of(&value).expect("a map").list("quota").expect("a list").expect("present");
        let flaw = items[1].fields().expect("a map").int("limit", 1, 9).expect_err("a bool is no int");
        assert_eq!(
            sentence(&flaw),
            "aisp_infer(): Argument #1 ($request) key \"quota[1].limit\" must be of type int, bool given"
        );
    }

    #[test]
    fn an_unknown_key_is_refused_and_null_is_absent() {
        let json = json!({"prompt": null, "promt": "x"});
        let value = Value::from(&json);
        let mut fields = Fields::of(&value).expect("a map");
        assert_eq!(fields.string("prompt"), Ok(None));
        let flaw = fields.finish().expect_err("promt is not known");
        assert_eq!(
            sentence(&flaw),
            "aisp_infer(): Argument #1 ($request) key \"promt\" is not known; known are prompt"
        );
    }
}
