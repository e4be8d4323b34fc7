//! How fast the circuit can be driven at each place, by a car of the simulator's kind.
//!
//! Computed once: corners by grip, the way into them by braking, the way out by power. The driver keeps to the
//! first two, because throttle and engine decide the third; the other cars simply follow all three.

use super::car::{DOWNFORCE, DRAG, GRAVITY_M_S2, GRIP, MASS_KG, POWER_W};
use super::track::{Place, Track};

/// Faster than any car goes here; keeps the numbers of a straight finite.
const TOP_SPEED_M_S: f64 = 90.0;
/// What of the grip a driver dares to use.
const DARED: f64 = 0.95;
/// What of the grip is planned for braking.
const BRAKING: f64 = 0.97;
/// What of the grip the driven wheels have.
const DRIVEN: f64 = 0.55;

/// Speeds for each node of the track, in m/s.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    limits: Vec<f64>,
    reachable: Vec<f64>,
}

impl Pace {
    pub(super) fn new(track: &Track) -> Self {
        let places: Vec<Place> = track.nodes().map(|(at, _)| track.at(at)).collect();
        let mut limits: Vec<f64> = places.iter().map(cornering).collect();
        let ways: Vec<f64> = track.nodes().map(|(_, way)| way).collect();
        // Twice around, so that the first pass over the line knows what comes behind it.
        for _ in 0..2 {
            let mut next = limits.first().copied().unwrap_or(TOP_SPEED_M_S);
            for ((limit, place), way) in limits.iter_mut().zip(&places).zip(&ways).rev() {
                *limit = limit.min((next * next + 2.0 * braking(next, place) * way).sqrt());
                next = *limit;
            }
        }
        let mut reachable = limits.clone();
        for _ in 0..2 {
            let mut before = reachable.last().copied().unwrap_or(TOP_SPEED_M_S);
            for ((speed, place), way) in reachable.iter_mut().zip(&places).zip(&ways) {
                *speed =
                    speed.min((before * before + 2.0 * accelerating(before, place) * way).max(1.0).sqrt());
                before = *speed;
            }
        }
        // One value more for the end, which is the start.
        for table in [&mut limits, &mut reachable] {
            table.extend(table.first().copied());
        }
        Self { limits, reachable }
    }

    /// The speed that corners and the braking before them allow.
    pub(super) fn limit_m_s(&self, track: &Track, at: f64) -> f64 {
        track.look_up(&self.limits, at.rem_euclid(track.end()))
    }

    /// The speed that also the engine can reach.
    pub(super) fn reachable_m_s(&self, track: &Track, at: f64) -> f64 {
        track.look_up(&self.reachable, at.rem_euclid(track.end()))
    }
}

/// The greatest acceleration of the tyres in any direction.
fn grip_m_s2(speed_m_s: f64) -> f64 {
    GRIP * DARED * (GRAVITY_M_S2 + DOWNFORCE * speed_m_s.powi(2) / MASS_KG)
}

/// The speed at which a corner uses all grip.
fn cornering(place: &Place) -> f64 {
    let needed = place.curvature.abs() - GRIP * DARED * DOWNFORCE / MASS_KG;
    if needed <= 0.0 {
        return TOP_SPEED_M_S;
    }
    (GRIP * DARED * GRAVITY_M_S2 / needed).sqrt().min(TOP_SPEED_M_S)
}

/// The part of the grip that a corner leaves for braking and accelerating.
fn left_over(speed_m_s: f64, place: &Place) -> f64 {
    let used = speed_m_s.powi(2) * place.curvature.abs() / grip_m_s2(speed_m_s);
    (1.0 - used.min(1.0).powi(2)).max(0.03).sqrt()
}

fn braking(speed_m_s: f64, place: &Place) -> f64 {
    BRAKING * grip_m_s2(speed_m_s) * left_over(speed_m_s, place)
}

fn accelerating(speed_m_s: f64, place: &Place) -> f64 {
    let engine = POWER_W / MASS_KG / speed_m_s.max(5.0);
    let tyres = DRIVEN * grip_m_s2(speed_m_s) * left_over(speed_m_s, place);
    engine.min(tyres) - DRAG * speed_m_s.powi(2) / MASS_KG - GRAVITY_M_S2 * place.slope
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lap_takes_seventy_to_a_hundred_and_ten_seconds() {
        let track = Track::new();
        let pace = Pace::new(&track);
        let time: f64 = track.nodes().map(|(at, way)| way / pace.reachable_m_s(&track, at)).sum();
        assert!((70.0..110.0).contains(&time), "{time} s");
        let speeds: Vec<f64> = track.nodes().map(|(at, _)| pace.reachable_m_s(&track, at)).collect();
        let (slowest, fastest) =
            (speeds.iter().copied().fold(99.0, f64::min), speeds.iter().copied().fold(0.0, f64::max));
        assert!(slowest > 12.0 && fastest > 60.0 && fastest < TOP_SPEED_M_S, "{slowest} to {fastest} m/s");
    }
}
