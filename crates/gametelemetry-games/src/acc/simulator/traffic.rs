//! The other cars: points that go around at their own speed, so that the list of cars has something to list.
//!
//! They follow the reachable speed of the track, each at its own part of it, and see nobody.

use super::number::{Random, whole};
use super::pace::Pace;
use super::timing::NO_TIME_MS;
use super::track::Track;

/// The cars of the session, in the order in which the game lists them: the player's is not the first.
pub(super) const CAR_IDS: [i32; 8] = [7, 0, 12, 3, 21, 5, 16, 9];
/// The player's car.
pub(super) const PLAYER_ID: i32 = 21;

/// One of the other cars.
#[derive(Clone, Debug)]
pub(super) struct Rival {
    pub(super) id: i32,
    pub(super) at: f64,
    offset_m: f64,
    effort: f64,
    laps: i32,
    lap_ms: i32,
}

impl Rival {
    /// Position in world axes.
    pub(super) fn position_m(&self, track: &Track) -> [f64; 3] {
        let place = track.at(self.at);
        let (sin, cos) = place.heading_rad.sin_cos();
        let [x, y, z] = place.position_m;
        [x - self.offset_m * cos, y, z - self.offset_m * sin]
    }

    /// The car's best lap, once it has one.
    pub(super) fn best_ms(&self) -> i32 {
        if self.laps > 1 { self.lap_ms } else { NO_TIME_MS }
    }

    pub(super) fn speed_m_s(&self, track: &Track, pace: &Pace) -> f64 {
        pace.reachable_m_s(track, self.at) * self.effort
    }
}

/// All cars but the player's, spread over the track.
pub(super) fn rivals(track: &Track, pace: &Pace, random: &mut Random) -> Vec<Rival> {
    let lap_s: f64 = track.nodes().map(|(at, way)| way / pace.reachable_m_s(track, at)).sum();
    let ids = CAR_IDS.into_iter().filter(|&id| id != PLAYER_ID);
    let places = (1..).map(|place: i32| track.end() * f64::from(place) / CAR_IDS.len() as f64);
    let cars = ids.zip(places).map(|(id, at)| {
        let effort = random.between(0.93, 0.985);
        Rival {
            id,
            at,
            offset_m: random.between(-2.0, 2.0),
            effort,
            laps: 0,
            lap_ms: whole(lap_s / effort * 1000.0),
        }
    });
    cars.collect()
}

/// Moves a car on by `dt_s`.
pub(super) fn advance(rival: &mut Rival, track: &Track, pace: &Pace, dt_s: f64) {
    rival.at += rival.speed_m_s(track, pace) * dt_s / track.at(rival.at).stretch_m;
    if rival.at >= track.end() {
        rival.at -= track.end();
        rival.laps += 1;
    }
}
