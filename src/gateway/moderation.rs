//! Moderation: what of a call is judged, by whom, and what follows when the moderator fails. [`Moderator`] does it.
//!
//! The policy's key `moderate` is one word or an array; the request's is one word, which adds to the policy's and takes
//! nothing away from it.

mod moderator;

pub use moderator::Moderator;

use serde_json::{Value as Json, json};

use super::fields::{Fields, Flaw, Item};
use super::models::Model;
use super::providers::{self, OPENAI, Provider};
use super::value::Value;
use crate::error::Stage;
use crate::provider::Kind;

/// The model of a moderation endpoint unless the policy names another.
const DEFAULT_MODEL: &str = "omni-moderation-latest";

/// Which sides of a call are judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stages {
    /// What is asked, before it is sent.
    pub input: bool,
    /// What was answered, before anybody gets it and before it is kept.
    pub output: bool,
}

impl Stages {
    /// The words of both arguments.
    const WORDS: [(&str, Self); 4] = [
        ("none", Self { input: false, output: false }),
        ("input", Self { input: true, output: false }),
        ("output", Self { input: false, output: true }),
        ("both", Self { input: true, output: true }),
    ];

    /// Reads a key that is one of `none`, `input`, `output` and `both`.
    pub fn read(fields: &mut Fields<'_, '_>, key: &'static str) -> Result<Option<Self>, Flaw> {
        let Some(word) = fields.string(key)? else { return Ok(None) };
        Self::named(word).map(Some).ok_or_else(|| fields.flaw(key, Self::must()))
    }

    fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, stages)| *stages == self).map_or("", |(name, _)| name)
    }

    fn named(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(name, _)| *name == word).map(|(_, stages)| *stages)
    }

    fn must() -> String {
        format!("must be one of {}", Self::WORDS.map(|(name, _)| name).join(", "))
    }

    /// Whether this one is among them.
    pub const fn has(self, stage: Stage) -> bool {
        match stage {
            Stage::Input => self.input,
            Stage::Output => self.output,
        }
    }

    /// What either of them wants.
    pub const fn union(self, other: Self) -> Self {
        Self { input: self.input || other.input, output: self.output || other.output }
    }
}

/// Who judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge<'a> {
    /// A provider's moderation endpoint.
    Endpoint {
        /// The provider, by its name in the policy.
        provider: &'a str,
        /// Its own name for the model.
        model: &'a str,
    },
    /// A model of the policy, by its name there.
    Model(&'a str),
}

/// The policy's word on moderation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moderation<'a> {
    /// What is judged, whatever the request says.
    pub stages: Stages,
    /// By whom.
    pub judge: Judge<'a>,
    /// Where a text passes that could not be judged because the moderator is down.
    pub open: Stages,
}

impl Default for Moderation<'_> {
    fn default() -> Self {
        Self {
            stages: Stages::default(),
            judge: Judge::Endpoint { provider: OPENAI, model: DEFAULT_MODEL },
            // What a model says is the site's own word; what it is asked, the provider looks at as well.
            open: Stages { input: true, output: false },
        }
    }
}

impl<'a> Moderation<'a> {
    /// Reads the policy's key `moderate`. The moderator must be one of its models, or of its providers or the built-in
    /// ones.
    pub fn read(policy: &mut Fields<'_, 'a>, models: &[Model<'a>], listed: &[Provider<'a>]) -> Result<Self, Flaw> {
        let Some(item) = policy.item("moderate") else { return Ok(Self::default()) };
        match item.value() {
            Value::Str(_) => {
                let stages = Stages::named(item.string()?).ok_or_else(|| item.flaw(Stages::must()))?;
                Ok(Self { stages, ..Self::default() })
            }
            Value::Array(_) => Self::read_fields(item.fields()?, models, listed),
            other => Err(item.flaw(format!("must be of type string or array, {} given", other.type_name()))),
        }
    }

    /// As the policy spells it.
    pub fn to_json(self) -> Json {
        let word = |is_open| if is_open { "open" } else { "closed" };
        let (by, provider, model) = match self.judge {
            Judge::Model(by) => (Some(by), None, None),
            Judge::Endpoint { provider, model } => (None, Some(provider), Some(model)),
        };
        json!({
            "what": self.stages.name(), "by": by, "provider": provider, "model": model,
            "on_failure": { "input": word(self.open.input), "output": word(self.open.output) },
        })
    }

    fn read_fields(mut fields: Fields<'_, 'a>, models: &[Model<'a>], listed: &[Provider<'a>]) -> Result<Self, Flaw> {
        let moderation = Self {
            stages: Stages::read(&mut fields, "what")?.unwrap_or_default(),
            judge: read_judge(&mut fields, models, listed)?,
            open: fields.item("on_failure").map_or(Ok(Self::default().open), |item| read_failure(&item))?,
        };
        fields.finish()?;
        Ok(moderation)
    }
}

