//! What every store engine promises of the queue of jobs. Each rule runs against each engine.

#[macro_use]
#[path = "support/engines.rs"]
mod engines;
#[path = "support/jobs.rs"]
mod jobs;
#[path = "support/store.rs"]
mod support;

use aisp::store::{
    ABANDONED, ABANDONED_KEPT_US, Arrival, ClaimedJob, Enqueued, EventFilter, ItemEnd, ItemState, Job, JobClaim,
    JobFilter, JobState, Lease, MAX_DEATHS, NewJob, Parting, Settlement, Store, Verdict,
};
use engines::Open;
use jobs::*;
use support::{Ask, Keep, NOW, SECOND, hash, limit};

/// Longer than [`LEASE_US`].
const LAPSE: i64 = LEASE_US + 1;

fn items(states: &[(ItemState, &str)]) -> Vec<(ItemState, String)> {
    states.iter().map(|(state, result)| (*state, (*result).to_owned())).collect()
}

/// How the items of a job stand, each with its result.
fn stand(store: &dyn Store, id: &str) -> Vec<(ItemState, String)> {
    let items = store.job_items("1", id, 0, 1_000).expect("the store works");
    items.into_iter().map(|item| (item.state, String::from_utf8(item.result).expect("text"))).collect()
}

fn part(store: &dyn Store, claimed: &ClaimedJob, now_us: i64, parting: Parting<'_>) -> bool {
    store.part(lease(claimed), now_us, parting).expect("the store works")
}

/// The places of the items that are open.
fn open(store: &dyn Store, claimed: &ClaimedJob) -> Vec<u32> {
    let items = store.open_items(lease(claimed), 0, 1_000).expect("the store works");
    items.iter().map(|item| item.n).collect()
}

fn renew(store: &dyn Store, claimed: &ClaimedJob, lease_us: i64) -> bool {
    store.renew_job(lease(claimed), lease_us).expect("the store works")
}

/// A call for an item.
fn admit(store: &dyn Store, ask: &Ask, claimed: &ClaimedJob, n: u32) -> Verdict {
    store.admit(&aisp::store::Admission { item: Some(of(claimed, n)), ..ask.admission() }).expect("the store works")
}

fn settle(store: &dyn Store, ask: &Ask, claimed: &ClaimedJob, n: u32, answer: Option<&[u8]>) {
    let record = aisp::audit::Record { status_code: 200, provider: "acme".to_owned(), ..ask.record.clone() };
    let item = Some(of(claimed, n));
    store.settle(&Settlement { item, answer, ..Settlement::plain(&record, NOW + 7) }).expect("the store works");
}

fn claim_id(store: &dyn Store, id: &str, now_us: i64) -> Option<ClaimedJob> {
    let claim = JobClaim { now_us, site: None, id: Some(id), max: 1, lease_us: now_us + LEASE_US };
    store.claim_jobs(&claim).expect("the store works").pop()
}

fn told(store: &dyn Store) -> Vec<(String, String)> {
    let events = store.events(&EventFilter { max: 100, ..EventFilter::default() }).expect("the store works");
    events.into_iter().map(|event| (event.event, event.kind.unwrap_or_default())).collect()
}

fn event(id: &str) -> Arrival<'_> {
    let (source, kind, sent_s) = (Lease::SOURCE, Some("job.done"), Some(NOW / SECOND));
    Arrival { now_us: NOW, site: "1", source, event: id, kind, sent_s, body: b"{}" }
}

fn all(store: &dyn Store, filter: JobFilter<'_>) -> String {
    let jobs = store.jobs(&JobFilter { max: 100, ..filter }).expect("the store works");
    jobs.iter().map(|job| job.id.as_str()).collect::<Vec<_>>().join(" ")
}

