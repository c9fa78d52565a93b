//! The texts in a schema, and the keywords that a placeholder may break: for schemas that are sent in redacted form.

use serde_json::{Map, Value as Json};

use super::place::Place;

/// Keywords that say how a string must look. A placeholder does not look like what it stands for.
const OF_STRINGS: [&str; 4] = ["format", "pattern", "minLength", "maxLength"];
/// Keywords of [`Place::Data`] whose strings are for the reader, or values.
const WORDS: [&str; 5] = ["description", "title", "default", "const", "$comment"];

/// Passes every string that is a value or meant for a reader. Names, types and references are left alone.
pub fn each_text(schema: &mut Json, f: &mut dyn FnMut(&mut String)) {
    walk(schema, &mut |map| {
        for (keyword, value) in map.iter_mut() {
            let of_values = keyword != "required" && Place::of(keyword) == Place::List;
            if of_values || WORDS.contains(&keyword.as_str()) {
                each_string(value, f);
            }
        }
    });
}

/// Takes out the keywords that a string with a placeholder may not satisfy although its value does. What comes back is held
/// against the schema as the client sent it.
pub fn loosen(schema: &mut Json) {
    walk(schema, &mut |map| map.retain(|keyword, _| !OF_STRINGS.contains(&keyword.as_str())));
}

/// Every schema in a schema, as a map of its keywords.
fn walk(schema: &mut Json, f: &mut dyn FnMut(&mut Map<String, Json>)) {
    let Json::Object(map) = schema else { return };
    f(map);
    for (keyword, value) in map.iter_mut() {
        match (Place::of(keyword), value) {
            (Place::Schema | Place::OneOrMany, schema @ Json::Object(_)) => walk(schema, f),
            (Place::Schemas | Place::OneOrMany, Json::Array(list)) => {
                list.iter_mut().for_each(|schema| walk(schema, f))
            }
            (Place::Named, Json::Object(named)) => named.values_mut().for_each(|schema| walk(schema, f)),
            _ => {}
        }
    }
}

fn each_string(value: &mut Json, f: &mut dyn FnMut(&mut String)) {
    match value {
        Json::String(text) => f(text),
        Json::Array(list) => list.iter_mut().for_each(|value| each_string(value, f)),
        Json::Object(map) => map.values_mut().for_each(|value| each_string(value, f)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_and_descriptions_are_texts_and_names_are_not() {
        let mut schema = json!({
            "type": "object", "description": "d",
            "properties": {"description": {"type": "string", "enum": ["a", "b"]}, "x": {"const": {"k": "c"}}},
            "required": ["description"], "$defs": {"y": {"$ref": "#/$defs/x", "title": "t"}},
        });
        let mut seen = Vec::new();
        each_text(&mut schema, &mut |text| seen.push(text.clone()));
        seen.sort_unstable();
        assert_eq!(seen, ["a", "b", "c", "d", "t"]);
    }

    #[test]
    fn the_look_of_strings_is_left_out_and_properties_of_that_name_stay() {
        let mut schema = json!({"properties": {"format": {"type": "string", "format": "email", "maxLength": 9}}, "items": [{"pattern": "x"}]});
        loosen(&mut schema);
        assert_eq!(schema, json!({"properties": {"format": {"type": "string"}}, "items": [{}]}));
    }
}
