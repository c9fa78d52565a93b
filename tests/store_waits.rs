//! What every store engine promises of jobs that a provider works on. Each rule runs against each engine.

#[path = "support/engines.rs"]
#[macro_use]
mod engines;
#[path = "support/jobs.rs"]
mod jobs;
#[path = "support/store.rs"]
mod support;

use aisp::audit::Record;
use aisp::clock::Clock;
use aisp::guard::budget::{Period, Unit};
use aisp::store::{Admission, Budget, Claim, ClaimedJob, JobState, Parked, Parting, Settlement, Store, Verdict};
use engines::Open;
use jobs::*;
use support::{Ask, NOW, SECOND};

const LAPSE: i64 = LEASE_US + 1;

/// A call that is promised so many tokens.
fn promised(amount: u64) -> Ask {
    let (name, key, window) = ("budget-site-day".to_owned(), "1:tokens".to_owned(), Period::Day.window(NOW));
    let budget = Budget { name, subject: String::new(), key, unit: Unit::Tokens, cap: 500, window, is_announced: true };
    let mut ask = Ask::new();
    ask.claims.push(Claim { budget, amount });
    ask
}

/// What is spent and promised of its budget at this time.
fn budget(store: &dyn Store, ask: &Ask, now_us: i64) -> (u64, u64) {
    let peek = store.peek(&Admission { clock: Clock::At(now_us), ..ask.admission() }).expect("the store works");
    (peek.budgets[0].used, peek.budgets[0].reserved)
}

fn admit(store: &dyn Store, ask: &Ask, claimed: &ClaimedJob, n: u32) -> Verdict {
    store.admit(&Admission { item: Some(of(claimed, n)), ..ask.admission() }).expect("the store works")
}

fn part(store: &dyn Store, claimed: &ClaimedJob, now_us: i64, parting: Parting<'_>) -> bool {
    store.part(lease(claimed), now_us, parting).expect("the store works")
}

/// The places of the items that are open.
fn open(store: &dyn Store, claimed: &ClaimedJob) -> Vec<u32> {
    let items = store.open_items(lease(claimed), 0, 1_000).expect("the store works");
    items.iter().map(|item| item.n).collect()
}

rules! {
    fn a_call_that_a_provider_has_taken_is_promised_what_it_was_for_as_long_as_the_wait(store) {
        put(store, with_items("a", &asks(3)));
        let claimed = claim(store, 1, NOW).remove(0);
        let ask = promised(90);
        assert!(matches!(admit(store, &ask, &claimed, 1), Verdict::Miss { .. }));
        let (record, until_us) = (&ask.record, NOW + 90_000 * SECOND);
        let parked = [Parked { n: 1, call: b"call", uid: &record.uid, claims: &ask.claims, until_us }];
        assert!(part(store, &claimed, NOW, wait("resp_1", NOW + SECOND, &parked)));
        let later = NOW + 80_000 * SECOND;
        assert!(store.drain(9, None, later).expect("records").is_empty());
        assert_eq!(budget(store, &ask, later), (0, 90));
        let claimed = claim(store, 1, later).remove(0);
        assert_eq!(open(store, &claimed), [0, 2]);
        let waits = store.waiting_items(lease(&claimed), 0, 9).expect("items");
        assert_eq!((waits.len(), waits[0].n, waits[0].call.as_slice()), (1, 1, &b"call"[..]));
        assert_eq!(claim(store, 1, later + LAPSE).len(), 1, "the worker has died over it");
        assert_eq!(store.status(later).expect("figures").queue.asked_again, 0);
    }

    fn a_call_that_was_taken_is_settled_once_whoever_comes_with_it(store) {
        put(store, with_items("a", &asks(1)));
        let late = claim(store, 1, NOW).remove(0);
        let ask = promised(90);
        admit(store, &ask, &late, 0);
        let record = Record { status_code: 200, tokens_out: 30, ..ask.record.clone() };
        let settle = |claimed: &ClaimedJob| {
            let end = Settlement { claims: &ask.claims, item: Some(of(claimed, 0)), answer: Some(b"answer"), ..Settlement::plain(&record, NOW) };
            store.settle(&Settlement { once: true, ..end }).expect("the store works");
        };
        let second = claim(store, 1, NOW + LAPSE).remove(0);
        settle(&second);
        settle(&late);
        assert_eq!(budget(store, &ask, NOW), (30, 0));
        assert_eq!(store.drain(9, None, NOW).expect("records").len(), 1);
    }

    fn work_that_a_provider_has_ended_is_looked_after_at_once(store) {
        ["a", "b"].iter().for_each(|id| put(store, new(id)));
        let wake = |site, token| store.wake_job(site, token, NOW + 1).expect("the store works");
        for claimed in claim(store, 2, NOW) {
            let token = format!("resp_{}", claimed.job.id);
            assert!(part(store, &claimed, NOW, wait(&token, NOW + 30 * SECOND, &[])));
        }
        assert!(!wake("1", "resp_x") && !wake("2", "resp_a") && !wake("1", ""));
        assert_eq!(claim(store, 9, NOW + 1), []);
        assert!(wake("1", "resp_a") && wake("1", "resp_a"));
        let claimed = claim(store, 9, NOW + 1);
        assert_eq!(ids(&claimed), "a");
        assert!(wake("1", "resp_a"), "while a worker looks");
        assert!(part(store, &claimed[0], NOW + 2, wait("resp_a", NOW + 60 * SECOND, &[])));
        let claimed = claim(store, 9, NOW + 2);
        assert_eq!(ids(&claimed), "a");
        assert!(part(store, &claimed[0], NOW + 2, wait("resp_a", NOW + 60 * SECOND, &[])));
        assert_eq!(claim(store, 9, NOW + 3), [], "it was told of once");
    }

    fn a_job_that_is_called_off_has_its_provider_told(store) {
        put(store, with_items("a", &asks(2)));
        let claimed = claim(store, 1, NOW).remove(0);
        let parked = [Parked { n: 0, call: b"call", uid: "", claims: &[], until_us: NOW }];
        assert!(part(store, &claimed, NOW, wait("resp_1", NOW + SECOND, &parked)));
        assert_eq!(cancel(store, "a", NOW).expect("it is there").state, JobState::Cancelled);
        assert!(!store.wake_job("1", "resp_1", NOW).expect("the store works"));
        let told = claim(store, 9, NOW);
        assert_eq!((ids(&told), told[0].job.kind.as_str()), ("a-told".to_owned(), "cancel"));
        assert_eq!(told[0].job.about, b"resp_1");
        assert_eq!(store.job_items("1", "a", 0, 1).expect("items")[0].call, b"call", "it is still to be settled");
        store.retry_job("1", "a", NOW).expect("the store works");
        assert_eq!(open(store, &claim(store, 1, NOW)[0]), [0, 1]);
    }
}