rules! {
    fn jobs_are_handed_out_in_the_order_in_which_they_came(store) {
        ["a", "b", "c"].iter().for_each(|id| put(store, new(id)));
        assert_eq!(ids(&claim(store, 2, NOW)), "a b");
        assert_eq!(ids(&claim(store, 2, NOW)), "c");
        assert_eq!(claim(store, 2, NOW), []);
    }

    fn a_job_is_kept_as_it_came(store) {
        let (about, asks) = (b"about".as_slice(), [b"one".to_vec(), b"two".to_vec()]);
        put(store, NewJob { client: "app", source: "plug-in", priority: 3, about, items: &asks, ..new("a") });
        let claimed = claim(store, 1, NOW + 5).remove(0);
        let expected = Job {
            id: "a".into(), site: "1".into(), user_id: 7, client: "app".into(), source: "plug-in".into(), kind: "infer".into(),
            state: JobState::Running, priority: 3, about: about.to_vec(), total: 2, done: 0, failed: 0, attempts: 1, error: None,
            created_us: NOW, started_us: Some(NOW + 5), ended_us: None, due_us: NOW + 5 + LEASE_US, accepted_us: None,
        };
        assert_eq!((claimed.job, claimed.fence), (expected.clone(), 1));
        assert_eq!(job(store, "a"), expected);
        let items = store.job_items("1", "a", 1, 9).expect("items");
        assert_eq!((items.len(), items[0].n, items[0].request.as_slice()), (1, 1, &b"two"[..]));
    }

    fn the_higher_priority_is_first_within_its_site(store) {
        for (id, site, priority) in [("low", "1", 0), ("usual", "1", 4), ("high", "1", 9), ("other", "2", 0)] {
            put(store, NewJob { site, priority, ..new(id) });
        }
        assert_eq!(ids(&claim(store, 9, NOW)), "high other usual low");
    }

    fn a_job_waits_for_its_time(store) {
        put(store, NewJob { run_us: NOW + 10 * SECOND, ..new("later") });
        put(store, new("now"));
        assert_eq!(ids(&claim(store, 9, NOW)), "now");
        assert_eq!(claim_id(store, "later", NOW + 9 * SECOND), None);
        assert_eq!(ids(&claim(store, 9, NOW + 9 * SECOND)), "");
        assert_eq!(ids(&claim(store, 9, NOW + 10 * SECOND)), "later");
    }

    fn a_site_with_ten_jobs_is_not_held_up_by_one_with_many(store) {
        (0..1_000).for_each(|n| put(store, NewJob { site: "many", ..new(&format!("m{n}")) }));
        (0..10).for_each(|n| put(store, NewJob { site: "few", ..new(&format!("f{n}")) }));
        let first: Vec<String> = (0..20).flat_map(|_| claim(store, 1, NOW)).map(|claimed| claimed.job.site).collect();
        assert_eq!(first.iter().filter(|site| *site == "few").count(), 10);
        assert_eq!(claim(store, 2_000, NOW).len(), 990);
    }

    fn a_worker_may_take_the_jobs_of_one_site_or_one_job(store) {
        for (id, site) in [("a", "1"), ("b", "2"), ("c", "2"), ("d", "1")] {
            put(store, NewJob { site, ..new(id) });
        }
        let of_site = JobClaim { now_us: NOW, site: Some("2"), id: None, max: 9, lease_us: NOW + LEASE_US };
        assert_eq!(store.claim_jobs(&JobClaim { id: Some("a"), ..of_site }).expect("none"), []);
        assert_eq!(claim_id(store, "d", NOW).expect("it is ready").job.id, "d");
        assert_eq!(claim_id(store, "d", NOW), None);
        assert_eq!(ids(&store.claim_jobs(&of_site).expect("two")), "b c");
        assert_eq!(ids(&claim(store, 9, NOW)), "a");
    }

    fn many_jobs_that_become_due_at_once_do_not_hide_the_one_that_is_asked_for(store) {
        (0..500).for_each(|n| put(store, NewJob { site: "many", run_us: NOW + 1, ..new(&format!("m{n}")) }));
        put(store, NewJob { run_us: NOW + 2, ..new("mine") });
        let mine = JobClaim { now_us: NOW + 3, site: Some("1"), id: None, max: 9, lease_us: NOW + LEASE_US };
        assert_eq!(ids(&store.claim_jobs(&mine).expect("one")), "mine");
        assert_eq!(claim(store, 1_000, NOW + 3).len(), 500);
    }

    fn a_key_makes_a_second_enqueue_the_first_and_another_payload_a_conflict(store) {
        let (one, two) = (hash(1), hash(2));
        let keyed = NewJob { key: Some(("k", &one)), ..new("a") };
        put(store, keyed);
        let again = |job: NewJob<'_>| store.enqueue(&NewJob { items: &[vec![]], ..job }).expect("the store works");
        assert_eq!(again(NewJob { id: "b", ..keyed }), Enqueued::Same("a".into()));
        assert_eq!(again(NewJob { id: "b", key: Some(("k", &two)), ..keyed }), Enqueued::Conflict);
        assert_eq!(again(NewJob { id: "b", user_id: 8, ..keyed }), Enqueued::New);
        assert_eq!(again(NewJob { id: "c", client: "app", ..keyed }), Enqueued::New);
        assert_eq!(again(NewJob { id: "d", site: "2", ..keyed }), Enqueued::New);
        assert_eq!(all(store, JobFilter::default()), "d c b a");
        finish(store, &claim_id(store, "a", NOW).expect("it is ready"));
        assert_eq!(again(NewJob { id: "e", ..keyed }), Enqueued::Same("a".into()));
        assert_eq!(store.purge_jobs(&JobFilter { id: Some("a"), max: 1, ..JobFilter::default() }).expect("purged"), 1);
        assert_eq!(again(NewJob { id: "e", ..keyed }), Enqueued::New);
    }

    fn a_job_whose_items_are_all_answered_is_done_and_keeps_no_request(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let claimed = claim(store, 1, NOW).remove(0);
        assert_eq!(open(store, &claimed), [0, 1]);
        assert!(done(store, &claimed, 0));
        assert_eq!(open(store, &claimed), [1]);
        assert!(done(store, &claimed, 1));
        assert!(done(store, &claimed, 1), "the lease holds, and nothing is counted twice");
        assert!(finish(store, &claimed));
        let kept = job(store, "a");
        assert_eq!((kept.state, kept.total, kept.done, kept.failed), (JobState::Done, 2, 2, 0));
        assert_eq!((kept.ended_us, kept.due_us), (Some(NOW), NOW + KEEP_US));
        assert!(store.job_items("1", "a", 0, 9).expect("items").iter().all(|item| item.request.is_empty()));
        assert_eq!(stand(store, "a"), items(&[(ItemState::Done, "answer"), (ItemState::Done, "answer")]));
    }

    fn an_item_that_failed_is_tried_again_or_ends(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let claimed = claim(store, 1, NOW).remove(0);
        let end = |n, end| assert!(store.end_item(of(&claimed, n), NOW, end).expect("the store works"));
        end(0, ItemEnd::Again("provider_timeout"));
        end(1, ItemEnd::Failed("policy_blocked_input"));
        let open = store.open_items(lease(&claimed), 0, 9).expect("items");
        assert_eq!((open.len(), open[0].attempts, open[0].error.as_deref()), (1, 1, Some("provider_timeout")));
        assert_eq!(open[0].request, b"ask 0");
        done(store, &claimed, 0);
        assert!(finish(store, &claimed));
        let kept = job(store, "a");
        assert_eq!((kept.state, kept.done, kept.failed), (JobState::Failed, 1, 1));
    }

    fn items_that_are_open_at_the_end_of_a_job_fail_with_it(store) {
        put(store, NewJob { items: &asks(3), ..new("a") });
        let claimed = claim(store, 1, NOW).remove(0);
        done(store, &claimed, 1);
        let (event, asks) = (event("x"), asks(1));
        let (error, next) = (Some("job_timeout"), with_items("b", &asks));
        let end = Parting::End { error, keep_us: NOW + KEEP_US, event: Some(&event), next: Some(&next) };
        assert!(part(store, &claimed, NOW, end) && !part(store, &claimed, NOW, end));
        let kept = job(store, "a");
        assert_eq!((kept.state, kept.done, kept.failed, kept.error.as_deref()), (JobState::Failed, 1, 2, Some("job_timeout")));
        assert_eq!(stand(store, "a"), items(&[(ItemState::Failed, ""), (ItemState::Done, "answer"), (ItemState::Failed, "")]));
        assert_eq!(told(store), [("x".to_owned(), "job.done".to_owned())]);
        assert_eq!(ids(&claim(store, 9, NOW)), "b");
    }

    fn a_worker_hands_a_job_back_for_later(store) {
        put(store, new("a"));
        let claimed = claim(store, 1, NOW).remove(0);
        assert!(part(store, &claimed, NOW, Parting::Queue { run_us: NOW + SECOND, error: Some("policy_quota") }));
        let queued = job(store, "a");
        assert_eq!((queued.state, queued.due_us, queued.error.as_deref()), (JobState::Queued, NOW + SECOND, Some("policy_quota")));
        assert_eq!(claim(store, 1, NOW), []);
        let claimed = claim(store, 1, NOW + SECOND).remove(0);
        assert_eq!((claimed.job.attempts, claimed.job.started_us), (2, Some(NOW)));
        assert!(part(store, &claimed, NOW + SECOND, Parting::Queue { run_us: NOW, error: None }));
        assert_eq!(claim(store, 1, NOW + SECOND).len(), 1);
    }

    fn a_job_that_waits_for_a_provider_is_had_again_when_it_is_due_or_named(store) {
        ["a", "b"].iter().for_each(|id| put(store, new(id)));
        for claimed in claim(store, 2, NOW) {
            assert!(part(store, &claimed, NOW, wait("resp_1", NOW + 30 * SECOND, &[])));
        }
        assert_eq!(store.status(NOW).expect("figures").queue.waiting, 2);
        assert_eq!(claim(store, 9, NOW + 29 * SECOND), []);
        let named = claim_id(store, "b", NOW).expect("whoever names it may have it");
        assert_eq!((named.job.about.as_slice(), named.job.state), (&b"resp_1"[..], JobState::Running));
        assert_eq!(ids(&claim(store, 9, NOW + 30 * SECOND)), "a");
    }

    fn the_jobs_of_a_site_are_counted_by_state(store) {
        let counts = |site: &str| store.counts(site, "infer", NOW).expect("counts");
        ["a", "b", "c", "d"].iter().for_each(|id| put(store, new(id)));
        put(store, NewJob { site: "2", ..new("e") });
        put(store, NewJob { kind: "callback", ..new("f") });
        assert_eq!((counts("1").jobs, counts("2").jobs[0], counts("3").jobs), ([4, 0, 0, 0, 0, 0], 1, [0; 6]));
        assert_eq!((counts("1").oldest_due_us, counts("3").oldest_due_us), (Some(NOW), None));
        let jobs = [claim_id(store, "a", NOW), claim_id(store, "b", NOW), claim_id(store, "c", NOW)].map(Option::unwrap);
        assert!(part(store, &jobs[0], NOW, wait("resp_1", NOW + SECOND, &[])));
        done(store, &jobs[1], 0);
        assert!(part(store, &jobs[1], NOW, Parting::End { error: None, keep_us: NOW + KEEP_US, event: None, next: None }));
        assert!(part(store, &jobs[2], NOW, Parting::End { error: Some("x"), keep_us: NOW + KEEP_US, event: None, next: None }));
        assert_eq!(counts("1").jobs, [1, 0, 1, 1, 1, 0]);
        assert_eq!(store.purge_jobs(&JobFilter { site: Some("1"), max: 9, ..JobFilter::default() }).expect("purged"), 2);
        assert_eq!((counts("1").jobs, counts("2").jobs), ([1, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]));
        assert_eq!(store.status(NOW).expect("figures").queue.queued, 3, "of all kinds and sites");
    }

    fn a_lease_that_is_renewed_is_not_handed_on(store) {
        put(store, new("a"));
        let claimed = claim(store, 1, NOW).remove(0);
        assert!(renew(store, &claimed, NOW + 3 * LEASE_US));
        assert_eq!(claim(store, 1, NOW + LAPSE), []);
        assert_eq!(claim_id(store, "a", NOW + LAPSE), None);
        let second = claim(store, 1, NOW + 3 * LEASE_US).remove(0);
        assert_eq!(second.fence, claimed.fence + 1);
        assert!(!renew(store, &claimed, NOW + 9 * LEASE_US) && renew(store, &second, NOW + 9 * LEASE_US));
        assert_eq!(store.status(NOW).expect("figures").queue.abandoned, 1);
    }

    fn a_worker_that_is_late_writes_nothing(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let late = claim(store, 1, NOW).remove(0);
        let second = claim(store, 1, NOW + LAPSE).remove(0);
        let before = (job(store, "a"), stand(store, "a"));
        assert!(!done(store, &late, 0) && !finish(store, &late) && open(store, &late).is_empty());
        let wait = wait("late", NOW, &[]);
        assert!(!part(store, &late, NOW, Parting::Queue { run_us: NOW, error: None }) && !part(store, &late, NOW, wait));
        let (day, throttle) = (limit("day", 9, 86_400), limit("minute", 9, 60));
        let ask = Ask::new().quota(&day).throttle(&throttle);
        assert_eq!(admit(store, &ask, &late, 0), Verdict::Lost);
        assert_eq!((ask.left(store), store.status(NOW).expect("figures").spool), (vec![9, 9], 0));
        settle(store, &ask, &late, 0, Some(b"late"));
        assert_eq!(store.status(NOW).expect("figures").spool, 1, "what the call did cost is logged all the same");
        assert_eq!(before, (job(store, "a"), stand(store, "a")));
        assert!(matches!(admit(store, &ask, &second, 0), Verdict::Miss { .. }));
        assert!(done(store, &second, 0) && done(store, &second, 1) && finish(store, &second));
    }

    fn an_item_that_was_asked_when_its_worker_died_is_asked_again_and_counted(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let claimed = claim(store, 1, NOW).remove(0);
        assert!(matches!(admit(store, &Ask::new(), &claimed, 0), Verdict::Miss { .. }));
        assert_eq!((stand(store, "a")[0].0, open(store, &claimed)), (ItemState::Asked, vec![1]));
        let second = claim(store, 1, NOW + LAPSE).remove(0);
        assert_eq!(open(store, &second), [0, 1]);
        assert_eq!(store.status(NOW).expect("figures").queue.asked_again, 1);
    }

    fn a_call_that_came_to_nothing_leaves_its_item_open(store) {
        put(store, new("a"));
        let claimed = claim(store, 1, NOW).remove(0);
        let ask = Ask::new();
        admit(store, &ask, &claimed, 0);
        settle(store, &ask, &claimed, 0, None);
        assert_eq!(open(store, &claimed), [0]);
        claim(store, 1, NOW + LAPSE);
        assert_eq!(store.status(NOW).expect("figures").queue.asked_again, 0);
    }

    fn an_answer_that_was_settled_is_not_paid_for_again(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let claimed = claim(store, 1, NOW).remove(0);
        let ask = Ask::new();
        admit(store, &ask, &claimed, 0);
        settle(store, &ask, &claimed, 0, Some(b"paid for"));
        let second = claim(store, 1, NOW + LAPSE).remove(0);
        assert_eq!(open(store, &second), [0, 1]);
        let day = limit("day", 9, 86_400);
        let ask = Ask::new().quota(&day);
        let Verdict::Hit { entry, .. } = admit(store, &ask, &second, 0) else { panic!("it is there") };
        assert_eq!((entry.body.as_slice(), entry.provider.as_str(), entry.stored_us), (&b"paid for"[..], "acme", NOW + 7));
        assert_eq!(ask.left(store), [9]);
        assert!(matches!(admit(store, &Ask::new(), &second, 1), Verdict::Miss { .. }));
        assert!(done(store, &second, 0));
        assert_eq!(store.status(NOW).expect("figures").queue.asked_again, 0);
    }

    fn an_answer_that_would_not_do_is_not_handed_back(store) {
        put(store, new("a"));
        let claimed = claim(store, 1, NOW).remove(0);
        settle(store, &Ask::new(), &claimed, 0, Some(b"no JSON"));
        assert!(store.end_item(of(&claimed, 0), NOW, ItemEnd::Again("provider_invalid")).expect("the store works"));
        assert!(matches!(admit(store, &Ask::new(), &claimed, 0), Verdict::Miss { .. }));
    }

    fn an_item_is_answered_from_the_cache_as_any_call(store) {
        put(store, new("a"));
        let claimed = claim(store, 1, NOW).remove(0);
        Keep::new(hash(1), "cached").settle(store);
        assert!(matches!(admit(store, &Ask::new().lookup(hash(1)), &claimed, 0), Verdict::Hit { .. }));
        assert_eq!(open(store, &claimed), [0]);
    }

    fn a_job_over_which_workers_die_is_given_up_and_told_of(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let mut now_us = NOW;
        let mut fences = Vec::new();
        while let [claimed] = claim(store, 1, now_us).as_slice() {
            (now_us, fences) = (now_us + LAPSE, [fences, vec![claimed.fence]].concat());
        }
        assert_eq!(fences.len() as u32, MAX_DEATHS);
        let kept = job(store, "a");
        assert_eq!((kept.state, kept.failed, kept.error.as_deref()), (JobState::Failed, 2, Some(ABANDONED)));
        assert_eq!(kept.due_us, now_us + ABANDONED_KEPT_US);
        assert_eq!(told(store), [(format!("a:{MAX_DEATHS}"), Lease::FAILED.to_owned())]);
        let queue = store.status(now_us).expect("figures").queue;
        assert_eq!((queue.failed, queue.running, queue.abandoned), (1, 0, u64::from(MAX_DEATHS)));
        assert_eq!(store.retry_job("1", "a", now_us).expect("it is there").expect("it is there").state, JobState::Queued);
        assert_eq!(claim(store, 1, now_us).len(), 1);
    }

    fn a_job_of_which_an_item_has_ended_since_is_not_given_up(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let mut now_us = NOW;
        for death in 1..2 * MAX_DEATHS - 2 {
            let claimed = claim(store, 1, now_us).remove(0);
            if death == MAX_DEATHS - 1 {
                assert!(done(store, &claimed, 0));
            }
            now_us += LAPSE;
        }
        assert_eq!(claim(store, 1, now_us).len(), 1);
        assert!(claim(store, 1, now_us + LAPSE).is_empty());
    }

    fn a_job_that_its_worker_handed_back_is_not_given_up(store) {
        put(store, new("a"));
        for turn in 0..3_i64 {
            for death in 0..i64::from(MAX_DEATHS) - 1 {
                assert_eq!(claim(store, 1, NOW + (turn * 9 + death) * LAPSE).len(), 1);
            }
            let now_us = NOW + (turn * 9 + 8) * LAPSE;
            let claimed = claim(store, 1, now_us).remove(0);
            assert!(part(store, &claimed, now_us, Parting::Queue { run_us: now_us, error: None }));
        }
    }

    fn a_job_that_is_called_off_is_lost_to_its_worker_and_can_be_tried_again(store) {
        put(store, NewJob { items: &asks(2), ..new("a") });
        let claimed = claim(store, 1, NOW).remove(0);
        assert!(done(store, &claimed, 0));
        admit(store, &Ask::new(), &claimed, 1);
        let cancel = |id| cancel(store, id, NOW + 1);
        let cancelled = cancel("a").expect("it is there");
        assert_eq!((cancelled.state, cancelled.ended_us), (JobState::Cancelled, Some(NOW + 1)));
        assert!(!renew(store, &claimed, NOW + LEASE_US) && !done(store, &claimed, 1) && !finish(store, &claimed));
        assert_eq!(claim(store, 1, NOW + LAPSE), []);
        assert_eq!(cancel("x"), None);
        let retried = store.retry_job("1", "a", NOW).expect("the store works").expect("it is there");
        assert_eq!((retried.state, retried.done, retried.ended_us), (JobState::Queued, 1, None));
        let claimed = claim(store, 1, NOW).remove(0);
        assert_eq!(open(store, &claimed), [1]);
        assert!(done(store, &claimed, 1) && finish(store, &claimed));
        assert_eq!(cancel("a").expect("it is there").state, JobState::Done, "what has ended stays as it is");
    }

    fn a_retry_keeps_what_is_done_and_begins_anew_with_what_failed(store) {
        put(store, NewJob { items: &asks(3), ..new("a") });
        let claimed = claim(store, 1, NOW).remove(0);
        assert!(store.retry_job("1", "a", NOW).expect("the store works").is_some_and(|job| job.state == JobState::Running));
        done(store, &claimed, 0);
        let end = |n, end| assert!(store.end_item(of(&claimed, n), NOW, end).expect("the store works"));
        end(1, ItemEnd::Again("provider_timeout"));
        end(1, ItemEnd::Failed("provider_timeout"));
        assert!(finish(store, &claimed));
        let retried = store.retry_job("1", "a", NOW + 1).expect("the store works").expect("it is there");
        assert_eq!((retried.state, retried.done, retried.failed, retried.error), (JobState::Queued, 1, 0, None));
        assert_eq!(store.retry_job("2", "a", NOW).expect("none"), None);
        let claimed = claim(store, 1, NOW + 1).remove(0);
        let open = store.open_items(lease(&claimed), 0, 9).expect("items");
        let open: Vec<_> = open.iter().map(|item| (item.n, item.attempts, item.request.as_slice())).collect();
        assert_eq!(open, [(1, 0, &b"ask 1"[..]), (2, 0, &b"ask 2"[..])]);
    }

    fn a_result_is_accepted_once_and_told_of(store) {
        put(store, new("a"));
        let accept = |site: &str, id: &str, now_us| store.accept_job(site, id, now_us, &event("a:accepted")).expect("the store works");
        assert_eq!(accept("1", "a", NOW).expect("it is there").accepted_us, None, "it is not done");
        let claimed = claim(store, 1, NOW).remove(0);
        assert!(done(store, &claimed, 0) && finish(store, &claimed));
        assert_eq!((accept("2", "a", NOW), accept("1", "b", NOW)), (None, None));
        assert_eq!(told(store), []);
        assert_eq!(accept("1", "a", NOW + 1).expect("it is there").accepted_us, Some(NOW + 1));
        assert_eq!(accept("1", "a", NOW + 2).expect("it is there").accepted_us, Some(NOW + 1));
        assert_eq!(told(store).len(), 1);
    }

    fn jobs_are_listed_by_what_they_are_newest_first(store) {
        put(store, new("a"));
        put(store, NewJob { user_id: 8, source: "x", ..new("b") });
        put(store, NewJob { client: "app", kind: "callback", ..new("c") });
        put(store, NewJob { site: "2", ..new("d") });
        finish(store, &claim_id(store, "a", NOW).expect("it is ready"));
        let none = JobFilter::default();
        let found = |filter| all(store, filter);
        assert_eq!((found(none), found(JobFilter { site: Some("1"), ..none })), ("d c b a".into(), "c b a".into()));
        assert_eq!((found(JobFilter { id: Some("b"), ..none }), found(JobFilter { id: Some("b"), site: Some("2"), ..none })), ("b".into(), String::new()));
        assert_eq!((found(JobFilter { user_id: Some(8), ..none }), found(JobFilter { client: Some("app"), ..none })), ("b".into(), "c".into()));
        assert_eq!((found(JobFilter { source: Some("x"), ..none }), found(JobFilter { kind: Some("callback"), ..none })), ("b".into(), "c".into()));
        assert_eq!((found(JobFilter { state: Some(JobState::Failed), ..none }), found(JobFilter { before: Some("c"), ..none })), ("a".into(), "b a".into()));
        assert_eq!((found(JobFilter { ended_before_us: Some(NOW), ..none }), found(JobFilter { ended_before_us: Some(NOW + 1), ..none })), (String::new(), "a".into()));
        assert_eq!(store.jobs(&JobFilter { max: 1, site: Some("1"), before: Some("c"), ..none }).expect("one").len(), 1);
        assert_eq!((found(JobFilter { before: Some("x"), ..none }), store.job_items("2", "a", 0, 9).expect("none").len()), (String::new(), 0));
    }

    fn what_has_ended_can_be_dropped_and_nothing_else(store) {
        ["a", "b", "c"].iter().for_each(|id| put(store, NewJob { items: &asks(1_500), ..new(id) }));
        finish(store, &claim_id(store, "a", NOW).expect("it is ready"));
        cancel(store, "b", NOW);
        let purge = |filter| store.purge_jobs(&JobFilter { max: 100, ..filter }).expect("the store works");
        assert_eq!(purge(JobFilter { site: Some("2"), ..JobFilter::default() }), 0);
        assert_eq!(purge(JobFilter { state: Some(JobState::Cancelled), ..JobFilter::default() }), 1);
        assert_eq!(purge(JobFilter::default()), 1);
        assert_eq!(all(store, JobFilter::default()), "c");
        assert_eq!(store.job_items("1", "c", 0, 9_999).expect("items").len(), 1_500);
        let queue = store.status(NOW).expect("figures").queue;
        assert_eq!((queue.queued, queue.failed), (1, 0));
    }

    fn a_job_is_dropped_once_it_was_kept_long_enough(store) {
        ["a", "b"].iter().for_each(|id| put(store, new(id)));
        finish(store, &claim_id(store, "a", NOW).expect("it is ready"));
        let kept_at = |now_us| {
            assert!(Ask::new().at(now_us).passes(store));
            store.maintain().expect("maintained");
            all(store, JobFilter::default())
        };
        assert_eq!(kept_at(NOW + KEEP_US - 1), "b a");
        assert_eq!(kept_at(NOW + KEEP_US + 120 * SECOND), "b");
    }

    fn the_status_says_how_many_there_are_and_how_long_the_oldest_has_waited(store) {
        assert_eq!(store.status(NOW).expect("figures").queue, aisp::store::QueueStatus::default());
        put(store, NewJob { run_us: NOW + 3, ..new("later") });
        assert_eq!(store.status(NOW).expect("figures").queue.oldest_due_us, None);
        ["a", "b", "c"].iter().for_each(|id| put(store, NewJob { run_us: NOW - 5, ..new(id) }));
        let claimed = claim(store, 2, NOW);
        finish(store, &claimed[0]);
        let queue = store.status(NOW).expect("figures").queue;
        assert_eq!((queue.queued, queue.running, queue.waiting, queue.failed, queue.oldest_due_us), (2, 1, 0, 1, Some(NOW - 5)));
        claim(store, 1, NOW);
        assert_eq!(store.status(NOW + 4).expect("figures").queue.oldest_due_us, Some(NOW + 3));
    }
}
