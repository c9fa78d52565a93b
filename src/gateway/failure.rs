//! What the failure of a provider means: for the caller, for the provider's breaker, and for the next provider.

use std::time::Duration;

use crate::error::{Error, Fault};
use crate::guard::breaker::Heard;

/// Why there is no answer in the end.
#[derive(Debug, Clone)]
pub enum GaveUp {
    /// No provider could even be asked.
    Unasked(Error),
    /// A provider failed.
    Failed {
        /// How the last one did.
        fault: Fault,
        /// When one said that it would be back.
        retry_after: Option<Duration>,
    },
}

/// Of two failures the later one counts, but one of a provider that was asked counts more than one that could not be.
pub fn later(earlier: Option<GaveUp>, gave_up: GaveUp) -> GaveUp {
    match (earlier, gave_up) {
        (Some(earlier), GaveUp::Unasked(_)) => earlier,
        (Some(GaveUp::Failed { retry_after: Some(a), .. }), GaveUp::Failed { fault, retry_after }) => {
            GaveUp::Failed { fault, retry_after: Some(retry_after.map_or(a, |b| a.min(b))) }
        }
        (_, gave_up) => gave_up,
    }
}

/// What a failure says about the provider. `fair` is whether it had the time that it should have.
pub const fn heard(fault: Fault, fair: bool) -> Heard {
    match fault {
        Fault::Timeout if !fair => Heard::Nothing,
        Fault::Unreachable | Fault::Unavailable | Fault::Timeout | Fault::Invalid | Fault::Incomplete => Heard::Failure,
        Fault::Auth => Heard::KeyRefused,
        Fault::Cancelled | Fault::Blocked => Heard::Nothing,
        _ => Heard::Refusal,
    }
}

/// Whether another provider may do better. What belongs to the request is the same everywhere.
pub const fn moves_on(fault: Fault) -> bool {
    match fault {
        Fault::Rejected
        | Fault::ContextLength
        | Fault::ContentRefused
        | Fault::Exhausted
        | Fault::TooLarge
        | Fault::Schema
        | Fault::Gone
        | Fault::Cancelled => false,
        Fault::Unreachable
        | Fault::Blocked
        | Fault::Auth
        | Fault::Busy
        | Fault::NoCredit
        | Fault::UnknownModel
        | Fault::Unavailable
        | Fault::Invalid
        | Fault::Incomplete
        | Fault::Redirect
        | Fault::Timeout => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_a_provider_counts_more_than_one_that_could_not_be_asked() {
        let failed = |fault| GaveUp::Failed { fault, retry_after: None };
        let unasked = || GaveUp::Unasked(Error::config("KEY is not set"));
        let fault = |gave_up| if let GaveUp::Failed { fault, .. } = gave_up { Some(fault) } else { None };
        assert_eq!(fault(later(Some(failed(Fault::Busy)), unasked())), Some(Fault::Busy));
        assert_eq!(fault(later(Some(unasked()), failed(Fault::Busy))), Some(Fault::Busy));
        assert_eq!(fault(later(Some(failed(Fault::Busy)), failed(Fault::Timeout))), Some(Fault::Timeout));
    }

    #[test]
    fn the_soonest_return_of_any_provider_is_told() {
        let busy = |s| GaveUp::Failed { fault: Fault::Busy, retry_after: Some(Duration::from_secs(s)) };
        let GaveUp::Failed { retry_after, .. } = later(Some(busy(9)), busy(30)) else { panic!("both failed") };
        assert_eq!(retry_after, Some(Duration::from_secs(9)));
    }

    #[test]
    fn a_client_in_a_hurry_opens_no_breaker() {
        assert_eq!(heard(Fault::Timeout, false), Heard::Nothing);
        assert_eq!(heard(Fault::Timeout, true), Heard::Failure);
    }
}
