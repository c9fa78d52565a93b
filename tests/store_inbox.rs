//! What every store engine promises of the inbox, and of what may be used once. Each rule runs against each engine.

#[macro_use]
#[path = "support/engines.rs"]
mod engines;
#[path = "support/store.rs"]
mod support;

use aisp::store::{Arrival, Counts, Event, EventFilter, Handled, Lease, MAX_ATTEMPTS, State, Store};
use engines::Open;
use support::{Ask, NOW, SECOND};

fn receive(store: &dyn Store, source: &str, event: &str) -> bool {
    let arrival = Arrival { now_us: NOW, site: "1", source, event, kind: Some("a.b"), sent_s: Some(7), body: b"{}" };
    store.receive(&arrival).expect("the store works")
}

/// Leases that run for a minute.
fn claim(store: &dyn Store, max: u32, now_us: i64) -> Vec<Event> {
    store.claim_events(Some("1"), max, now_us + 60 * SECOND, now_us).expect("the store works")
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.event.as_str()).collect()
}

fn end(store: &dyn Store, event: &Event, error: Option<&str>, retry_us: Option<i64>) -> bool {
    let handled = Handled { now_us: NOW, id: event.id, lease: event.attempts, error, retry_us };
    store.event_handled(&handled).expect("the store works")
}

fn list(store: &dyn Store, filter: EventFilter<'_>) -> Vec<Event> {
    store.events(&EventFilter { max: 100, ..filter }).expect("the store works")
}

