//! A PHP array that describes a schema, as JSON.

use serde_json::{Map, Number, Value as Json};

use super::path::Path;
use super::place::Place;
use super::{MAX_BYTES, MAX_JSON_DEPTH, too_large};
use crate::gateway::fields::Flaw;
use crate::gateway::value::{Key, Value};

/// Reads a schema. What it gives has the right kind of container at every place that [`Place`] knows.
///
/// # Errors
/// A list where a map is wanted or the other way round, what JSON has no word for, and what is past the bounds.
pub fn to_json(value: &Value<'_>, path: &mut Path) -> Result<Json, Flaw> {
    Converter { path, depth: 0, left_bytes: MAX_BYTES }.value(value, Place::Schema)
}

struct Converter<'p> {
    path: &'p mut Path,
    depth: usize,
    left_bytes: usize,
}

type Entries<'v, 'a> = &'v [(Key<'a>, Value<'a>)];

impl Converter<'_> {
    fn value(&mut self, value: &Value<'_>, place: Place) -> Result<Json, Flaw> {
        match value {
            Value::Array(entries) => self.array(entries, place),
            Value::Bool(b) if place == Place::Schema || place == Place::OneOrMany => Ok(Json::Bool(*b)),
            scalar if place != Place::Data => {
                Err(self.path.flaw(format!("must be of type array, {} given", scalar.type_name())))
            }
            scalar => self.scalar(scalar),
        }
    }

    fn scalar(&mut self, value: &Value<'_>) -> Result<Json, Flaw> {
        match value {
            Value::Null => Ok(Json::Null),
            Value::Bool(b) => Ok(Json::Bool(*b)),
            Value::Int(n) => Ok(Json::from(*n)),
            Value::Float(n) => {
                Number::from_f64(*n).map(Json::Number).ok_or_else(|| self.path.flaw("must be a finite number"))
            }
            Value::Str(bytes) => {
                self.spend(bytes.len())?;
                let text = std::str::from_utf8(bytes).map_err(|_| self.path.flaw("must be valid UTF-8"))?;
                Ok(Json::String(text.to_owned()))
            }
            other => Err(self.path.flaw(format!("must be something that JSON can hold, {} given", other.type_name()))),
        }
    }

    fn array(&mut self, entries: Entries<'_, '_>, place: Place) -> Result<Json, Flaw> {
        if self.depth == MAX_JSON_DEPTH {
            return Err(self.path.flaw(format!("must not be nested deeper than {MAX_JSON_DEPTH} arrays")));
        }
        self.depth += 1;
        let in_order = entries.iter().enumerate().all(|(i, (key, _))| *key == Key::Int(i as i64));
        let json = match place {
            Place::Schema => self.keywords(entries),
            Place::Named => self.map(entries, |_| Place::Schema),
            Place::Lists => self.map(entries, |_| Place::List),
            Place::OneOrMany if entries.is_empty() || !in_order => self.keywords(entries),
            Place::Data if !in_order => self.map(entries, |_| Place::Data),
            _ if !in_order => Err(self.path.flaw("must be a list")),
            Place::Schemas | Place::OneOrMany => self.list(entries, Place::Schema),
            Place::List | Place::Data => self.list(entries, Place::Data),
        };
        self.depth -= 1;
        json
    }

    fn keywords(&mut self, entries: Entries<'_, '_>) -> Result<Json, Flaw> {
        if entries.iter().any(|(key, _)| matches!(key, Key::Int(_))) {
            return Err(self.path.flaw("must be a map of JSON Schema's keywords"));
        }
        self.map(entries, Place::of)
    }

    /// PHP turns a key such as "1" into a number; in a map it is a name again.
    fn map(&mut self, entries: Entries<'_, '_>, place: impl Fn(&str) -> Place) -> Result<Json, Flaw> {
        let mut map = Map::with_capacity(entries.len().min(MAX_BYTES));
        for (key, value) in entries {
            let name = match key {
                Key::Int(n) => n.to_string(),
                Key::Str(bytes) => {
                    self.spend(bytes.len())?;
                    let name = std::str::from_utf8(bytes).map_err(|_| self.path.flaw("must have UTF-8 keys"))?;
                    name.to_owned()
                }
            };
            let mark = self.path.key(&name);
            let json = self.value(value, place(&name))?;
            self.path.back(mark);
            map.insert(name, json);
        }
        Ok(Json::Object(map))
    }

    fn list(&mut self, entries: Entries<'_, '_>, place: Place) -> Result<Json, Flaw> {
        let mut list = Vec::with_capacity(entries.len().min(MAX_BYTES));
        for (i, (_, value)) in entries.iter().enumerate() {
            let mark = self.path.index(i);
            list.push(self.value(value, place)?);
            self.path.back(mark);
            self.spend(1)?;
        }
        Ok(Json::Array(list))
    }

    /// Stops before more is copied than a schema may have. The exact size is known in the end only.
    fn spend(&mut self, bytes: usize) -> Result<(), Flaw> {
        self.left_bytes = self.left_bytes.checked_sub(bytes).ok_or_else(|| too_large(self.path))?;
        Ok(())
    }
}
