//! Jobs: prompts that are answered after the request that brought them, by a worker.
//!
//! `order` reads what is asked, `enqueue` keeps it, `work` takes jobs up and holds their leases, `run` answers their items
//! (`feed` hands them out, `score` adds up what became of them), `look` looks after those that a provider works on (`pending`),
//! `bulk` does both with batches (`load`), `errand` tells somebody outside (`callback`, `cancel`), `show` and `manage` are for those who look after jobs, `terms` is the
//! policy's word.

mod bulk;
mod callback;
mod cancel;
mod enqueue;
mod errand;
mod feed;
mod item;
mod load;
mod look;
mod manage;
mod order;
mod pending;
mod run;
mod score;
mod show;
mod terms;
mod work;

pub use enqueue::enqueue;
pub use manage::{accept, cancel, list, purge, retry};
pub use show::get;
pub use terms::Terms;
pub use work::{claim, work};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::store::Job;
use pending::Pending;

/// What a worker has to do: answer prompts, tell somebody outside of a job's end, or call off what a provider works on.
pub const INFER: &str = "infer";
const CALLBACK: &str = "callback";
const CANCEL: &str = "cancel";

/// What the gateway keeps with a job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct About {
    /// The argument `$caller` as it was.
    caller: Json,
    /// Whether results wait for somebody's word.
    #[serde(default)]
    preview: bool,
    /// Who is told of the end.
    #[serde(default)]
    callback: Option<String>,
    /// Whether it was enqueued as a list.
    #[serde(default)]
    many: bool,
    /// Whether its provider may answer later.
    #[serde(default)]
    background: bool,
    /// Whether its provider may take a day for it, and half the price.
    #[serde(default)]
    within_a_day: bool,
    /// What a provider works on, or worked on last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<Pending>,
}

impl About {
    fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What cannot be read knows nothing.
    fn of(job: &Job) -> Self {
        serde_json::from_slice(&job.about).unwrap_or_default()
    }
}
