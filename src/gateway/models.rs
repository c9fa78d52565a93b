//! The models that requests may name: what each costs, and the route of providers that serve it.

use serde_json::{Value as Json, json};

use super::fields::{Fields, Flaw, Item};
use super::providers::{self, Provider};

/// A model that requests may name.
#[derive(Debug, Clone, PartialEq)]
pub struct Model<'a> {
    /// Its name in requests.
    pub name: &'a str,
    /// The providers to try, in this order, each with its own name for the model. Empty for the first provider and the
    /// same name.
    pub route: Vec<(&'a str, &'a str)>,
    /// What it costs at the first of them, where that is known.
    pub price: Option<Price>,
}

/// US dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Input.
    pub input: f64,
    /// Input that the provider had cached.
    pub cached: f64,
    /// Output.
    pub output: f64,
}

/// The model of a request that names none.
pub const DEFAULT: &str = "gpt-4o-mini";

/// The most providers of one route.
const MAX_STOPS: usize = 8;

/// The models that are listed when the policy lists none, with their provider and US dollars per million tokens: input,
/// cached input, output. Sources: openai.com/api/pricing, claude.com/pricing, ai.google.dev/gemini-api/docs/pricing.
const BUILT_IN: [(&str, &str, [f64; 3]); 16] = [
    ("gpt-4o-mini", providers::OPENAI, [0.15, 0.075, 0.60]),
    ("gpt-4o", providers::OPENAI, [2.50, 1.25, 10.00]),
    ("gpt-4.1", providers::OPENAI, [2.00, 0.50, 8.00]),
    ("gpt-4.1-mini", providers::OPENAI, [0.40, 0.10, 1.60]),
    ("gpt-4.1-nano", providers::OPENAI, [0.10, 0.025, 0.40]),
    ("gpt-5", providers::OPENAI, [1.25, 0.125, 10.00]),
    ("gpt-5-mini", providers::OPENAI, [0.25, 0.025, 2.00]),
    ("gpt-5-nano", providers::OPENAI, [0.05, 0.005, 0.40]),
    ("o4-mini", providers::OPENAI, [1.10, 0.275, 4.40]),
    ("claude-haiku-4-5", providers::ANTHROPIC, [1.00, 0.10, 5.00]),
    ("claude-sonnet-4-5", providers::ANTHROPIC, [3.00, 0.30, 15.00]),
    ("claude-opus-4-5", providers::ANTHROPIC, [5.00, 0.50, 25.00]),
    ("gemini-2.5-flash", providers::GOOGLE, [0.30, 0.03, 2.50]),
    ("gemini-2.5-pro", providers::GOOGLE, [1.25, 0.125, 10.00]),
    ("gemini-2.5-flash-lite", providers::GOOGLE, [0.10, 0.01, 0.40]),
    ("gemini-2.0-flash", providers::GOOGLE, [0.10, 0.025, 0.40]),
];

impl Price {
    const fn of([input, cached, output]: [f64; 3]) -> Self {
        Self { input, cached, output }
    }

    /// As the policy spells it.
    pub fn to_json(self) -> Json {
        json!({ "in": self.input, "in_cached": self.cached, "out": self.output })
    }

    /// Reads `in`, `in_cached` and `out`.
    pub fn read(mut fields: Fields<'_, '_>) -> Result<Self, Flaw> {
        let mut dollars = |key| fields.float(key, 0.0, 1_000_000.0);
        let (input, cached, output) = (dollars("in")?, dollars("in_cached")?, dollars("out")?);
        let (Some(input), Some(output)) = (input, output) else {
            return Err(fields.flaw("in", "and \"out\" must both be given"));
        };
        fields.finish()?;
        Ok(Self { input, cached: cached.unwrap_or(input), output })
    }
}

/// What a built-in provider is known to take for a model of its own.
pub fn known_price(provider: &str, model: &str) -> Option<Price> {
    BUILT_IN.iter().find(|(name, of, _)| *name == model && *of == provider).map(|(_, _, price)| Price::of(*price))
}

/// Reads `models`; without any, the built-in ones of the providers that there are.
pub fn read<'a>(policy: &mut Fields<'_, 'a>, listed: &[Provider<'a>]) -> Result<Vec<Model<'a>>, Flaw> {
    let models = policy.named("models")?.unwrap_or_default();
    if models.is_empty() {
        return Ok(built_in(listed));
    }
    models.into_iter().map(|(name, item)| read_one(name, &item)).collect()
}

/// A first provider that is not built in is taken for one that speaks for OpenAI.
fn built_in<'a>(listed: &[Provider<'a>]) -> Vec<Model<'a>> {
    let stands_in = listed.first().filter(|first| !providers::is_built_in(first.name));
    let serves = |of: &str| {
        listed.iter().any(|provider| provider.name == of) || (of == providers::OPENAI && stands_in.is_some())
    };
    let model = |&(name, of, price): &(&'static str, &'static str, [f64; 3])| {
        let at_home = of == providers::OPENAI && stands_in.is_some();
        let route = if at_home { Vec::new() } else { vec![(of, name)] };
        Model { name, route, price: Some(Price::of(price)) }
    };
    BUILT_IN.iter().filter(|(_, of, _)| serves(of)).map(model).collect()
}

fn read_one<'a>(name: &'a str, item: &Item<'_, 'a>) -> Result<Model<'a>, Flaw> {
    if !providers::is_name(name) {
        return Err(item.flaw("must have a name of 1 to 100 printable characters"));
    }
    let mut model = item.fields()?;
    let route = match model.list("route")? {
        None => Vec::new(),
        Some(stops) if stops.is_empty() || stops.len() > MAX_STOPS => {
            return Err(model.flaw("route", format!("must hold 1 to {MAX_STOPS} providers")));
        }
        Some(stops) => stops.iter().map(Item::pair).collect::<Result<_, _>>()?,
    };
    let price = model.fields("price")?.map(Price::read).transpose()?;
    model.finish()?;
    Ok(Model { name, route, price })
}
