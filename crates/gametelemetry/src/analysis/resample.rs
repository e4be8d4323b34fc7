//! A channel's samples, and what the channel was at any time in between.
//!
//! Stands at the bottom of the analysis: traces and statistics are sampled from [`Series`]; exporters resample a whole
//! session with [`super::Resampler`], by the same rule, [`between`]. Reads no session.

use crate::channels::ChannelKind;

/// The samples of one channel, in the order of their times.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    times_s: Vec<f64>,
    values: Vec<f64>,
    kind: ChannelKind,
}

impl Series {
    /// A series without samples.
    #[must_use]
    pub fn new(kind: ChannelKind) -> Self {
        Self { times_s: Vec::new(), values: Vec::new(), kind }
    }

    /// Appends a sample, its time in seconds. One whose time is not after the last one's takes its place when it is
    /// the same time, and is left out when it is earlier.
    pub fn push(&mut self, time_s: f64, value: f64) {
        match (self.times_s.last(), self.values.last_mut()) {
            (Some(&last), Some(place)) if time_s == last => *place = value,
            (Some(&last), _) if time_s < last || time_s.is_nan() => {}
            _ => {
                self.times_s.push(time_s);
                self.values.push(value);
            }
        }
    }

    /// The times of the samples, in seconds.
    #[must_use]
    pub fn times_s(&self) -> &[f64] {
        &self.times_s
    }

    /// The values of the samples; NaN where it was not known.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How values lie between two samples.
    #[must_use]
    pub fn kind(&self) -> ChannelKind {
        self.kind
    }

    /// The value at `time_s`, interpolated as the channel's kind asks.
    ///
    /// Two samples further apart than `longest_gap_s` are not interpolated: the earlier one holds, because a frame that
    /// the game does not change is not recorded. The last one holds too. Before the first sample it is NaN.
    #[must_use]
    pub fn at(&self, time_s: f64, longest_gap_s: f64) -> f64 {
        let after = self.times_s.partition_point(|&time| time <= time_s);
        let Some(before) = after.checked_sub(1) else { return f64::NAN };
        let of = |place: usize| Some((*self.times_s.get(place)?, *self.values.get(place)?));
        match (of(before), of(after)) {
            (Some(earlier), Some(later)) => between(self.kind, earlier, later, time_s, longest_gap_s),
            (Some((_, value)), None) => value,
            _ => f64::NAN,
        }
    }

    /// The values at `times_s`, as [`Series::at`] gives them.
    #[must_use]
    pub fn sample(&self, times_s: &[f64], longest_gap_s: f64) -> Vec<f64> {
        times_s.iter().map(|&time| self.at(time, longest_gap_s)).collect()
    }
}

/// The value at `time` of a channel of this kind, between two samples (time in seconds, value).
///
/// - `Continuous`: straight from one to the other.
/// - `Step` and `Text`: the earlier value holds.
/// - `Angle`: the short way round; the result is in 0 to 2π when both samples are not negative, else in -π to π.
/// - `Resetting`: straight where it grows; where it falls the earlier value holds.
///
/// Across more than `longest_gap` seconds the earlier value holds, whatever the kind.
#[must_use]
pub fn between(
    kind: ChannelKind,
    earlier: (f64, f64),
    later: (f64, f64),
    time: f64,
    longest_gap: f64,
) -> f64 {
    let ((t0, v0), (t1, v1)) = (earlier, later);
    if time <= t0 {
        return v0;
    }
    if time >= t1 {
        return v1;
    }
    if t1 - t0 > longest_gap {
        return v0;
    }
    let share = (time - t0) / (t1 - t0);
    match kind {
        ChannelKind::Continuous => v0 + (v1 - v0) * share,
        ChannelKind::Resetting if v1 >= v0 => v0 + (v1 - v0) * share,
        ChannelKind::Angle => angle_between(v0, v1, share),
        ChannelKind::Step | ChannelKind::Text | ChannelKind::Resetting => v0,
    }
}

fn angle_between(from: f64, to: f64, share: f64) -> f64 {
    let angle = from + turn(from, to) * share;
    if from >= 0.0 && to >= 0.0 { angle.rem_euclid(std::f64::consts::TAU) } else { turn(0.0, angle) }
}

/// The way from one angle to the other, the short way, in radians: -π to π.
pub(crate) fn turn(from: f64, to: f64) -> f64 {
    let way = (to - from).rem_euclid(std::f64::consts::TAU);
    if way > std::f64::consts::PI { way - std::f64::consts::TAU } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn series(kind: ChannelKind, samples: &[(f64, f64)]) -> Series {
        let mut series = Series::new(kind);
        samples.iter().for_each(|&(time, value)| series.push(time, value));
        series
    }

    #[test]
    fn each_kind_is_interpolated_in_its_own_way() {
        let table = [
            (ChannelKind::Continuous, 10.0, 20.0, 0.25, 12.5),
            (ChannelKind::Step, 3.0, 4.0, 0.99, 3.0),
            (ChannelKind::Angle, 3.0, -3.0, 0.5, PI),
            (ChannelKind::Angle, 0.1, 2.0 * PI - 0.1, 0.75, 2.0 * PI - 0.05),
            (ChannelKind::Angle, -0.2, 0.2, 0.5, 0.0),
            (ChannelKind::Resetting, 100.0, 200.0, 0.5, 150.0),
            (ChannelKind::Resetting, 5000.0, 2.0, 0.9, 5000.0),
        ];
        for (kind, from, to, time, expected) in table {
            let found = series(kind, &[(0.0, from), (1.0, to)]).at(time, 2.0);
            assert!((found - expected).abs() < 1e-9, "{kind:?} {from} {to}: {found}");
        }
    }

    #[test]
    fn a_long_gap_is_not_interpolated_and_ends_hold() {
        let speed = series(ChannelKind::Continuous, &[(1.0, 10.0), (6.0, 20.0), (6.5, 30.0)]);
        assert!(speed.at(0.9, 1.0).is_nan());
        assert_eq!(
            speed.sample(&[1.0, 3.0, 5.99, 6.0, 6.25, 9.0], 1.0),
            [10.0, 10.0, 10.0, 20.0, 25.0, 30.0]
        );
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let speed = series(ChannelKind::Continuous, &[(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0)]);
        assert!(speed.at(0.5, 9.0).is_nan() && speed.at(1.5, 9.0).is_nan());
        assert_eq!((speed.at(0.0, 9.0), speed.at(2.0, 9.0)), (1.0, 3.0));
        assert!(series(ChannelKind::Step, &[]).at(0.0, 1.0).is_nan());
    }

    #[test]
    fn a_time_that_goes_back_is_left_out_and_a_repeated_one_replaces() {
        let gear =
            series(ChannelKind::Step, &[(0.0, 1.0), (1.0, 2.0), (1.0, 3.0), (0.5, 9.0), (f64::NAN, 9.0)]);
        assert_eq!((gear.times_s(), gear.values()), (&[0.0, 1.0][..], &[1.0, 3.0][..]));
    }
}
