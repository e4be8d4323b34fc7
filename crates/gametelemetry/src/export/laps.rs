//! Which lap a moment belongs to, and whether it was chosen.
//!
//! Works on laps that are known already; splits nothing.

use std::collections::BTreeSet;

use gametelemetry_file::Timestamp;

use super::ExportError;
use crate::laps::{Lap, LapKind, Laps};

/// The laps of a session, to be asked for each row.
#[derive(Debug, Default)]
pub(super) struct LapTimes {
    /// From, to and number, sorted by the first.
    laps: Vec<(Timestamp, Timestamp, u32)>,
    /// The stretches that were chosen, sorted, those that touch joined; `None` when all was.
    chosen: Option<Vec<Stretch>>,
}

/// From and to: the first included, the second not, save in the last lap of all.
pub(super) type Stretch = (Timestamp, Timestamp);

impl LapTimes {
    /// The laps of `laps`, of which those with a number in `numbers` are chosen; all when it is empty. Of laps that
    /// were driven again under one number, those count that were not taken back.
    pub(super) fn new(laps: &Laps, numbers: &[u32]) -> Result<Self, ExportError> {
        let mut times: Vec<_> = laps.laps.iter().map(|lap| (lap.start, lap.end, lap.lap)).collect();
        times.sort_unstable();
        if numbers.is_empty() {
            return Ok(Self { laps: times, chosen: None });
        }
        let mut stretches = Vec::new();
        for &number in numbers {
            let of_number = || laps.laps.iter().filter(move |lap| lap.lap == number);
            let counts = |lap: &&Lap| lap.kind != LapKind::Superseded;
            let has_one = of_number().any(|lap| counts(&lap));
            let before = stretches.len();
            stretches
                .extend(of_number().filter(|lap| !has_one || counts(lap)).map(|lap| (lap.start, lap.end)));
            if stretches.len() == before {
                let known: BTreeSet<u32> = laps.laps.iter().map(|lap| lap.lap).collect();
                return Err(ExportError::NoSuchLap { lap: number, known: known.into_iter().collect() });
            }
        }
        Ok(Self { laps: times, chosen: Some(joined(stretches)) })
    }

    /// The lap at `time`; the one that began last, of two.
    pub(super) fn at(&self, time: Timestamp) -> Option<u32> {
        let after = self.laps.partition_point(|(start, _, _)| *start <= time);
        let (_, end, number) = self.laps.get(after.checked_sub(1)?)?;
        (time <= *end).then_some(*number)
    }

    /// Whether rows at `time` are wanted.
    pub(super) fn is_chosen(&self, time: Timestamp) -> bool {
        let Some(chosen) = &self.chosen else { return true };
        let after = chosen.partition_point(|(start, _)| *start <= time);
        after.checked_sub(1).and_then(|place| chosen.get(place)).is_some_and(|(_, end)| time < *end)
    }

    /// The stretches that were chosen; `None` when all was.
    pub(super) fn chosen(&self) -> Option<&[Stretch]> {
        self.chosen.as_deref()
    }

    /// From the first moment that is wanted to the last.
    pub(super) fn span(&self) -> Option<Stretch> {
        let chosen = self.chosen.as_ref()?;
        Some((chosen.first()?.0, chosen.last()?.1))
    }
}

/// Sorted, and what touches or overlaps made one.
fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for (start, end) in stretches {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn time(seconds: i64) -> Timestamp {
        Timestamp::from_ticks(seconds * 10_000_000)
    }

    pub(crate) fn laps(laps: &[(u32, i64, i64, LapKind)]) -> Laps {
        let lap = |&(lap, start, end, kind): &(u32, i64, i64, LapKind)| Lap {
            lap,
            kind,
            valid: true,
            time: None,
            official_time: None,
            sectors: Vec::new(),
            reason: String::new(),
            part: 0,
            start: time(start),
            end: time(end),
            length_m: None,
            taken_back: Vec::new(),
            paused: Vec::new(),
        };
        Laps { laps: laps.iter().map(lap).collect(), parts: Vec::new() }
    }

    #[test]
    fn laps_are_found_and_those_that_touch_are_one_stretch() {
        use LapKind::{Flying, Superseded};
        let laps = laps(&[
            (1, 10, 20, Flying),
            (2, 20, 25, Superseded),
            (2, 25, 30, Flying),
            (3, 30, 40, Flying),
            (4, 40, 41, Superseded),
        ]);
        let all = LapTimes::new(&laps, &[]).unwrap();
        assert_eq!(
            [9, 10, 19, 20, 26, 41, 42].map(|at| all.at(time(at))),
            [None, Some(1), Some(1), Some(2), Some(2), Some(4), None]
        );
        assert!(all.is_chosen(time(0)) && all.chosen().is_none());
        let some = LapTimes::new(&laps, &[3, 2, 4]).unwrap();
        assert_eq!(some.chosen(), Some(&[(time(25), time(41))][..]));
        assert_eq!([24, 25, 40, 41].map(|at| some.is_chosen(time(at))), [false, true, true, false]);
        let error = LapTimes::new(&laps, &[5]).unwrap_err().to_string();
        assert_eq!(error, "the session has no lap 5; it has laps 1, 2, 3, 4");
    }
}
