mod answers;
mod bounds;
mod reading;
mod trees;

use serde_json::{Value as Json, json};

use super::Schema;
use crate::gateway::fields::Fields;
use crate::gateway::value::{Key, Value};

pub fn read(schema: &Json) -> Result<Schema, String> {
    read_value(Value::from(schema))
}

pub fn read_value(schema: Value<'_>) -> Result<Schema, String> {
    let request = Value::Array(vec![(Key::Str(b"schema"), schema)]);
    let item = Fields::of(&request).expect("a map").item("schema").expect("present");
    Schema::read(&item).map_err(|flaw| flaw.sentence("aisp_infer", 1, "request"))
}

pub fn valid(schema: &Json) -> Schema {
    read(schema).expect("the schema is valid")
}

/// What is wrong with a schema, from the key on.
pub fn refusal(schema: &Json) -> String {
    read(schema).expect_err("the schema is bad").replace("aisp_infer(): Argument #1 ($request) key ", "")
}

pub fn object(properties: Json) -> Json {
    json!({"type": "object", "properties": properties})
}

pub fn person() -> Json {
    json!({
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": false,
    })
}

pub fn complaint(schema: &Json, answer: &str) -> String {
    valid(schema).validate(answer).expect_err("the answer is bad").for_model().to_owned()
}
