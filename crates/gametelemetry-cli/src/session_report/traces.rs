//! Laps laid along the reference lap: at each point of its way round, what the other lap did at that place.

use std::collections::BTreeMap;

use gametelemetry::analysis::{Corner, CornerRules, LapTrace, compare};

use super::channels::ms;
use crate::report::data::CornerOfLap;
use crate::report::series::Series;

/// The reference lap, and how the map is turned.
pub(super) struct Laid<'a> {
    reference: &'a LapTrace,
    corners: &'a [Corner],
    up: usize,
    is_mirrored: bool,
    /// The channels that are shown.
    shown: Vec<String>,
}

/// One lap, laid along the reference.
#[derive(Default)]
pub(super) struct LaidLap {
    pub(super) elapsed: Option<Series>,
    pub(super) x: Option<Series>,
    pub(super) y: Option<Series>,
    pub(super) traces: BTreeMap<String, Series>,
    pub(super) corners: Vec<Option<CornerOfLap>>,
}

impl<'a> Laid<'a> {
    pub(super) fn new(reference: &'a LapTrace, corners: &'a [Corner], shown: Vec<String>) -> Self {
        let up = reference.position.as_ref().map_or(2, |position| position.up_axis());
        Self { reference, corners, up, is_mirrored: is_mirrored(reference, up), shown }
    }

    /// `trace`, laid along the reference by its positions where both have them, else by its own progress.
    pub(super) fn lay(&self, trace: &LapTrace) -> LaidLap {
        let compared = compare(&[self.reference, trace], &CornerRules::default()).ok();
        let compared = compared.and_then(|mut comparison| comparison.laps.pop());
        let own_m = match &compared {
            Some(lap) => lap.own_progress_m.clone(),
            None => self.reference.progress_m.clone(),
        };
        let at_points =
            |value: &dyn Fn(f64) -> f64| -> Series { own_m.iter().map(|&metres| value(metres)).collect() };
        let elapsed = Series::of_seconds(own_m.iter().map(|&metres| trace.time_at(metres)));
        let shown = trace.channels.iter().filter(|channel| self.shown.contains(&channel.name));
        let traces = shown.map(|channel| {
            let series = at_points(&|metres| channel.at(&trace.progress_m, metres));
            (channel.name.clone(), series)
        });
        let (x, y) = self.ground(trace, &own_m).unzip();
        LaidLap {
            elapsed: Some(elapsed).filter(|series| !series.is_empty()),
            x,
            y,
            traces: traces.filter(|(_, series)| !series.is_empty()).collect(),
            corners: self.corners_of(compared.as_ref()),
        }
    }

    /// The places on the map, to the right and up.
    fn ground(&self, trace: &LapTrace, own_m: &[f64]) -> Option<(Series, Series)> {
        let position = trace.position.as_ref()?;
        let origin = self.reference.position.as_ref().and_then(|position| position.origin);
        let position = position.from_origin(origin);
        let (x, y) = position.ground(self.up);
        let sign = if self.is_mirrored { -1.0 } else { 1.0 };
        let at = |values: &[f64], metres: f64| {
            let after = trace.progress_m.partition_point(|&other| other < metres);
            let value = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
            let place = |place: usize| trace.progress_m.get(place).copied().unwrap_or(f64::NAN);
            let Some(before) = after.checked_sub(1).filter(|_| place(after) > metres) else {
                return value(after);
            };
            let share = (metres - place(before)) / (place(after) - place(before));
            value(before) + (value(after) - value(before)) * share
        };
        let to_right: Series = own_m.iter().map(|&metres| at(x, metres)).collect();
        let upwards: Series = own_m.iter().map(|&metres| sign * at(y, metres)).collect();
        (!to_right.is_empty()).then_some((to_right, upwards))
    }

    fn corners_of(
        &self,
        compared: Option<&gametelemetry::analysis::ComparedLap>,
    ) -> Vec<Option<CornerOfLap>> {
        let Some(compared) = compared else { return vec![None; self.corners.len()] };
        let of = |corner: &Corner| {
            let found = compared.corners.iter().find(|it| it.number == corner.number)?;
            let time = found.passage.time_s.filter(|time| *time >= 0.0);
            Some(CornerOfLap {
                min_speed: found.passage.min_speed_m_s,
                time_ms: time.and_then(|time| std::time::Duration::try_from_secs_f64(time).ok()).map(ms),
            })
        };
        self.corners.iter().map(of).collect()
    }
}

/// Whether a left turn bends to the right on the map: the game's axes are left-handed then.
fn is_mirrored(reference: &LapTrace, up: usize) -> bool {
    let Some(position) = &reference.position else { return false };
    if position.origin.is_some() {
        return false;
    }
    let (x, y) = position.ground(up);
    // The steering wheel first: games agree on its sides more than on those of forces.
    let told = [("steer", 1.0), ("steer_ratio", -1.0), ("g_lat", 1.0), ("yaw_rate", 1.0)];
    let Some((turning, sign)) = told.iter().find_map(|(name, sign)| Some((reference.channel(name)?, sign)))
    else {
        return false;
    };
    let steps: Vec<(f64, f64)> = x
        .windows(2)
        .zip(y.windows(2))
        .map(|(x, y)| match (x, y) {
            ([x0, x1], [y0, y1]) => (x1 - x0, y1 - y0),
            _ => (f64::NAN, f64::NAN),
        })
        .collect();
    let bends = steps.windows(2).zip(&turning.values).filter_map(|(steps, turn)| {
        let [(ax, ay), (bx, by)] = steps else { return None };
        let bend = (ax * by - ay * bx) * f64::from(*turn);
        bend.is_finite().then_some(bend)
    });
    bends.sum::<f64>() * sign < 0.0
}
