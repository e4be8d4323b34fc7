//! Where a moment of a session lies: its part, its lap, and whether it was taken back.
//!
//! Made once of a session's laps and asked for every row. Decides nothing: it goes by what `Laps` says.

use gametelemetry::{LapKind, Laps, Timestamp};

/// The places of a session, in the order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// From when, and what holds then until the next.
    stretches: Vec<(Timestamp, Place)>,
    laps: usize,
}

/// What holds at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Number of the part.
    pub(super) part: usize,
    /// Place of the lap in the session's laps.
    pub(super) lap: Option<usize>,
    /// What was driven was taken back.
    pub(super) is_taken_back: bool,
}

impl Places {
    pub(super) fn new(laps: &Laps) -> Self {
        let mut edges: Vec<Timestamp> = vec![Timestamp::MIN];
        edges.extend(laps.parts.iter().map(|part| part.start));
        for lap in &laps.laps {
            edges.extend([lap.start, lap.end]);
            edges.extend(lap.taken_back.iter().flat_map(|(from, until)| [*from, *until]));
        }
        edges.sort_unstable();
        edges.dedup();
        let stretches = edges.into_iter().map(|from| (from, place(laps, from))).collect();
        Self { stretches, laps: laps.laps.len() }
    }

    /// How many laps there are.
    pub(super) fn laps(&self) -> usize {
        self.laps
    }

    /// The place at `time`.
    pub(super) fn at(&self, time: Timestamp) -> Place {
        let after = self.stretches.partition_point(|(from, _)| *from <= time);
        after
            .checked_sub(1)
            .and_then(|at| self.stretches.get(at))
            .map(|(_, place)| *place)
            .unwrap_or_default()
    }
}

fn place(laps: &Laps, time: Timestamp) -> Place {
    let within = laps.lap_at(time);
    let lap = within.filter(|at| laps.laps.get(*at).is_some_and(|lap| lap.contains(time)));
    let found = lap.and_then(|at| laps.laps.get(at));
    let by_time = || laps.parts.iter().rposition(|part| part.start <= time).unwrap_or(0);
    let is_taken_back = found.map_or(within.is_some(), |lap| lap.kind == LapKind::Superseded);
    Place { part: found.map_or_else(by_time, |lap| lap.part), lap, is_taken_back }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::test_laps::{at, lap, part};

    #[test]
    fn a_moment_has_its_part_its_lap_and_whether_it_was_taken_back() {
        let mut whole = lap(1, 10, 60);
        whole.taken_back = vec![(at(20), at(30)), (at(40), at(50))];
        let mut begun = lap(2, 45, 50);
        begun.kind = LapKind::Superseded;
        let mut other = lap(1, 80, 90);
        other.part = 1;
        let laps =
            Laps { laps: vec![whole, begun, other], parts: vec![part("a", 5, 70), part("b", 70, 100)] };
        let places = Places::new(&laps);
        for (second, part, lap, is_taken_back) in [
            (0, 0, None, false),
            (10, 0, Some(0), false),
            (25, 0, None, true),
            (35, 0, Some(0), false),
            (42, 0, None, true),
            (46, 0, Some(1), true),
            (55, 0, Some(0), false),
            (65, 0, None, false),
            (75, 1, None, false),
            (85, 1, Some(2), false),
            (99, 1, None, false),
        ] {
            assert_eq!(places.at(at(second)), Place { part, lap, is_taken_back }, "{second}");
        }
    }
}