rules! {
    fn an_event_is_new_once_in_each_source(store) {
        assert!(receive(store, "a", "1") && !receive(store, "a", "1") && receive(store, "b", "1"));
        assert_eq!(claim(store, 10, NOW).len(), 2);
        let status = store.status(NOW).expect("figures");
        assert_eq!((status.inbox_waiting, status.inbox_dead), (2, 0));
    }

    fn an_event_that_is_done_does_not_come_again_and_its_body_is_gone(store) {
        receive(store, "a", "1");
        let event = claim(store, 10, NOW).remove(0);
        assert_eq!((event.body.as_slice(), event.kind.as_deref(), event.sent_s, event.attempts), (&b"{}"[..], Some("a.b"), Some(7), 1));
        assert!(end(store, &event, None, None));
        assert!(!receive(store, "a", "1"));
        assert_eq!(claim(store, 10, NOW + 3_600 * SECOND), []);
        let kept = list(store, EventFilter { id: Some(event.id), ..EventFilter::default() });
        assert_eq!((kept[0].state, kept[0].body.len()), (State::Done, 0));
    }

    fn an_event_whose_signature_has_no_time_is_remembered_for_good(store) {
        receive(store, "timed", "1");
        let caught = Arrival { now_us: NOW, site: "1", source: "untimed", event: "1", kind: None, sent_s: None, body: b"{}" };
        assert!(store.receive(&caught).expect("the store works"));
        claim(store, 10, NOW).iter().for_each(|event| assert!(end(store, event, None, None)));
        for months in 1..=3 {
            assert!(Ask::new().at(NOW + months * 31 * 86_400 * SECOND).passes(store));
            store.maintain().expect("maintained");
            assert!(!store.receive(&caught).expect("the store works"), "its signature holds for ever");
        }
        assert!(receive(store, "timed", "1"), "by now its signature is stale");
    }

    fn events_are_handed_out_oldest_first_and_to_one_at_a_time(store) {
        ["1", "2", "3"].iter().for_each(|event| assert!(receive(store, "a", event)));
        assert_eq!(names(&claim(store, 2, NOW)), ["1", "2"]);
        assert_eq!(names(&claim(store, 2, NOW)), ["3"]);
        assert_eq!(claim(store, 2, NOW), []);
    }

    fn a_handler_that_is_late_cannot_end_what_was_handed_on(store) {
        receive(store, "a", "1");
        let late = claim(store, 1, NOW).remove(0);
        let second = claim(store, 1, NOW + 60 * SECOND).remove(0);
        assert_eq!(second.attempts, 2);
        assert!(!end(store, &late, Some("Error"), None));
        assert!(end(store, &second, None, None));
        assert!(!end(store, &second, None, None));
    }

    fn what_fails_is_tried_again_at_its_time_and_what_fails_for_good_can_be_replayed(store) {
        receive(store, "a", "1");
        let event = claim(store, 1, NOW).remove(0);
        assert!(end(store, &event, Some("RuntimeException"), Some(NOW + 5 * SECOND)));
        assert_eq!(claim(store, 1, NOW + 4 * SECOND), []);
        let event = claim(store, 1, NOW + 5 * SECOND).remove(0);
        assert_eq!((event.attempts, event.error.as_deref()), (2, Some("RuntimeException")));
        assert!(end(store, &event, Some("RuntimeException"), None));
        assert_eq!(claim(store, 1, NOW + 99 * SECOND), []);
        assert_eq!(store.status(NOW).expect("figures").inbox_dead, 1);
        let dead = EventFilter { id: Some(event.id), ..EventFilter::default() };
        assert_eq!(store.replay_events(&dead, NOW).expect("replayed"), 1);
        assert_eq!(claim(store, 1, NOW)[0].attempts, 1);
        assert_eq!(store.replay_events(&dead, NOW).expect("nothing is dead"), 0);
    }

    fn an_event_whose_handlers_die_is_given_up(store) {
        receive(store, "a", "1");
        let mut now_us = NOW;
        let mut handed = 0;
        while let [_] = claim(store, 1, now_us).as_slice() {
            (handed, now_us) = (handed + 1, now_us + 60 * SECOND);
        }
        assert_eq!(handed, MAX_ATTEMPTS);
        assert_eq!(list(store, EventFilter::default())[0].state, State::Dead);
    }

    fn events_are_listed_by_what_they_are_and_forgotten_unless_they_are_being_handled(store) {
        ["1", "2"].iter().for_each(|event| assert!(receive(store, "a", event)));
        receive(store, "b", "3");
        let leased = claim(store, 1, NOW).remove(0);
        let of = |source, state| names(&list(store, EventFilter { source, state, ..EventFilter::default() })).join(" ");
        assert_eq!((of(None, None), of(Some("a"), None), of(None, Some(State::Leased))), ("3 2 1".into(), "2 1".into(), "1".into()));
        assert_eq!(list(store, EventFilter { site: Some("2"), ..EventFilter::default() }), []);
        assert_eq!(store.forget_events(&EventFilter { source: Some("a"), ..EventFilter::default() }).expect("forgotten"), 1);
        assert!(receive(store, "a", "2"), "what was forgotten may come again");
        assert!(end(store, &leased, None, None));
    }

    fn a_site_s_events_are_listed_page_by_page_without_those_of_jobs_and_counted_by_state(store) {
        for event in ["1", "2", "3", "4"] {
            receive(store, "a", event);
            receive(store, Lease::SOURCE, event);
        }
        let webhooks = EventFilter { not_source: Some(Lease::SOURCE), max: 3, ..EventFilter::default() };
        let first = store.events(&webhooks).expect("the store works");
        let rest = store.events(&EventFilter { before: first.last().map(|event| event.id), ..webhooks }).expect("the store works");
        assert_eq!((names(&first).join(" "), names(&rest).join(" ")), ("4 3 2".into(), "1".into()));
        for event in claim(store, 5, NOW) {
            let error = (event.event == "2").then_some("RuntimeException");
            assert!(event.event == "3" || end(store, &event, error, None));
        }
        let counts = store.counts("1", "infer", NOW).expect("counts");
        assert_eq!((counts.webhooks, counts.job_events), ([1, 1, 1, 1], [2, 0, 1, 1]));
        assert_eq!(store.counts("2", "infer", NOW).expect("counts"), Counts::default());
        assert_eq!(store.replay_events(&webhooks, NOW).expect("replayed"), 1);
        assert_eq!(store.forget_events(&webhooks).expect("forgotten"), 3, "but for the one that is being handled");
        assert_eq!(list(store, EventFilter { source: Some(Lease::SOURCE), ..EventFilter::default() }).len(), 4);
    }

    fn what_may_be_used_once_is_free_again_after_its_time(store) {
        let take = |key: &str, now_us| store.take_nonce(key, now_us + 600 * SECOND, now_us).expect("the store works");
        assert!(take("a", NOW) && !take("a", NOW) && take("b", NOW));
        assert!(!take("a", NOW + 599 * SECOND) && take("a", NOW + 600 * SECOND));
    }
}
