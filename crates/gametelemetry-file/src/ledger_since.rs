//! The part of a ledger that belongs to the end of a recording: what was counted since an earlier moment.
//!
//! For a recorder that keeps only what came last. Only subtracts; who keeps which ledger is the recorder's business.

use std::collections::BTreeMap;

use crate::{KindCounts, Lateness, Ledger, MessageCounts};

impl Ledger {
    /// What was counted after `earlier`, a ledger of the same recording.
    ///
    /// Counts, lateness and what became of messages are the difference. What belongs to single records or moments is
    /// left empty (suspects, rewinds, gaps, first and last frame), for whoever knows which are meant to fill in.
    /// Notices, the rate asked for, and how far the wall clock has moved stay as they are.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            looks: self.looks.saturating_sub(earlier.looks),
            frames: self.frames.saturating_sub(earlier.frames),
            recorded: self.recorded.saturating_sub(earlier.recorded),
            unchanged: self.unchanged.saturating_sub(earlier.unchanged),
            torn: self.torn.saturating_sub(earlier.torn),
            retried: self.retried.saturating_sub(earlier.retried),
            dropped: self.dropped.saturating_sub(earlier.dropped),
            missed: self.missed.saturating_sub(earlier.missed),
            missed_by_callbacks: self.missed_by_callbacks.saturating_sub(earlier.missed_by_callbacks),
            attached: self.attached.saturating_sub(earlier.attached),
            lateness: self.lateness.since(&earlier.lateness),
            requested_hz: self.requested_hz,
            wall_clock_moved_ms: self.wall_clock_moved_ms,
            notices: self.notices.clone(),
            messages: self.messages.as_ref().map(|messages| match &earlier.messages {
                Some(earlier) => messages.since(earlier),
                None => messages.clone(),
            }),
            finished: self.finished,
            ..Self::default()
        }
    }
}

impl Lateness {
    fn since(&self, earlier: &Self) -> Self {
        let less = |(step, count): (&u16, &u64)| {
            let before = earlier.steps.get(step).copied().unwrap_or(0);
            Some((*step, count.saturating_sub(before))).filter(|(_, count)| *count > 0)
        };
        Self { steps: self.steps.iter().filter_map(less).collect() }
    }
}

impl MessageCounts {
    fn since(&self, earlier: &Self) -> Self {
        let of_system = |counts: &Self| counts.dropped_by_system;
        Self {
            kinds: kinds_since(&self.kinds, &earlier.kinds),
            unknown: self.unknown.saturating_sub(earlier.unknown),
            truncated: self.truncated.saturating_sub(earlier.truncated),
            refused: self.refused.saturating_sub(earlier.refused),
            dropped_by_system: of_system(self)
                .map(|count| count.saturating_sub(of_system(earlier).unwrap_or(0))),
            groups: self.groups.saturating_sub(earlier.groups),
            incomplete_groups: self.incomplete_groups.saturating_sub(earlier.incomplete_groups),
            reassembled: self.reassembled.saturating_sub(earlier.reassembled),
            incomplete: self.incomplete.saturating_sub(earlier.incomplete),
            not_forwarded: self.not_forwarded.saturating_sub(earlier.not_forwarded),
        }
    }
}

fn kinds_since(
    now: &BTreeMap<String, KindCounts>,
    earlier: &BTreeMap<String, KindCounts>,
) -> BTreeMap<String, KindCounts> {
    let less = |(name, counts): (&String, &KindCounts)| {
        let before = earlier.get(name).copied().unwrap_or_default();
        let counts = KindCounts {
            received: counts.received.saturating_sub(before.received),
            lost: counts.lost.saturating_sub(before.lost),
            reordered: counts.reordered.saturating_sub(before.reordered),
            duplicated: counts.duplicated.saturating_sub(before.duplicated),
            wrong_size: counts.wrong_size.saturating_sub(before.wrong_size),
        };
        (name.clone(), counts)
    };
    now.iter().map(less).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_came_later_is_counted() {
        let kinds = |received| {
            let counts = KindCounts { received, ..KindCounts::default() };
            Some(MessageCounts { kinds: [("laps".to_owned(), counts)].into(), ..MessageCounts::default() })
        };
        let mut earlier = Ledger { looks: 10, unchanged: 4, messages: kinds(6), ..Ledger::default() };
        earlier.lateness.record(Duration::from_micros(50));
        earlier.push_suspect(3);
        let mut now = Ledger { looks: 15, unchanged: 5, messages: kinds(10), ..earlier.clone() };
        now.lateness.record(Duration::from_millis(2));
        now.wall_clock_moved_ms = 7;
        let since = now.since(&earlier);
        assert_eq!((since.looks, since.unchanged, since.suspect), (5, 1, 0));
        assert_eq!((since.lateness.count(), since.wall_clock_moved_ms), (1, 7));
        assert!(since.lateness.quantile(0.0).unwrap() > Duration::from_millis(1));
        assert_eq!(since.messages, kinds(4));
        assert_eq!(now.since(&Ledger::default()).lateness, now.lateness);
    }
}
