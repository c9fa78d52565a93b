//! What the module knows without being told: the models and the provider that need no policy.

use super::policy::Price;

/// OpenAI's models that are listed when the policy lists none, with US dollars per million tokens: input, cached input,
/// output. Source: openai.com/api/pricing.
pub const BUILT_IN: [(&str, Price); 9] = [
    ("gpt-4o-mini", Price { input: 0.15, cached: 0.075, output: 0.60 }),
    ("gpt-4o", Price { input: 2.50, cached: 1.25, output: 10.00 }),
    ("gpt-4.1", Price { input: 2.00, cached: 0.50, output: 8.00 }),
    ("gpt-4.1-mini", Price { input: 0.40, cached: 0.10, output: 1.60 }),
    ("gpt-4.1-nano", Price { input: 0.10, cached: 0.025, output: 0.40 }),
    ("gpt-5", Price { input: 1.25, cached: 0.125, output: 10.00 }),
    ("gpt-5-mini", Price { input: 0.25, cached: 0.025, output: 2.00 }),
    ("gpt-5-nano", Price { input: 0.05, cached: 0.005, output: 0.40 }),
    ("o4-mini", Price { input: 1.10, cached: 0.275, output: 4.40 }),
];

/// The model of a request that names none.
pub const DEFAULT: &str = "gpt-4o-mini";

/// The provider of a policy that names none.
pub const OPENAI: &str = "openai";
/// Where it is.
pub const OPENAI_URL: &str = "https://api.openai.com/v1";
/// The variable that holds its key.
pub const OPENAI_KEY: &str = "OPENAI_API_KEY";