fn read_judge<'a>(
    fields: &mut Fields<'_, 'a>,
    models: &[Model<'a>],
    listed: &[Provider<'a>],
) -> Result<Judge<'a>, Flaw> {
    let (by, provider, model) = (fields.string("by")?, fields.string("provider")?, fields.string("model")?);
    if let Some(by) = by {
        if provider.is_some() || model.is_some() {
            return Err(fields.flaw("by", "excludes provider and model"));
        }
        let known = models.iter().any(|model| model.name == by);
        let flaw = || fields.flaw("by", "must be one of the models").dangling();
        return if known { Ok(Judge::Model(by)) } else { Err(flaw()) };
    }
    if model.is_some_and(|model| !providers::is_name(model)) {
        return Err(fields.flaw("model", "must be 1 to 100 printable characters"));
    }
    if let Some(name) = provider {
        let described = listed.iter().find(|provider| provider.name == name).map(|provider| provider.kind);
        match described.or_else(|| providers::built_in(name).map(|provider| provider.kind)) {
            Some(Kind::OpenaiResponses | Kind::OpenaiChat) => {}
            Some(_) => return Err(fields.flaw("provider", "must be of the kind openai_responses or openai_chat")),
            None => {
                let problem = format!("names the provider \"{name}\", which the policy does not have");
                return Err(fields.flaw("provider", problem).dangling());
            }
        }
    }
    Ok(Judge::Endpoint { provider: provider.unwrap_or(OPENAI), model: model.unwrap_or(DEFAULT_MODEL) })
}

/// `open` or `closed`, for both stages or for each; gives those that are open.
fn read_failure(item: &Item<'_, '_>) -> Result<Stages, Flaw> {
    const PROBLEM: &str = "must be open or closed";
    let is_open = |word: &str| match word {
        "open" => Some(true),
        "closed" => Some(false),
        _ => None,
    };
    if let Value::Str(_) = item.value() {
        let open = is_open(item.string()?).ok_or_else(|| item.flaw(PROBLEM))?;
        return Ok(Stages { input: open, output: open });
    }
    let mut fields = item.fields()?;
    let mut read = |key, usual| match fields.string(key)? {
        None => Ok(usual),
        Some(word) => is_open(word).ok_or_else(|| fields.flaw(key, PROBLEM)),
    };
    let usual = Moderation::default().open;
    let open = Stages { input: read("input", usual.input)?, output: read("output", usual.output)? };
    fields.finish()?;
    Ok(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::policy::Policy;

    fn read(policy: &Json) -> Result<Policy<'_>, String> {
        Policy::read(&Value::from(policy)).map_err(|flaw| flaw.sentence("aisp_infer", 3, "policy"))
    }

    #[test]
    fn the_policy_says_what_by_whom_and_what_follows_from_a_failure() {
        let of = |moderate: Json| {
            let policy = json!({ "moderate": moderate });
            let policy = read(&policy).expect("valid");
            let Moderation { stages, judge, open } = policy.moderation;
            format!("{} {} {judge:?} {} {}", stages.input, stages.output, open.input, open.output)
        };
        let usual = "Endpoint { provider: \"openai\", model: \"omni-moderation-latest\" }";
        assert_eq!(of(Json::Null), format!("false false {usual} true false"));
        assert_eq!(of(json!("output")), format!("false true {usual} true false"));
        assert_eq!(of(json!({ "what": "both", "on_failure": "open" })), format!("true true {usual} true true"));
        assert_eq!(of(json!({ "on_failure": { "input": "closed" } })), format!("false false {usual} false false"));
        assert_eq!(of(json!({ "what": "input", "by": "gpt-4o" })), "true false Model(\"gpt-4o\") true false");
        let own = of(json!({ "provider": "ollama", "model": "guard" }));
        assert_eq!(own, "false false Endpoint { provider: \"ollama\", model: \"guard\" } true false");
    }

    #[test]
    fn a_flaw_is_named_with_its_path() {
        for (moderate, problem) in [
            (json!("all"), "\"moderate\" must be one of none, input, output, both"),
            (json!(true), "\"moderate\" must be of type string or array, bool given"),
            (json!({ "what": "all" }), "\"moderate.what\" must be one of none, input, output, both"),
            (json!({ "provider": "nowhere" }), "\"moderate.provider\" names the provider \"nowhere\""),
            (
                json!({ "provider": "anthropic" }),
                "\"moderate.provider\" must be of the kind openai_responses or openai_chat",
            ),
            (json!({ "model": "" }), "\"moderate.model\" must be 1 to 100 printable characters"),
            (json!({ "by": "gpt-99" }), "\"moderate.by\" must be one of the models"),
            (json!({ "by": "gpt-4o", "model": "m" }), "\"moderate.by\" excludes provider and model"),
            (json!({ "on_failure": "ajar" }), "\"moderate.on_failure\" must be open or closed"),
            (json!({ "on_failure": 1 }), "\"moderate.on_failure\" must be of type array, int given"),
            (json!({ "on_failure": { "output": "ajar" } }), "\"moderate.on_failure.output\" must be open or closed"),
            (json!({ "on_failure": { "both": "open" } }), "\"moderate.on_failure.both\" is not known"),
            (
                json!({ "how": "well" }),
                "\"moderate.how\" is not known; known are by, model, on_failure, provider, what",
            ),
        ] {
            let policy = json!({ "moderate": moderate });
            let flaw = read(&policy).expect_err("the policy is wrong");
            assert!(flaw.contains(problem), "{moderate}: {flaw}");
        }
    }

    #[test]
    fn the_built_in_endpoint_is_at_hand_without_being_listed_and_serves_no_models() {
        let own = json!({ "own": { "kind": "openai_chat", "base_url": "https://llm.example/v1" } });
        let policy = json!({ "providers": own, "models": { "m": {} } });
        let policy = read(&policy).expect("valid");
        assert_eq!(policy.provider("openai").expect("valid").key_env, Some("OPENAI_API_KEY"));
        assert_eq!(policy.providers[0].name, "own");
    }
}
