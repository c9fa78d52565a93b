//! What the calls of the last 30 seconds came to, in slots of five.

use serde::{Deserialize, Serialize};

/// What counts is this long ago at most: [`SLOTS`] slots.
const SLOT_US: i64 = 5_000_000;
const SLOTS: usize = 6;

/// The slots, each in the place that its number has among [`SLOTS`]. The stores keep them as they are here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Window([Slot; SLOTS]);

/// Five seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Slot {
    /// Which five seconds, counted from the epoch.
    at: i64,
    pub answers: u32,
    pub failures: u32,
    pub refusals: u32,
    pub retries: u32,
}

impl Window {
    /// The slot of now, emptied if it is of another time.
    pub fn now(&mut self, now_us: i64) -> &mut Slot {
        let now = now_us.div_euclid(SLOT_US);
        let slot = &mut self.0[now.rem_euclid(SLOTS as i64) as usize];
        if slot.at != now {
            *slot = Slot { at: now, ..Slot::default() };
        }
        slot
    }

    /// The sum of a figure of the slots that are not too old.
    pub fn sum(&self, now_us: i64, figure: impl Fn(&Slot) -> u32) -> u32 {
        let now = now_us.div_euclid(SLOT_US);
        self.0.iter().filter(|slot| (0..SLOTS as i64).contains(&(now - slot.at))).map(figure).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000_000;

    fn answers(window: &Window, now_us: i64) -> u32 {
        window.sum(now_us, |slot| slot.answers)
    }

    #[test]
    fn what_counts_is_thirty_seconds_old_at_most_and_not_of_a_time_to_come() {
        let mut window = Window::default();
        window.now(NOW).answers += 1;
        window.now(NOW + SLOT_US).answers += 1;
        assert_eq!([0, 1, 5, 6, 7].map(|slots| answers(&window, NOW + slots * SLOT_US)), [1, 2, 2, 1, 0]);
    }

    #[test]
    fn a_slot_is_emptied_when_its_place_is_due_again() {
        let mut window = Window::default();
        window.now(NOW).answers += 7;
        let later = NOW + SLOTS as i64 * SLOT_US;
        window.now(later).answers += 1;
        assert_eq!((answers(&window, NOW), answers(&window, later)), (0, 1));
    }

    #[test]
    fn it_is_kept_as_the_list_of_its_slots() {
        let mut window = Window::default();
        window.now(3 * SLOT_US).failures += 2;
        let kept = serde_json::to_value(&window).expect("JSON");
        assert_eq!(kept[3], serde_json::json!({"at": 3, "answers": 0, "failures": 2, "refusals": 0, "retries": 0}));
        assert_eq!(serde_json::from_value::<Window>(kept).expect("slots"), window);
    }
}
