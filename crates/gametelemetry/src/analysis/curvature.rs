//! How sharply a lap turns at each of its points, from whatever the session tells.
//!
//! Below [`super::corners`]. Curvature is 1 over the radius, positive to the left where the side is known.

use super::numbers::{at, index, smooth};
use super::position::Position;
use super::resample::turn;
use super::traces::LapTrace;

/// How a lap turns.
pub(super) struct Curvature {
    /// 1/m for each point of the lap; 0 where it is not known.
    pub(super) values: Vec<f64>,
    /// Whether positive is to the left; else nobody knows which side is which.
    pub(super) has_sides: bool,
}

/// Standard gravity, in m/s².
pub(super) const GRAVITY: f64 = 9.806_65;
/// Curvature is smoothed over so many metres to each side: shorter than a corner, longer than noise.
const SMOOTHED_M: f64 = 12.0;
/// Directions are taken over so many metres.
const REACH_M: f64 = 8.0;
/// Slower than this, in m/s, a turning rate says nothing of the track.
const SLOW: f64 = 4.0;

/// The curvature of a lap from its positions, its turning rate, or its sideways acceleration.
pub(super) fn curvature(trace: &LapTrace) -> Option<Curvature> {
    let (values, has_sides) =
        from_position(trace).or_else(|| from_yaw_rate(trace)).or_else(|| from_g_lat(trace))?;
    let known = values.iter().filter(|value| value.is_finite()).count();
    // Of a lap that is known in pieces no corners are told: they would be those of the pieces.
    if known * 2 < values.len() || known < 10 {
        return None;
    }
    let step = step_m(trace);
    let mut values = smooth(&values, index((SMOOTHED_M / step).round(), values.len()));
    values.iter_mut().filter(|value| !value.is_finite()).for_each(|value| *value = 0.0);
    let side = if has_sides { Some(1.0) } else { side(trace, &values) };
    if let Some(side) = side {
        values.iter_mut().for_each(|value| *value *= side);
    }
    Some(Curvature { values, has_sides: side.is_some() })
}

/// Metres between two points of the lap.
pub(super) fn step_m(trace: &LapTrace) -> f64 {
    trace.length_m / trace.progress_m.len().saturating_sub(1).max(1) as f64
}

/// The values of a channel, if the session has it and it says something.
pub(super) fn values(trace: &LapTrace, name: &str) -> Option<Vec<f64>> {
    let values: Vec<f64> = trace.channel(name)?.values.iter().map(|&value| f64::from(value)).collect();
    super::traces::says_something(&values).then_some(values)
}

fn from_position(trace: &LapTrace) -> Option<(Vec<f64>, bool)> {
    let position: &Position = trace.position.as_ref()?;
    let (x, y) = position.ground(position.up_axis());
    let reach = index((REACH_M / step_m(trace)).round(), x.len()).max(1);
    let (x, y) = (smooth(x, reach / 2), smooth(y, reach / 2));
    let bend = |place: usize| {
        let (before, after) = (place.checked_sub(reach)?, place + reach);
        let way = |from: usize, to: usize| (at(&x, to) - at(&x, from), at(&y, to) - at(&y, from));
        let (first, second) = (way(before, place), way(place, after));
        let metres = f64::midpoint(first.0.hypot(first.1), second.0.hypot(second.1));
        // Where the car stood nearly still directions are noise.
        let bend = turn(first.1.atan2(first.0), second.1.atan2(second.0)) / metres;
        Some(if metres > 0.5 { bend } else { f64::NAN })
    };
    let values = (0..x.len()).map(|place| bend(place).unwrap_or(f64::NAN)).collect();
    Some((values, position.origin.is_some()))
}

fn from_yaw_rate(trace: &LapTrace) -> Option<(Vec<f64>, bool)> {
    let (rate, speed) = (values(trace, "yaw_rate")?, values(trace, "speed")?);
    let of = |(rate, speed): (&f64, &f64)| if *speed > SLOW { rate / speed } else { 0.0 };
    Some((rate.iter().zip(&speed).map(of).collect(), false))
}

fn from_g_lat(trace: &LapTrace) -> Option<(Vec<f64>, bool)> {
    let (g_lat, speed) = (values(trace, "g_lat")?, values(trace, "speed")?);
    let of = |(g, speed): (&f64, &f64)| if *speed > SLOW { g * GRAVITY / (speed * speed) } else { 0.0 };
    Some((g_lat.iter().zip(&speed).map(of).collect(), true))
}

/// 1 when the curvature is positive to the left, -1 when it is to the right: what the car felt or the driver did says it.
fn side(trace: &LapTrace, curvature: &[f64]) -> Option<f64> {
    // The wheel first: sideways acceleration may itself be worked out from a turning rate whose sign is the game's own.
    let witnesses = [("steer", 1.0), ("steer_ratio", -1.0), ("g_lat", 1.0)];
    witnesses.into_iter().find_map(|(name, sign)| {
        let left = values(trace, name)?;
        let pairs = || curvature.iter().zip(&left).filter(|(_, left)| left.is_finite());
        let agreement: f64 = pairs().map(|(bend, left)| bend * left).sum();
        let most: f64 = pairs().map(|(bend, left)| (bend * left).abs()).sum();
        (agreement.abs() > most * 0.3).then(|| agreement.signum() * sign)
    })
}
