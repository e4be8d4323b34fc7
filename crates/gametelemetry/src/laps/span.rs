//! Where a moment of the recording lies in the laps: which lap it belongs to, and when in that lap it was.
//!
//! For whoever draws, compares or exports laps: a lap's own clock leaves out pauses and what flashbacks took back.

use std::time::Duration;

use gametelemetry_file::Timestamp;

use super::model::{Lap, Laps};

impl Lap {
    /// Whether the moment lies in the lap and counts: it is not in a stretch that a flashback took back. The moment of
    /// its end belongs to the next lap.
    #[must_use]
    pub fn contains(&self, timestamp: Timestamp) -> bool {
        let is_taken_back = || self.taken_back.iter().any(|stretch| is_in(*stretch, timestamp));
        is_in((self.start, self.end), timestamp) && !is_taken_back()
    }

    /// The time since the lap began, without pauses and what was taken back; `None` outside it and within what was taken
    /// back. In a pause it stands.
    #[must_use]
    pub fn time_at(&self, timestamp: Timestamp) -> Option<Duration> {
        let is_end = timestamp == self.end && timestamp >= self.start;
        if !is_end && !self.contains(timestamp) {
            return None;
        }
        let whole = timestamp.duration_since(self.start)?;
        Some(whole.saturating_sub(self.left_out(timestamp)))
    }

    /// What of the time from its start to `until` does not count.
    fn left_out(&self, until: Timestamp) -> Duration {
        let mut stretches: Vec<_> = self.taken_back.iter().chain(&self.paused).copied().collect();
        stretches.sort_unstable();
        let (mut sum, mut from) = (Duration::ZERO, self.start);
        for (begin, end) in stretches {
            // A pause within what was taken back counts once.
            let (begin, end) = (begin.max(from), end.min(until));
            sum += end.duration_since(begin).unwrap_or_default();
            from = from.max(end);
        }
        sum
    }
}

impl Laps {
    /// The place in [`Laps::laps`] of the lap that the moment belongs to; one that was taken back comes last.
    #[must_use]
    pub fn lap_at(&self, timestamp: Timestamp) -> Option<usize> {
        let counted = self
            .laps
            .iter()
            .rposition(|lap| lap.kind != super::LapKind::Superseded && lap.contains(timestamp));
        counted.or_else(|| self.laps.iter().rposition(|lap| is_in((lap.start, lap.end), timestamp)))
    }
}

fn is_in((from, until): (Timestamp, Timestamp), timestamp: Timestamp) -> bool {
    from <= timestamp && timestamp < until
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laps::LapKind;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ticks(seconds * 10_000_000)
    }

    fn lap(start: i64, end: i64) -> Lap {
        Lap {
            lap: 1,
            kind: LapKind::Flying,
            valid: true,
            time: None,
            official_time: None,
            sectors: Vec::new(),
            reason: String::new(),
            part: 0,
            start: at(start),
            end: at(end),
            length_m: None,
            taken_back: Vec::new(),
            paused: Vec::new(),
        }
    }

    #[test]
    fn the_laps_clock_leaves_out_pauses_and_what_was_taken_back() {
        let lap = Lap {
            taken_back: vec![(at(120), at(140))],
            paused: vec![(at(130), at(150)), (at(160), at(170))],
            ..lap(100, 200)
        };
        let cases = [
            (99, None),
            (100, Some(0)),
            (119, Some(19)),
            (125, None),
            (145, Some(20)),
            (150, Some(20)),
            (165, Some(30)),
            (180, Some(40)),
            (200, Some(60)),
            (201, None),
        ];
        for (second, expected) in cases {
            assert_eq!(lap.time_at(at(second)).map(|time| time.as_secs()), expected, "{second}");
        }
    }

    #[test]
    fn a_moment_belongs_to_the_lap_that_counts() {
        let whole = Lap { taken_back: vec![(at(90), at(110))], ..lap(0, 120) };
        let begun = Lap { kind: LapKind::Superseded, ..lap(100, 110) };
        let laps = Laps { laps: vec![whole, begun, lap(120, 200)], parts: Vec::new() };
        let expected =
            [(50, Some(0)), (95, Some(0)), (105, Some(1)), (115, Some(0)), (120, Some(2)), (200, None)];
        for (second, number) in expected {
            assert_eq!(laps.lap_at(at(second)), number, "{second}");
        }
    }
}
