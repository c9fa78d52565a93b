//! Jobs: prompts that are answered after the request that brought them, by a worker.
//!
//! `order` reads what is asked, `enqueue` keeps it, `work` takes jobs up and holds their leases, `run` answers their items,
//! `callback` tells somebody outside, `show` and `manage` are for those who look after them, `terms` is the policy's word.

mod callback;
mod enqueue;
mod item;
mod manage;
mod order;
mod run;
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

/// What a worker has to do: answer prompts, or tell somebody outside.
const INFER: &str = "infer";
const CALLBACK: &str = "callback";

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
