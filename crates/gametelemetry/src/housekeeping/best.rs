//! Which sessions hold one of the best laps of a track and car.

use std::collections::BTreeMap;
use std::time::Duration;

use super::folder::SessionOnDisk;
use super::laps::{CountedLap, SessionLaps};

/// One of the best laps of a game, track, layout and car.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BestLap {
    /// How many laps of these are faster, and one: 1 is the best.
    pub rank: usize,
    /// How long it took.
    pub time: Duration,
    /// The track; empty when the game does not say.
    pub track: String,
    /// The layout of the track; empty when the game does not say.
    pub track_layout: String,
    /// The car; empty when the game does not say.
    pub car: String,
}

/// For each of `sessions`, the best-ranked lap in it that is among the `most` best of its game, track, layout and car.
/// A lap as fast as the last of them is one of them.
pub(super) fn best_laps(sessions: &[SessionOnDisk], most: usize) -> Vec<Option<BestLap>> {
    let mut best: Vec<Option<BestLap>> = vec![None; sessions.len()];
    for mut laps in by_track_and_car(sessions).into_values() {
        laps.sort_by_key(|(lap, number)| (lap.time, *number));
        let Some(limit) = most.checked_sub(1).and_then(|last| laps.get(last).or(laps.last())) else {
            continue;
        };
        let limit = limit.0.time;
        for (lap, number) in laps.iter().take_while(|(lap, _)| lap.time <= limit) {
            let rank = 1 + laps.partition_point(|(other, _)| other.time < lap.time);
            if let Some(held) = best.get_mut(*number) {
                let lap = BestLap::new(rank, lap);
                *held = Some(held.take().map_or_else(|| lap.clone(), |held| held.min(lap.clone())));
            }
        }
    }
    best
}

impl BestLap {
    fn new(rank: usize, lap: &CountedLap) -> Self {
        Self {
            rank,
            time: lap.time,
            track: lap.track.clone(),
            track_layout: lap.track_layout.clone(),
            car: lap.car.clone(),
        }
    }
}

/// Game, track, layout, car.
type Group<'a> = [&'a str; 4];

/// Every lap with the number of its session.
fn by_track_and_car(sessions: &[SessionOnDisk]) -> BTreeMap<Group<'_>, Vec<(&CountedLap, usize)>> {
    let mut groups: BTreeMap<Group<'_>, Vec<_>> = BTreeMap::new();
    for (number, session) in sessions.iter().enumerate() {
        let SessionLaps::Read(laps) = &session.laps else { continue };
        for lap in laps {
            let group = [session.game.as_str(), &lap.track, &lap.track_layout, &lap.car];
            groups.entry(group).or_default().push((lap, number));
        }
    }
    groups
}
