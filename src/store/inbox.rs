//! The inbox: events from outside that were verified, each kept until a handler has done with it.
//!
//! An event is accepted once, by site, source and id, in one transaction that survives a power cut; only then is it
//! acknowledged. A handler holds a lease; one that comes back after its lease cannot end an event that was handed on.

/// How often an event is handed to a handler before it is given up.
pub const MAX_ATTEMPTS: u32 = 8;

/// An event on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
    /// The site.
    pub site: &'a str,
    /// The source, by its name in the policy.
    pub source: &'a str,
    /// The event's own id.
    pub event: &'a str,
    /// What it is about, where it says so.
    pub kind: Option<&'a str>,
    /// When it was sent, in seconds since the epoch, where it says so.
    pub sent_s: Option<i64>,
    /// The raw body.
    pub body: &'a [u8],
}

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for a handler, or for its next attempt.
    Waiting,
    /// A handler has it.
    Leased,
    /// It has been handled. Only its id is kept, so that it is not handled again.
    Done,
    /// All attempts have failed; somebody has to look.
    Dead,
}

impl State {
    /// Every state, with its name and the number it is stored as.
    pub const ALL: [(&'static str, Self); 4] =
        [("waiting", Self::Waiting), ("leased", Self::Leased), ("done", Self::Done), ("dead", Self::Dead)];

    /// As it is shown.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, state)| *state)
    }

    /// The state that is stored as this number; what nobody knows waits.
    pub fn numbered(number: i64) -> Self {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n)).map_or(Self::Waiting, |(_, state)| *state)
    }
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number in the inbox.
    pub id: i64,
    /// The site.
    pub site: String,
    /// The source.
    pub source: String,
    /// The event's own id.
    pub event: String,
    /// What it is about.
    pub kind: Option<String>,
    /// When it was sent, in seconds since the epoch.
    pub sent_s: Option<i64>,
    /// When it came, in microseconds since the epoch.
    pub received_us: i64,
    /// The raw body; empty once it has been handled.
    pub body: Vec<u8>,
    /// Where it stands.
    pub state: State,
    /// How often a handler had it.
    pub attempts: u32,
    /// When a handler may have it next, or when its lease ends, in microseconds since the epoch.
    pub due_us: i64,
    /// What the last handler said went wrong: the name of an exception's class.
    pub error: Option<String>,
}

/// Which events are looked at.
#[derive(Debug, Default, Clone, Copy)]
pub struct EventFilter<'a> {
    /// Only of this site.
    pub site: Option<&'a str>,
    /// Only of this source.
    pub source: Option<&'a str>,
    /// Only of any other source than this.
    pub not_source: Option<&'a str>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only the one with this number.
    pub id: Option<i64>,
    /// Only those that came in before the one with this number.
    pub before: Option<i64>,
    /// No more than this.
    pub max: u32,
}

/// How a handler has fared. `lease` is the number of attempts that it was given with the event.
#[derive(Debug, Clone, Copy)]
pub struct Handled<'a> {
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
    /// The event's number.
    pub id: i64,
    /// The lease.
    pub lease: u32,
    /// What went wrong; `None` if it is done.
    pub error: Option<&'a str>,
    /// When it may be tried again; `None` if it may not.
    pub retry_us: Option<i64>,
}
