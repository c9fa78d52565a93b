//! The items of a batch that is about to be sent: all of them to one provider and one model, as providers want it.

use crate::gateway::bulk::Passenger;
use crate::provider::batch::{self, MAX_BYTES, MAX_REQUESTS};
use crate::store::JobItem;

/// What will be sent.
#[derive(Default)]
pub struct Load {
    /// Items with their calls.
    pub items: Vec<(JobItem, Passenger)>,
    /// The request of each, as JSON.
    pub requests: Vec<Vec<u8>>,
    /// Those that go elsewhere, because the policy has changed since they were enqueued.
    pub misfits: Vec<(JobItem, Passenger)>,
    bytes: usize,
}

impl Load {
    /// Takes an item in; `base_url` is that of its provider.
    pub fn take(&mut self, item: JobItem, passenger: Passenger, base_url: &str) {
        let is_alike =
            |other: &Passenger| (&other.provider, &other.call.model) == (&passenger.provider, &passenger.call.model);
        if self.items.first().is_some_and(|(_, first)| !is_alike(first)) {
            return self.misfits.push((item, passenger));
        }
        let request = batch::request(passenger.kind, item.n, &passenger.call, base_url);
        self.bytes += request.len();
        self.requests.push(request);
        self.items.push((item, passenger));
    }

    /// Whether it must be sent before another one is begun.
    pub fn is_full(&self) -> bool {
        self.items.len() >= MAX_REQUESTS || self.bytes >= MAX_BYTES
    }
}
