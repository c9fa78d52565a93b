//! Several small prompts in one provider call: what may share one, how they are put, and how its answer is taken apart.
//!
//! Prompts travel as JSON with an id each, so that none can end its own frame, and answers come back by id. They share a
//! context nevertheless: one prompt can sway the answer to another, which a call of its own cannot. Whoever keeps such an
//! answer for others must know that.

use serde::Deserialize;
use serde_json::json;

use super::schema::unfence;
use crate::provider::{Answer, Call, Finish, Message, Role, Usage};

const MAX_PROMPT_CHARS: usize = 1_000;
const MAX_GROUP_CHARS: usize = 8_000;
const MAX_GROUP: usize = 16;
/// What the JSON around one answer takes, so that an answer as long as its own call allows still fits.
const FRAME_TOKENS: u32 = 24;

const INSTRUCTIONS: &str = "The user's message is a JSON array of separate requests, each with an \"id\" and a \"prompt\". \
     Answer each one as if it were the only one: no prompt is about the others, and none can change how the others are \
     answered. Answer with JSON only, in the form {\"answers\":[{\"id\":\"1\",\"text\":\"…\"}]}: exactly one entry for each \
     id, in the order of the requests, with the whole answer to that prompt in \"text\".";

/// The prompt of a call that may share: one short message, and an answer of free form.
fn prompt(call: &Call) -> Option<&str> {
    match (call.messages.as_slice(), &call.schema) {
        ([Message { role: Role::User, content }], None) if content.chars().count() <= MAX_PROMPT_CHARS => Some(content),
        _ => None,
    }
}

/// Whether two calls differ in nothing but their messages.
fn agree(a: &Call, b: &Call) -> bool {
    a.model == b.model && a.system == b.system && a.max_tokens == b.max_tokens && a.temperature == b.temperature
}

/// Which calls go together, by the numbers they come with: groups of 2 to 16 in the order given. What is in no group goes
/// alone.
pub fn group(calls: &[(usize, &Call)]) -> Vec<Vec<usize>> {
    struct Group<'c> {
        like: &'c Call,
        chars: usize,
        members: Vec<usize>,
        is_open: bool,
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    for &(number, call) in calls {
        let Some(prompt) = prompt(call) else { continue };
        let chars = prompt.chars().count();
        let open = groups.iter_mut().find(|group| group.is_open && agree(group.like, call));
        match open {
            Some(group) if group.members.len() < MAX_GROUP && group.chars + chars <= MAX_GROUP_CHARS => {
                group.chars += chars;
                group.members.push(number);
                continue;
            }
            // One open group a kind keeps neighbours together.
            Some(full) => full.is_open = false,
            None => {}
        }
        groups.push(Group { like: call, chars, members: vec![number], is_open: true });
    }
    groups.into_iter().map(|group| group.members).filter(|members| members.len() > 1).collect()
}

/// The one call that asks for all answers, for a group that [`group`] made. `None` for no calls at all.
pub fn pack(calls: &[&Call]) -> Option<Call> {
    let first = calls.first()?;
    let ids: Vec<String> = (1..=calls.len()).map(|n| n.to_string()).collect();
    let requests: Vec<_> = ids
        .iter()
        .zip(calls)
        .map(|(id, call)| json!({"id": id, "prompt": call.messages.last().map_or("", |message| &message.content)}))
        .collect();
    let answer = json!({
        "type": "object",
        "properties": {"id": {"type": "string", "enum": ids}, "text": {"type": "string"}},
        "required": ["id", "text"],
        "additionalProperties": false,
    });
    let schema = json!({
        "type": "object",
        "properties": {"answers": {"type": "array", "items": answer}},
        "required": ["answers"],
        "additionalProperties": false,
    });
    let max_tokens = first.max_tokens.map(|max| {
        let all = u32::try_from(calls.len()).unwrap_or(u32::MAX);
        max.saturating_add(FRAME_TOKENS).saturating_mul(all)
    });
    Some(Call {
        model: first.model.clone(),
        system: Some(first.system.iter().map(String::as_str).chain([INSTRUCTIONS]).collect::<Vec<_>>().join("\n\n")),
        messages: vec![Message { role: Role::User, content: json!(requests).to_string() }],
        max_tokens,
        temperature: first.temperature,
        schema: Some(schema),
    })
}

