//! What stands where in a JSON Schema: which keywords hold schemas, names or plain lists.
//!
//! PHP's arrays do not say whether an empty one is `{}` or `[]`, and a property may be named like a keyword: both are
//! decided by the place. Source: JSON Schema 2020-12, 2019-09 and draft 7.

/// What a keyword's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A schema: an object, or a boolean.
    Schema,
    /// A list of schemas.
    Schemas,
    /// A schema, or a list of them: `items` of the older drafts.
    OneOrMany,
    /// Schemas by name.
    Named,
    /// A list of any values.
    List,
    /// Lists of values by name.
    Lists,
    /// Any value.
    Data,
}

impl Place {
    /// The place behind a keyword of a schema.
    pub fn of(keyword: &str) -> Self {
        match keyword {
            "additionalItems"
            | "additionalProperties"
            | "contains"
            | "contentSchema"
            | "else"
            | "if"
            | "not"
            | "propertyNames"
            | "then" => Self::Schema,
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => Self::Schemas,
            "items" => Self::OneOrMany,
            "$defs" | "definitions" | "dependentSchemas" | "patternProperties" | "properties" => Self::Named,
            "enum" | "examples" | "required" => Self::List,
            "dependentRequired" => Self::Lists,
            _ => Self::Data,
        }
    }
}

/// Keywords that no provider knows, and that make the work of a validation hard to bound.
pub const REFUSED: [&str; 9] = [
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveAnchor",
    "$recursiveRef",
    "$vocabulary",
    "dependencies",
    "unevaluatedItems",
    "unevaluatedProperties",
];
