//! The laps of one car: times, sectors, and what counts.
//!
//! Crossings are placed inside a step and rounded to the millisecond once, so that sectors add up to their lap and
//! laps to the race.

use super::number::milliseconds;

/// Where sectors 2 and 3 begin, as a share of the lap.
pub(super) const SECTORS_AT: [f64; 2] = [0.31, 0.66];

/// A finished lap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lap {
    pub(super) time_ms: u32,
    pub(super) sectors_ms: [u32; 3],
    pub(super) valid: bool,
}

/// What is known of a car's laps.
#[derive(Clone, Debug, Default)]
pub(super) struct Timing {
    pub(super) laps: Vec<Lap>,
    began_ms: u32,
    /// When sectors 1 and 2 of this lap ended.
    splits_ms: [Option<u32>; 2],
    /// The lap does not count.
    pub(super) invalid: bool,
}

impl Timing {
    /// The car was driven from `before` to `after`, both in laps since the start, in the `dt_s` up to `now_s`. The lap
    /// that this finished, if it did.
    pub(super) fn advance(&mut self, before: f64, after: f64, now_s: f64, dt_s: f64) -> Option<Lap> {
        let driven = (after - before).max(1e-12);
        let at = |mark: f64| milliseconds(now_s - dt_s * ((after - mark) / driven).clamp(0.0, 1.0));
        let passed = |mark: f64| before < mark && after >= mark;
        for (split, share) in self.splits_ms.iter_mut().zip(SECTORS_AT) {
            // The grid is behind the line; what is passed there belongs to no lap.
            if after >= 0.0 && passed(after.floor() + share) {
                *split = Some(at(after.floor() + share));
            }
        }
        let line = after.floor();
        (line >= 1.0 && passed(line)).then(|| self.finish(at(line)))
    }

    fn finish(&mut self, at_ms: u32) -> Lap {
        let began = self.began_ms;
        let [first, second] = self.splits_ms.map(|split| split.unwrap_or(began));
        let sectors_ms =
            [first.saturating_sub(began), second.saturating_sub(first), at_ms.saturating_sub(second)];
        let lap = Lap { time_ms: at_ms.saturating_sub(began), sectors_ms, valid: !self.invalid };
        self.laps.push(lap);
        (self.began_ms, self.splits_ms, self.invalid) = (at_ms, [None; 2], false);
        lap
    }

    /// Time of the current lap.
    pub(super) fn current_ms(&self, now_s: f64) -> u32 {
        milliseconds(now_s).saturating_sub(self.began_ms)
    }

    /// The times of sectors 1 and 2 of the current lap, 0 until they are finished.
    pub(super) fn sectors_ms(&self) -> [u32; 2] {
        let [first, second] = self.splits_ms;
        let time = |end: Option<u32>, start: u32| end.map_or(0, |end| end.saturating_sub(start));
        [time(first, self.began_ms), time(second, first.unwrap_or(self.began_ms))]
    }

    /// The best lap that counts: its place in the list.
    pub(super) fn best(&self) -> Option<usize> {
        self.best_by(|lap| lap.time_ms)
    }

    /// The lap that counts and is best by `key`.
    pub(super) fn best_by(&self, key: impl Fn(&Lap) -> u32) -> Option<usize> {
        let counted = self.laps.iter().enumerate().filter(|(_, lap)| lap.valid);
        counted.min_by_key(|(_, lap)| key(lap)).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sectors_add_up_to_the_lap_and_laps_to_the_race() {
        let mut timing = Timing::default();
        let (mut way, mut now) = (-0.02_f64, 0.0);
        while way < 3.0 {
            let before = way;
            way += 0.000_21;
            now += 1.0 / 60.0;
            timing.advance(before, way, now, 1.0 / 60.0);
        }
        assert_eq!(timing.laps.len(), 3);
        let total: u32 = timing.laps.iter().map(|lap| lap.time_ms).sum();
        assert!(f64::from(total).mul_add(-0.001, now).abs() < 0.02);
        for lap in &timing.laps {
            assert_eq!(lap.sectors_ms.iter().sum::<u32>(), lap.time_ms);
            assert!(lap.sectors_ms.iter().all(|&time| time > 20_000), "{lap:?}");
        }
        assert!(timing.best() >= Some(1), "the first began behind the line");
    }
}
