//! The name of an answer: SHA-256 over a canonical encoding of what would be sent, for whom.
//!
//! Every field is written with its length, so that no two different requests have the same encoding. Source: FIPS 180-4.

use sha2::{Digest, Sha256};

use super::plan::Plan;
use super::schema::Schema;
use crate::store::Hash;

/// Bumped when the encoding below changes.
const VERSION: &[u8] = b"aisp/3";

/// Collects fields, each behind its length, and absent ones apart from empty ones.
struct Canonical(Sha256);

impl Canonical {
    fn bytes(&mut self, field: &[u8]) {
        self.0.update((field.len() as u64).to_be_bytes());
        self.0.update(field);
    }

    fn optional(&mut self, field: Option<&[u8]>) {
        self.0.update([u8::from(field.is_some())]);
        if let Some(field) = field {
            self.bytes(field);
        }
    }
}

/// The fingerprint of a planned call on a site.
pub fn fingerprint(plan: &Plan<'_, '_>, site: &str) -> Hash {
    let call = &plan.request.call;
    let mut canonical = Canonical(Sha256::new());
    canonical.bytes(VERSION);
    canonical.bytes(site.as_bytes());
    canonical.bytes(&plan.policy.epoch.to_be_bytes());
    canonical.bytes(plan.request.model.name.as_bytes());
    // Any provider of the route may answer, so an answer belongs to the route as a whole.
    canonical.bytes(&(plan.route.len() as u64).to_be_bytes());
    for stop in &plan.route {
        canonical.bytes(stop.provider.name.as_bytes());
        canonical.bytes(stop.provider.kind.name().as_bytes());
        canonical.bytes(&stop.provider.kind.wire_version().to_be_bytes());
        canonical.bytes(stop.model.as_bytes());
    }
    canonical.optional(call.system.as_deref().map(str::as_bytes));
    canonical.bytes(&(call.messages.len() as u64).to_be_bytes());
    for message in &call.messages {
        canonical.bytes(&[message.role as u8]);
        canonical.bytes(message.content.as_bytes());
    }
    canonical.optional(call.max_tokens.map(u32::to_be_bytes).as_ref().map(<[u8; 4]>::as_slice));
    // Adding zero turns -0.0 into 0.0, which is the same temperature.
    canonical.optional(call.temperature.map(|t| (t + 0.0).to_be_bytes()).as_ref().map(<[u8; 8]>::as_slice));
    match (&plan.request.schema, &call.schema) {
        // What is sent is the sealed form, where there is anything to seal.
        (Some(_), Some(sealed)) if !plan.vault.is_empty() => canonical.optional(Some(sealed.to_string().as_bytes())),
        (schema, _) => canonical.optional(schema.as_ref().map(Schema::bytes)),
    }
    let moderate = plan.request.moderate;
    canonical.bytes(&[u8::from(moderate.input), u8::from(moderate.output)]);
    canonical.0.finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value as Json, json};

    use super::*;
    use crate::gateway::policy::Policy;
    use crate::gateway::value::Value;

    fn hash(request: &Json, site: &str, policy: &Json) -> Hash {
        let (request, policy) = (Value::from(request), Value::from(policy));
        let policy = Policy::read(&policy).expect("a valid policy");
        let plan = Plan::new("aisp_infer", &request, &policy).expect("a valid request");
        fingerprint(&plan, site)
    }

    /// Requests from few and short parts, so that different ones have the same bytes in other places.
    fn request() -> impl Strategy<Value = Json> {
        let text = "[ab]{1,3}";
        let message = (prop_oneof![Just("user"), Just("assistant"), Just("system")], text)
            .prop_map(|(role, content)| json!({"role": role, "content": content}));
        let conversation = (prop::collection::vec(message, 0..3), text).prop_map(|(mut messages, last)| {
            messages.push(json!({"role": "user", "content": last}));
            messages
        });
        let options =
            (prop::option::of(text), prop::option::of(1..3u32), prop::option::of(prop_oneof![Just(0.0), Just(1.0)]));
        (conversation, options).prop_map(|(messages, (system, max_tokens, temperature))| {
            json!({"messages": messages, "system": system, "max_tokens": max_tokens, "temperature": temperature})
        })
    }

    proptest! {
        #[test]
        fn two_requests_have_one_fingerprint_only_if_they_are_equal(a in request(), b in request(), sites in ("[xy]{0,2}", "[xy]{0,2}")) {
            let equal = a == b && sites.0 == sites.1;
            prop_assert_eq!(hash(&a, &sites.0, &json!({})) == hash(&b, &sites.1, &json!({})), equal);
        }

        #[test]
        fn the_order_of_keys_and_what_is_not_sent_do_not_matter(a in request(), ttl in 1..100u32, shift in 0..4usize) {
            let mut entries: Vec<_> = a.as_object().cloned().unwrap_or_default().into_iter().collect();
            entries.rotate_left(shift);
            let mut other: Map<String, Json> = entries.into_iter().filter(|(_, v)| !v.is_null()).collect();
            other.insert("cache_ttl".into(), ttl.into());
            other.insert("tags".into(), json!(["post:1"]));
            prop_assert_eq!(hash(&a, "s", &json!({})), hash(&Json::Object(other), "s", &json!({})));
        }
    }

    #[test]
    fn model_provider_and_epoch_are_part_of_it() {
        let request = json!({"prompt": "Hi"});
        let of = |policy: Json| hash(&request, "", &policy);
        let plain = of(json!({}));
        assert_ne!(plain, of(json!({"cache": {"epoch": 1}})));
        assert_ne!(plain, of(json!({"default_model": "gpt-4o"})));
        let elsewhere =
            json!({"openai": {}, "other": {"kind": "openai_responses", "base_url": "https://example.com/v1"}});
        let routed = |provider: &str, model: &str| {
            of(json!({"providers": elsewhere, "models": {"gpt-4o-mini": {"route": [[provider, model]]}}}))
        };
        assert_eq!(plain, routed("openai", "gpt-4o-mini"));
        assert_ne!(plain, routed("other", "gpt-4o-mini"));
        assert_ne!(plain, routed("openai", "gpt-4o-mini-2"));
    }
}
