//! Which point of one lap belongs to which point of another.
//!
//! Progress alone drifts apart where two laps were driven on different lines, or where games measure along what was
//! driven. Where both laps have positions, each point of the reference is matched with the nearest point of the other
//! lap, near where the match was before: so a track that crosses itself, or comes back beside itself, cannot mislead.

use super::curvature::step_m;
use super::numbers::{at, index, interpolate, median, rising, smooth};
use super::traces::LapTrace;

/// The other lap seen from the reference.
pub(super) struct Alignment {
    /// For each point of the reference: where the other lap was level with it, in metres of its own progress.
    pub(super) own_m: Vec<f64>,
    /// Whether positions were used.
    pub(super) is_by_position: bool,
}

/// Matches may be so many metres from where progress alone puts them, or this share of the lap.
const WINDOW_M: f64 = 30.0;
const WINDOW_SHARE: f64 = 0.015;
/// From one point to the next the match moves by no more than so many metres more or less than the reference did.
const REACH_M: f64 = 12.0;
/// Lines further apart are not two lines of one track: one is in the pits, or the worlds differ.
const APART_M: f64 = 60.0;
/// Matches are smoothed over so many metres to each side.
const SMOOTHED_M: f64 = 15.0;
/// The line is where both laps begin and end, whatever positions say: what is left there is spread over so many metres.
const LINE_M: f64 = 60.0;

/// Aligns `other` with `reference`.
pub(super) fn align(reference: &LapTrace, other: &LapTrace) -> Alignment {
    let scale = other.length_m / reference.length_m;
    let by_progress: Vec<f64> = reference.progress_m.iter().map(|metres| metres * scale).collect();
    if std::ptr::eq(reference, other) {
        return Alignment { own_m: by_progress, is_by_position: reference.position.is_some() };
    }
    match Paths::of(reference, other).map(|paths| paths.offsets(&by_progress, other)) {
        Some(offsets) => {
            Alignment { own_m: shifted(reference, other, &by_progress, &offsets), is_by_position: true }
        }
        None => Alignment { own_m: by_progress, is_by_position: false },
    }
}

fn shifted(reference: &LapTrace, other: &LapTrace, by_progress: &[f64], offsets: &[f64]) -> Vec<f64> {
    let offsets = smooth(offsets, index((SMOOTHED_M / step_m(reference)).round(), offsets.len()));
    let (first, last) = (at(&offsets, 0), offsets.last().copied().unwrap_or(0.0));
    let near = |metres: f64| (1.0 - metres / LINE_M).max(0.0);
    let places = reference.progress_m.iter().zip(by_progress).zip(&offsets);
    let own = places.map(|((&metres, &base), &offset)| {
        let at_line = first * near(metres) + last * near(reference.length_m - metres);
        (base + offset - at_line).clamp(0.0, other.length_m)
    });
    rising(&own.collect::<Vec<f64>>())
}

/// Both laps on the ground.
struct Paths {
    x: Vec<f64>,
    y: Vec<f64>,
    other_x: Vec<f64>,
    other_y: Vec<f64>,
}

impl Paths {
    /// `None` when one lap has no positions, or they are not of one world.
    fn of(reference: &LapTrace, other: &LapTrace) -> Option<Self> {
        let (ours, theirs) = (reference.position.as_ref()?, other.position.as_ref()?);
        if ours.origin.is_some() != theirs.origin.is_some() {
            return None;
        }
        let (up, theirs) = (ours.up_axis(), theirs.from_origin(ours.origin));
        let ((x, y), (other_x, other_y)) = (ours.ground(up), theirs.ground(up));
        let paths =
            Self { x: x.to_vec(), y: y.to_vec(), other_x: other_x.to_vec(), other_y: other_y.to_vec() };
        let apart = reference.progress_m.iter().enumerate().map(|(place, &metres)| {
            let own = metres * other.length_m / reference.length_m;
            let there = |values: &[f64]| interpolate(&other.progress_m, values, own);
            (at(x, place) - there(&paths.other_x)).hypot(at(y, place) - there(&paths.other_y))
        });
        median(apart).filter(|apart| *apart < APART_M)?;
        Some(paths)
    }

    /// For each point of the reference, how many metres further than progress says the other lap's nearest point is.
    fn offsets(&self, by_progress: &[f64], other: &LapTrace) -> Vec<f64> {
        let step = step_m(other);
        let window = WINDOW_M.max(WINDOW_SHARE * other.length_m);
        let reach = REACH_M.max(2.0 * step);
        let mut offset = 0.0;
        let points = by_progress.iter().enumerate();
        let offsets = points.map(|(place, &base)| {
            let (from, until) = ((base + offset - reach) / step, (base + offset + reach) / step);
            if let Some(own) = self.nearest(place, index(from, usize::MAX), index(until, self.other_x.len()))
                && (own * step - base).abs() <= window
            {
                offset = own * step - base;
            }
            offset
        });
        offsets.collect()
    }

    /// The point of the other lap's stretch from `from` to `until` that is nearest to the reference's `place`, in points.
    fn nearest(&self, place: usize, from: usize, until: usize) -> Option<f64> {
        let (x, y) = (at(&self.x, place), at(&self.y, place));
        let ahead = self.direction(place)?;
        let mut best: Option<(f64, f64, f64)> = None;
        for point in from..until {
            let (x0, y0) = (at(&self.other_x, point), at(&self.other_y, point));
            let way = (at(&self.other_x, point + 1) - x0, at(&self.other_y, point + 1) - y0);
            // What goes the other way is the other leg of a hairpin.
            if ahead.0 * way.0 + ahead.1 * way.1 <= 0.0 {
                continue;
            }
            let length = way.0 * way.0 + way.1 * way.1;
            let share = ((x - x0) * way.0 + (y - y0) * way.1) / length;
            let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
            let to = (x0 + way.0 * share - x, y0 + way.1 * share - y);
            let apart = to.0.hypot(to.1);
            if apart < best.map_or(APART_M, |(least, ..)| least) {
                best = Some((apart, point as f64 + share, (to.0 * ahead.0 + to.1 * ahead.1).abs()));
            }
        }
        // One that is not beside but before or behind is the last point known, and the nearest one is not.
        best.filter(|(apart, _, along)| *along < 1.0 + apart / 4.0).map(|(_, point, _)| point)
    }

    /// Which way the reference goes at `place`, as a direction of length 1.
    fn direction(&self, place: usize) -> Option<(f64, f64)> {
        let (before, after) = (place.saturating_sub(1), place + 1);
        let way = |values: &[f64]| {
            let way = at(values, after) - at(values, before);
            if way.is_finite() { way } else { at(values, place) - at(values, before) }
        };
        let way = (way(&self.x), way(&self.y));
        let length = way.0.hypot(way.1);
        (length > 0.0 && length.is_finite()).then(|| (way.0 / length, way.1 / length))
    }
}
