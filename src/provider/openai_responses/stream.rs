//! The stream of the Responses interface.
//!
//! Text comes in deltas, and once more, whole, in the event that ends the stream. The two must agree: the final text may
//! be longer than what was delivered (a server that sends few deltas, a comment that turns out to be the answer), and the
//! rest is then delivered; it may be missing; it may not differ.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Item, Response};
use crate::error::Fault;
use crate::provider::draft::Draft;
use crate::provider::wire::{Str, parse, string};
use crate::provider::{Event, Failure, Reader, Step, errors};

/// Folds a stream.
#[derive(Debug, Default)]
pub struct StreamReader {
    draft: Draft,
    /// The items that are mere comments, by index and by id: servers name either in their deltas.
    comments: Vec<(Option<u64>, Option<String>)>,
}

/// An event. Fields have a meaning only in the events that are looked at, so they stay unread until then.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    #[serde(borrow)]
    delta: Option<&'a RawValue>,
    #[serde(borrow)]
    output_index: Option<&'a RawValue>,
    #[serde(borrow)]
    item_id: Option<&'a RawValue>,
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

impl Line<'_> {
    fn index(&self) -> Result<Option<u64>, Fault> {
        self.output_index.map(|index| parse(index.get())).transpose()
    }
}

impl Reader for StreamReader {
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure> {
        // Whatever follows the last event, the answer is over.
        if self.draft.is_ended() || event.data == "[DONE]" {
            return Ok(Step::Over);
        }
        let line: Line<'_> = parse(event.data)?;
        match line.kind.as_deref().unwrap_or(event.name) {
            "response.output_item.added" => Ok(self.added(&line)?),
            "response.output_text.delta" => Ok(self.delta(&line, Draft::push)?),
            "response.refusal.delta" => Ok(self.delta(&line, Draft::refuse)?),
            "response.completed" | "response.failed" | "response.incomplete" => self.over(&line),
            "error" => Err(errors::reported(event.data)),
            _ => Ok(Step::Nothing),
        }
    }

    fn draft(&self) -> &Draft {
        &self.draft
    }

    fn draft_mut(&mut self) -> &mut Draft {
        &mut self.draft
    }
}

impl StreamReader {
    /// An item begins: remembered if it is a comment.
    fn added(&mut self, line: &Line<'_>) -> Result<Step, Fault> {
        let item: Item<'_> = parse(line.item.ok_or(Fault::Invalid)?.get())?;
        if &*item.kind == "message" && item.is_comment()? {
            let id = item.id.map(|id| string(Some(id))).transpose()?;
            self.comments.push((line.index()?, id.map(Into::into)));
        }
        Ok(Step::Nothing)
    }

    fn delta(&mut self, line: &Line<'_>, add: fn(&mut Draft, &str)) -> Result<Step, Fault> {
        let delta = string(line.delta)?;
        let index = line.index()?;
        let id = line.item_id.map(|id| string(Some(id))).transpose()?;
        let is_comment = self.comments.iter().any(|(known_index, known_id)| {
            (index.is_some() && *known_index == index) || (id.is_some() && known_id.as_deref() == id.as_deref())
        });
        if is_comment {
            return Ok(Step::Nothing);
        }
        let start = self.draft.text().len();
        add(&mut self.draft, &delta);
        Ok(self.draft.since(start))
    }

    /// The event that ends the stream and holds the whole response.
    fn over(&mut self, line: &Line<'_>) -> Result<Step, Failure> {
        let response: Response<'_> = parse(line.response.ok_or(Fault::Invalid)?.get())?;
        let mut whole = Draft::default();
        let read = response.read(&mut whole);
        self.draft.usage = whole.usage;
        read?;
        let delivered = self.draft.text().len();
        if whole.text().trim().is_empty() {
            self.draft.end_like(&whole);
        } else if whole.text().starts_with(self.draft.text()) {
            self.draft = whole;
        } else {
            return Err(Fault::Invalid.into());
        }
        Ok(match self.draft.since(delivered) {
            Step::Nothing => Step::Over,
            rest => rest,
        })
    }
}

#[cfg(test)]
pub(in crate::provider) mod tests;
