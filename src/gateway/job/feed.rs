//! The open items of a job, a few at a time.

use std::collections::VecDeque;

use super::run::Turn;
use crate::gateway::Env;
use crate::gateway::flow::with_store;
use crate::store::JobItem;

/// Items that are fetched at once.
const FETCHED: u32 = 64;

/// Hands them out.
#[derive(Default)]
pub struct Feed {
    fetched: VecDeque<JobItem>,
    from: u32,
    is_over: bool,
}

impl Feed {
    /// Whether all open items were handed out.
    pub fn is_through(&self) -> bool {
        self.is_over && self.fetched.is_empty()
    }

    /// The next one; none where all were handed out, or the store fails.
    pub fn next(&mut self, turn: &Turn<'_>, env: &Env<'_>) -> Option<JobItem> {
        if self.fetched.is_empty() && !self.is_over {
            // A store that fails here is met by the end of the turn as well.
            let items = with_store(env, |store| store.open_items(turn.lease(), self.from, FETCHED)).ok()?;
            self.is_over = items.len() < FETCHED as usize;
            self.from = items.last().map_or(self.from, |item| item.n + 1);
            self.fetched.extend(items);
        }
        self.fetched.pop_front()
    }
}
