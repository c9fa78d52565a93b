//! Where a job and its items stand, with the names and the numbers of that.

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits for a worker, or for its time.
    Queued,
    /// A worker has it.
    Running,
    /// A provider works on it; it is looked after when it is due.
    Waiting,
    /// All items were answered.
    Done,
    /// Every item has ended, and at least one without an answer.
    Failed,
    /// Somebody called it off.
    Cancelled,
}

impl JobState {
    /// Every state, with its name and the number it is stored as.
    pub const ALL: [(&'static str, Self); 6] = [
        ("queued", Self::Queued),
        ("running", Self::Running),
        ("waiting", Self::Waiting),
        ("done", Self::Done),
        ("failed", Self::Failed),
        ("cancelled", Self::Cancelled),
    ];

    /// As it is shown.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, state)| *state)
    }

    /// The state that is stored as this number; what nobody knows has failed.
    pub fn numbered(number: i64) -> Self {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n)).map_or(Self::Failed, |(_, state)| *state)
    }

    /// Whether nothing happens to it any more by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// Where an item of a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// It has not been answered.
    Open,
    /// A provider was asked, and what it said is not settled yet. If the worker dies now, it is asked again.
    Asked,
    /// It was answered.
    Done,
    /// It ended without an answer.
    Failed,
    /// A provider works on it, for as long as that takes, and its answer is fetched.
    Waiting,
}

impl ItemState {
    /// Every state, with its name and the number it is stored as.
    pub const ALL: [(&'static str, Self); 5] = [
        ("open", Self::Open),
        ("asked", Self::Asked),
        ("done", Self::Done),
        ("failed", Self::Failed),
        ("waiting", Self::Waiting),
    ];

    /// As it is shown.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// The state that is stored as this number; what nobody knows is open.
    pub fn numbered(number: i64) -> Self {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n)).map_or(Self::Open, |(_, state)| *state)
    }
}