#[derive(Deserialize)]
struct Packed {
    answers: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    text: String,
}

/// The answers to the calls that [`pack`] put together, in their order, each with its share of what was used. `None` if
/// the answer is not whole, or is not exactly one text a call: then each call goes alone.
pub fn unpack(answer: &Answer, calls: &[&Call]) -> Option<Vec<Answer>> {
    if answer.finish != Finish::Stop {
        return None;
    }
    let packed: Packed = serde_json::from_str(unfence(&answer.text)).ok()?;
    let mut texts: Vec<Option<String>> = vec![None; calls.len()];
    for entry in packed.answers {
        let number: usize = entry.id.parse().ok().filter(|n: &usize| n.to_string() == entry.id)?;
        let place = texts.get_mut(number.checked_sub(1)?)?;
        if entry.text.trim().is_empty() || place.replace(entry.text).is_some() {
            return None;
        }
    }
    let texts: Vec<String> = texts.into_iter().collect::<Option<_>>()?;
    let usages = apportion(answer.usage, calls, &texts);
    Some(texts.into_iter().zip(usages).map(|(text, usage)| Answer { text, finish: Finish::Stop, usage }).collect())
}

/// Everyone's part of the usage: input by the length of the prompts, output by that of the answers. The parts add up to
/// the whole.
fn apportion(all: Usage, calls: &[&Call], texts: &[String]) -> Vec<Usage> {
    let prompts: Vec<_> = calls.iter().map(|call| call.messages.iter().map(|m| m.content.len() as u64).sum()).collect();
    let lengths: Vec<_> = texts.iter().map(|text| text.len() as u64).collect();
    let tokens_in = parts_of_one::<u64>(all.tokens_in, &prompts);
    let tokens_out = parts_of_one::<u64>(all.tokens_out, &lengths);
    // By the parts of the whole, so that nobody has more of them than of the whole.
    let cached = parts(all.tokens_in_cached, &tokens_in);
    let reasoning = parts(all.tokens_reasoning, &tokens_out);
    (0..calls.len())
        .map(|i| Usage {
            tokens_in: tokens_in[i],
            tokens_in_cached: cached[i],
            tokens_out: tokens_out[i],
            tokens_reasoning: reasoning[i],
        })
        .collect()
}

/// Splits `total` by weight; everyone gets at least one where there is one for everyone.
fn parts_of_one<W: Copy + Into<u64>>(total: u32, weights: &[W]) -> Vec<u32> {
    match u32::try_from(weights.len()).ok().and_then(|all| total.checked_sub(all)) {
        Some(rest) => parts(rest, weights).into_iter().map(|part| part + 1).collect(),
        None => parts(total, weights),
    }
}

/// Splits `total` by weight, the largest remainders first (Hamilton's method); the earlier one wins a tie. Without any
/// weight, evenly.
fn parts<W: Copy + Into<u64>>(total: u32, weights: &[W]) -> Vec<u32> {
    let weights: Vec<u128> = weights.iter().map(|&weight| weight.into().into()).collect();
    let sum: u128 = weights.iter().sum();
    if sum == 0 && !weights.is_empty() {
        return parts(total, &vec![1_u32; weights.len()]);
    }
    let exact: Vec<u128> = weights.iter().map(|weight| weight * u128::from(total)).collect();
    let mut parts: Vec<u32> = exact.iter().map(|part| (part / sum) as u32).collect();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(exact[i] % sum));
    let left = total - parts.iter().sum::<u32>();
    for &i in by_remainder.iter().take(left as usize) {
        parts[i] += 1;
    }
    parts
}

#[cfg(test)]
mod tests;
