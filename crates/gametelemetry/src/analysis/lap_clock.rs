//! A lap's own clock: seconds since it began, standing still where the game did and where the drive was taken back.
//!
//! Stands between laps and traces. Decides nothing about laps; it goes by what [`Lap`] says.

use std::time::Duration;

use gametelemetry_file::Timestamp;

use crate::laps::Lap;

/// Turns moments of a recording into seconds of one lap, and back.
#[derive(Clone, Debug)]
pub struct LapClock {
    start: Timestamp,
    end: Timestamp,
    /// What does not count, in order, none touching another.
    left_out: Vec<(Timestamp, Timestamp)>,
}

impl LapClock {
    /// The clock of `lap`.
    #[must_use]
    pub fn new(lap: &Lap) -> Self {
        let within = |&(from, until): &(Timestamp, Timestamp)| (from.max(lap.start), until.min(lap.end));
        let all = lap.taken_back.iter().chain(&lap.paused).map(within);
        let mut stretches: Vec<(Timestamp, Timestamp)> = all.filter(|(from, until)| from < until).collect();
        stretches.sort_unstable();
        let mut left_out: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, until) in stretches {
            match left_out.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => left_out.push((from, until)),
            }
        }
        Self { start: lap.start, end: lap.end, left_out }
    }

    /// Seconds on the clock at `timestamp`: negative before the lap, more than [`LapClock::total_s`] after it. `None`
    /// inside a stretch that does not count.
    #[must_use]
    pub fn seconds_at(&self, timestamp: Timestamp) -> Option<f64> {
        let mut seconds = timestamp.seconds_since(self.start);
        for &(from, until) in &self.left_out {
            if timestamp >= until {
                seconds -= until.seconds_since(from);
            } else if timestamp > from {
                return None;
            }
        }
        Some(seconds)
    }

    /// When the clock showed `seconds`.
    #[must_use]
    pub fn timestamp_at(&self, seconds: f64) -> Timestamp {
        let mut timestamp = shifted(self.start, seconds);
        for &(from, until) in &self.left_out {
            if timestamp > from {
                timestamp = shifted(timestamp, until.seconds_since(from));
            }
        }
        timestamp
    }

    /// What the clock shows at the end of the lap, in seconds.
    #[must_use]
    pub fn total_s(&self) -> f64 {
        let left_out = self.left_out.iter().map(|(from, until)| until.seconds_since(*from));
        self.end.seconds_since(self.start) - left_out.sum::<f64>()
    }
}

fn shifted(timestamp: Timestamp, seconds: f64) -> Timestamp {
    let by = Duration::try_from_secs_f64(seconds.abs()).unwrap_or(Duration::ZERO);
    if seconds < 0.0 { timestamp - by } else { timestamp + by }
}

#[cfg(test)]
mod tests {
    use super::super::test_laps::{lap, second};
    use super::*;

    #[test]
    fn the_clock_stands_still_in_pauses_and_in_what_was_taken_back() {
        let mut lap = lap(1, 100.0, 190.0);
        lap.paused = vec![(second(120.0), second(130.0)), (second(80.0), second(90.0))];
        lap.taken_back = vec![(second(150.0), second(160.0)), (second(155.0), second(165.0))];
        let clock = LapClock::new(&lap);
        assert_eq!(clock.total_s(), 90.0 - 10.0 - 15.0);
        for (at, expected) in [
            (99.0, Some(-1.0)),
            (110.0, Some(10.0)),
            (120.0, Some(20.0)),
            (125.0, None),
            (130.0, Some(20.0)),
            (140.0, Some(30.0)),
            (160.0, None),
            (165.0, Some(40.0)),
            (191.0, Some(66.0)),
        ] {
            assert_eq!(clock.seconds_at(second(at)), expected, "{at}");
        }
        for at in [99.0, 110.0, 120.0, 140.0, 180.0] {
            assert_eq!(clock.timestamp_at(clock.seconds_at(second(at)).unwrap()), second(at));
        }
    }
}
