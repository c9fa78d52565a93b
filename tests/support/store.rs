//! What the tests of the store share: calls that ask to be let in, and answers to keep.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use aisp::audit::Record;
use aisp::clock::Clock;
use aisp::guard::breaker::Heard;
use aisp::guard::rate::Quota;
use aisp::store::{Admission, Boarding, Claim, Hash, Limit, Report, Selector, Settlement, Store, Verdict, Write};
use uuid::Uuid;

pub const SECOND: i64 = 1_000_000;
pub const NOW: i64 = 1_700_000_000 * SECOND;

pub fn limit(name: &str, calls: u32, period_s: u32) -> Limit {
    let quota = Quota::new(calls, period_s).expect("a quota in bounds");
    Limit { name: name.to_owned(), key: format!("{name}:1:{period_s}"), quota }
}

pub fn hash(n: u8) -> Hash {
    [n; 32]
}

/// A call of user 7 through `/infer`.
pub fn record(site: &str) -> Record {
    Record {
        uid: Uuid::now_v7().to_string(),
        site: site.to_owned(),
        user_id: 7,
        route: "/infer".to_owned(),
        model: "small".to_owned(),
        created_at: NOW / SECOND,
        ..Record::default()
    }
}

/// A call that asks to be let in, at [`NOW`] unless it says otherwise, and that counts as abandoned ten seconds later.
pub struct Ask {
    pub clock: Clock,
    pub throttle: Vec<Limit>,
    pub quota: Vec<Limit>,
    pub claims: Vec<Claim>,
    pub route: Vec<String>,
    pub lookup: Option<Hash>,
    /// Whether it flies with others; whom it has waited for.
    pub flies: bool,
    pub awaited: Option<String>,
    pub stale_us: i64,
    pub record: Record,
}

impl Ask {
    pub fn new() -> Self {
        Self {
            clock: Clock::At(NOW),
            throttle: Vec::new(),
            quota: Vec::new(),
            claims: Vec::new(),
            route: Vec::new(),
            lookup: None,
            flies: false,
            awaited: None,
            stale_us: 0,
            record: record("1"),
        }
    }

    pub fn at(self, now_us: i64) -> Self {
        Self { clock: Clock::At(now_us), ..self }
    }

    pub fn throttle(mut self, limit: &Limit) -> Self {
        self.throttle.push(limit.clone());
        self
    }

    pub fn quota(mut self, limit: &Limit) -> Self {
        self.quota.push(limit.clone());
        self
    }

    /// The providers that may be asked.
    pub fn route(self, route: &[&str]) -> Self {
        Self { route: route.iter().map(|&key| key.to_owned()).collect(), ..self }
    }

    pub fn lookup(self, hash: Hash) -> Self {
        Self { lookup: Some(hash), ..self }
    }

    pub fn site(mut self, site: &str) -> Self {
        self.record.site = site.to_owned();
        self
    }

    pub fn admission(&self) -> Admission<'_> {
        Admission {
            clock: self.clock,
            throttle: &self.throttle,
            quota: &self.quota,
            claims: &self.claims,
            route: &self.route,
            lookup: self.lookup.as_ref(),
            boarding: self.flies.then_some(Boarding { lease_us: 5 * SECOND, awaited: self.awaited.as_deref() }),
            stale_us: self.stale_us,
            record: &self.record,
            watch: None,
            abandoned_us: self.clock.now_us() + 10 * SECOND,
            item: None,
        }
    }

    pub fn admit(&self, store: &dyn Store) -> Verdict {
        store.admit(&self.admission()).expect("the store works")
    }

    pub fn passes(&self, store: &dyn Store) -> bool {
        matches!(self.admit(store), Verdict::Miss { .. })
    }

    /// Calls left, throttles first, as a dry run shows them.
    pub fn left(&self, store: &dyn Store) -> Vec<u32> {
        let peek = store.peek(&self.admission()).expect("the store works");
        peek.limits.iter().map(|state| state.remaining).collect()
    }
}

/// An answer to keep for an hour.
pub struct Keep {
    pub hash: Hash,
    pub body: Vec<u8>,
    pub tags: Vec<String>,
    pub asked_us: i64,
    pub expires_us: i64,
    pub record: Record,
}

impl Keep {
    pub fn new(hash: Hash, body: impl Into<Vec<u8>>) -> Self {
        let record = Record { status_code: 200, provider: "acme".to_owned(), ..record("1") };
        Self { hash, body: body.into(), tags: Vec::new(), asked_us: NOW, expires_us: NOW + 3_600 * SECOND, record }
    }

    pub fn tags(self, tags: &[&str]) -> Self {
        Self { tags: tags.iter().map(|&tag| tag.to_owned()).collect(), ..self }
    }

    pub fn of(mut self, site: &str, model: &str, provider: &str) -> Self {
        self.record.site = site.to_owned();
        self.record.model = model.to_owned();
        self.record.provider = provider.to_owned();
        self
    }

    pub fn settle(&self, store: &dyn Store) {
        let (asked_us, expires_us) = (self.asked_us, self.expires_us);
        let write = Write { hash: &self.hash, body: &self.body, tags: &self.tags, asked_us, expires_us };
        let outcome = Settlement { write: Some(write), ..Settlement::plain(&self.record, NOW) };
        store.settle(&outcome).expect("the store works");
    }
}

pub fn settle(store: &dyn Store, record: &Record, refund: &[Limit]) {
    store.settle(&Settlement { refund, ..Settlement::plain(record, NOW) }).expect("the store works");
}

/// What became of one attempt at a provider, at `now_us`.
pub fn report(store: &dyn Store, key: &str, heard: Heard, probe: Option<i64>, now_us: i64) -> bool {
    let report = Report { key, heard, probe, answers: 0, wants_retry: true, now_us };
    store.report(&report).expect("the store works").retry
}

/// The cached text, if there is one.
pub fn cached(store: &dyn Store, hash: Hash) -> Option<String> {
    let peek = store.peek(&Ask::new().lookup(hash).admission()).expect("the store works");
    peek.entry.map(|entry| String::from_utf8(entry.body).expect("text"))
}

/// What can be fetched at `now_us`, oldest first.
pub fn drain(store: &dyn Store, now_us: i64) -> Vec<Record> {
    store.drain(1_000, None, now_us).expect("the store works")
}

pub fn invalidate(store: &dyn Store, selector: Selector<'_>) -> u64 {
    store.invalidate(&selector).expect("the store works")
}
