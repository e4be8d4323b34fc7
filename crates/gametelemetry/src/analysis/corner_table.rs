//! What happened in each corner: speeds, braking and throttle points, and the time lost against the reference.
//!
//! Part of [`super::compare`]; everything is told at the reference's places, so that numbers can be compared.

use serde::Serialize;

use super::corners::Corner;
use super::numbers::interpolate;
use super::traces::LapTrace;

/// One corner of one lap beside the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CornerDelta {
    /// The corner's number.
    pub number: u32,
    /// Seconds lost in the corner; negative when gained.
    pub lost_s: f64,
    /// Seconds lost from its end to the next corner, or to the line.
    pub lost_after_s: f64,
    /// How it was driven.
    pub passage: CornerPassage,
}

/// How a corner was driven. What the session does not tell is `None`; places are metres round the track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CornerPassage {
    /// Time from its start to its end, in seconds.
    pub time_s: Option<f64>,
    /// Speed at its start, in m/s.
    pub entry_speed_m_s: Option<f64>,
    /// Least speed in it, in m/s.
    pub min_speed_m_s: Option<f64>,
    /// Speed at its end, in m/s.
    pub exit_speed_m_s: Option<f64>,
    /// Where the brake was pressed for it.
    pub braking_point_m: Option<f64>,
    /// Where the throttle was opened again after it.
    pub throttle_on_m: Option<f64>,
}

/// The brake is pressed from here on.
const BRAKING: f64 = 0.05;
/// A braking is one only when it reaches this.
const BRAKED: f64 = 0.15;
/// The throttle is open from here on.
const OPEN: f64 = 0.2;

/// The corners of a lap whose points `own_m` belong to those of the reference.
pub(super) fn passages(
    reference: &LapTrace,
    trace: &LapTrace,
    own_m: &[f64],
    delta_s: &[f64],
    corners: &[Corner],
) -> Vec<CornerDelta> {
    let grid = &reference.progress_m;
    let delta = |metres: f64| interpolate(grid, delta_s, metres);
    let seen = Seen { grid, own_m, trace };
    let passage = |(place, corner): (usize, &Corner)| {
        let before =
            place.checked_sub(1).and_then(|place| corners.get(place)).map_or(0.0, |before| before.end_m);
        let after = corners.get(place + 1).map_or(reference.length_m, |after| after.start_m);
        CornerDelta {
            number: corner.number,
            lost_s: delta(corner.end_m) - delta(corner.start_m),
            lost_after_s: delta(after) - delta(corner.end_m),
            passage: seen.passage(corner, before, after),
        }
    };
    corners.iter().enumerate().map(passage).collect()
}

/// Seconds lost from the line to the first corner.
pub(super) fn to_first_corner(reference: &LapTrace, delta_s: &[f64], corners: &[Corner]) -> f64 {
    let first = corners.first().map_or(reference.length_m, |corner| corner.start_m);
    interpolate(&reference.progress_m, delta_s, first)
}

/// A lap, seen at the reference's places.
struct Seen<'a> {
    grid: &'a [f64],
    own_m: &'a [f64],
    trace: &'a LapTrace,
}

impl Seen<'_> {
    fn passage(&self, corner: &Corner, before_m: f64, after_m: f64) -> CornerPassage {
        let speed = self.values("speed", corner.start_m, corner.end_m);
        let slowest =
            speed.iter().copied().filter(|(_, value)| value.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1));
        let apex = slowest.map_or(corner.apex_m, |(metres, _)| metres);
        let time = |metres: f64| self.trace.time_at(interpolate(self.grid, self.own_m, metres));
        let is_known = |value: f64| Some(value).filter(|value| value.is_finite());
        CornerPassage {
            time_s: is_known(time(corner.end_m) - time(corner.start_m)),
            entry_speed_m_s: speed.first().and_then(|&(_, value)| is_known(value)),
            min_speed_m_s: slowest.map(|(_, value)| value),
            exit_speed_m_s: speed.last().and_then(|&(_, value)| is_known(value)),
            braking_point_m: self.braking_point(before_m, apex),
            // Further back it is a change of gear on the straight.
            throttle_on_m: self.throttle_on(before_m.max(corner.start_m - 150.0), apex, after_m),
        }
    }

    /// Where the last braking before `apex` begins.
    fn braking_point(&self, before: f64, apex: f64) -> Option<f64> {
        let brake = self.values("brake", before, apex);
        let pressed = brake.iter().rposition(|(_, value)| *value > BRAKED)?;
        let start = brake.iter().take(pressed + 1).rposition(|(_, value)| *value <= BRAKING);
        brake.get(start.map_or(0, |released| released + 1)).map(|&(metres, _)| metres)
    }

    /// Where the throttle opens after it was closed for the corner; `None` when it never was.
    fn throttle_on(&self, before: f64, apex: f64, after: f64) -> Option<f64> {
        let throttle = self.values("throttle", before, after);
        let until_apex = throttle.partition_point(|(metres, _)| *metres <= apex);
        let closed = throttle.iter().take(until_apex).rposition(|(_, value)| *value < OPEN)?;
        let open = throttle.iter().skip(closed).find(|(_, value)| *value >= OPEN)?;
        Some(open.0)
    }

    /// The values of a channel at the reference's places from `from` to `until`, each with its place.
    fn values(&self, channel: &str, from: f64, until: f64) -> Vec<(f64, f64)> {
        let Some(trace) = self.trace.channel(channel) else { return Vec::new() };
        let places =
            self.grid.iter().zip(self.own_m).filter(|(metres, _)| **metres >= from && **metres <= until);
        places.map(|(&metres, &own)| (metres, trace.at(&self.trace.progress_m, own))).collect()
    }
}
