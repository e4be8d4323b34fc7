//! The clock of the laps: what the game would show of times, sectors and validity.
//!
//! Crossings are placed inside the step and rounded to the millisecond once, so that lap times add up exactly and
//! sectors add up to their lap. Knows neither car nor page.

use super::number::{index, mix, whole};

/// Where sectors 2 and 3 begin, as a part of the lap.
pub(super) const SECTORS_AT: [f64; 2] = [0.335, 0.668];
/// What the game writes for a time that it does not have.
pub(super) const NO_TIME_MS: i32 = i32::MAX;
/// Places along the lap at which the best lap's time is kept.
const MARKS: usize = 400;

/// Times since the session began.
#[derive(Clone, Debug)]
pub(super) struct Timing {
    now_s: f64,
    lap_began_ms: i64,
    pub(super) completed_laps: i32,
    pub(super) last_ms: i32,
    pub(super) best_ms: i32,
    /// From 0.
    pub(super) sector: i32,
    /// Time at the end of the last sector, from the start of its lap.
    pub(super) split_ms: i32,
    /// The current lap counts so far.
    pub(super) valid: bool,
    /// The current lap began in the pit lane.
    out_lap: bool,
    marks_s: Vec<f64>,
    best_marks_s: Vec<f64>,
    part: f64,
}

/// Milliseconds, rounded.
fn to_ms(seconds: f64) -> i64 {
    i64::from(whole((seconds * 1000.0).round() % 2e9)) + 2_000_000_000 * i64::from(whole(seconds / 2e6))
}

/// A time as a page stores it.
fn short(ms: i64) -> i32 {
    i32::try_from(ms).unwrap_or(NO_TIME_MS)
}

impl Timing {
    /// At the start of an out lap.
    pub(super) fn new() -> Self {
        Self {
            now_s: 0.0,
            lap_began_ms: 0,
            completed_laps: 0,
            last_ms: NO_TIME_MS,
            best_ms: NO_TIME_MS,
            sector: 0,
            split_ms: 0,
            valid: false,
            out_lap: true,
            marks_s: Vec::with_capacity(MARKS),
            best_marks_s: Vec::new(),
            part: 0.0,
        }
    }

    /// The car drove for `dt_s` and is now at `part` of the lap, in the pit lane or not.
    pub(super) fn advance(&mut self, part: f64, dt_s: f64, in_pit_lane: bool) {
        let (before, before_s) = (self.part, self.now_s);
        // Forwards it is never more than half a lap in a step, so a smaller part means that the line was crossed.
        let finished = part < before - 0.5;
        let driven = part - before + f64::from(finished);
        let at = |mark: f64| before_s + dt_s * ((mark - before) / driven.max(1e-12)).clamp(0.0, 1.0);
        self.now_s += dt_s;
        self.part = part;
        for (number, mark) in (1..).zip(SECTORS_AT) {
            if before < mark && (part >= mark || finished) {
                self.split_ms = short(to_ms(at(mark)) - self.lap_began_ms);
                self.sector = number;
            }
        }
        if finished {
            self.finish_lap(to_ms(at(1.0)), in_pit_lane);
        }
        self.valid &= !in_pit_lane;
        self.mark();
    }

    fn finish_lap(&mut self, at_ms: i64, in_pit_lane: bool) {
        let time = short(at_ms - self.lap_began_ms);
        // Whether the real game gives an out lap a time was not seen; here it has none.
        if !self.out_lap {
            self.last_ms = time;
            if self.valid && time < self.best_ms {
                self.best_ms = time;
                self.best_marks_s = std::mem::take(&mut self.marks_s);
            }
        }
        self.marks_s.clear();
        self.completed_laps += 1;
        self.lap_began_ms = at_ms;
        self.sector = 0;
        self.out_lap = in_pit_lane;
        self.valid = !in_pit_lane;
    }

    /// The lap no longer counts.
    pub(super) fn invalidate(&mut self) {
        self.valid = false;
    }

    fn lap_s(&self) -> f64 {
        self.now_s - self.lap_began_ms as f64 / 1000.0
    }

    /// Time of the current lap.
    pub(super) fn current_ms(&self) -> i32 {
        short((to_ms(self.now_s) - self.lap_began_ms).max(0))
    }

    /// Keeps the time at each place that was passed.
    fn mark(&mut self) {
        while self.marks_s.len() <= index(self.part * MARKS as f64) && self.marks_s.len() <= MARKS {
            self.marks_s.push(self.lap_s());
        }
    }

    /// Difference to the best lap at the same place; 0 without a best lap, as the game shows it.
    pub(super) fn delta_ms(&self) -> i32 {
        let at = self.part * MARKS as f64;
        let from = index(at);
        let best = match self.best_marks_s.get(from..) {
            Some([here, next, ..]) => mix(*here, *next, at.fract()),
            // Behind the last mark the lap's own time is the next one.
            Some([here]) => mix(*here, f64::from(self.best_ms) / 1000.0, at.fract()),
            _ => return 0,
        };
        whole(((self.lap_s() - best) * 1000.0).round())
    }

    /// The lap time to expect.
    pub(super) fn estimated_ms(&self) -> i32 {
        if self.best_ms == NO_TIME_MS { NO_TIME_MS } else { self.best_ms.saturating_add(self.delta_ms()) }
    }
}

/// A time as ACC writes it: `1:48:123`.
pub(super) fn text(ms: i32) -> String {
    let ms = ms.max(0);
    format!("{}:{:02}:{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drives with steps of 10 ms through the parts of a lap, `seconds` for each lap.
    fn drive(timing: &mut Timing, seconds: &[f64]) {
        for lap in seconds {
            let steps = whole(lap * 100.0);
            for step in 1..=steps {
                let part = f64::from(step) / f64::from(steps);
                timing.advance(if part >= 1.0 { 0.0 } else { part }, 0.01, false);
            }
        }
    }

    #[test]
    fn an_out_lap_has_no_time_and_laps_add_up() {
        let mut timing = Timing::new();
        drive(&mut timing, &[100.0]);
        assert_eq!((timing.completed_laps, timing.last_ms), (1, NO_TIME_MS));
        drive(&mut timing, &[90.0]);
        assert_eq!((timing.last_ms, timing.best_ms), (90_000, 90_000));
        drive(&mut timing, &[91.0]);
        assert_eq!((timing.last_ms, timing.best_ms), (91_000, 90_000));
        assert_eq!(
            timing.split_ms, 60_788,
            "the split at the end of sector 2 counts from the start of the lap"
        );
    }

    #[test]
    fn an_invalid_lap_is_no_best_lap_and_the_next_one_counts() {
        let mut timing = Timing::new();
        drive(&mut timing, &[100.0, 90.0]);
        timing.invalidate();
        drive(&mut timing, &[80.0]);
        assert_eq!((timing.last_ms, timing.best_ms, timing.valid), (80_000, 90_000, true));
    }

    #[test]
    fn the_difference_to_the_best_lap_grows_along_a_slower_lap() {
        let mut timing = Timing::new();
        drive(&mut timing, &[100.0, 90.0]);
        for step in 1..=4550 {
            timing.advance(f64::from(step) / 9100.0, 0.01, false);
        }
        assert!((timing.delta_ms() - 500).abs() < 30, "{}", timing.delta_ms());
        assert!((timing.estimated_ms() - 90_500).abs() < 30);
    }

    #[test]
    fn times_are_written_as_acc_does() {
        assert_eq!(text(108_123), "1:48:123");
        assert_eq!(text(1005), "0:01:005");
        assert_eq!(text(NO_TIME_MS), "35791:23:647");
    }
}
