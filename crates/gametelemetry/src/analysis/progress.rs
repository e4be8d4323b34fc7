//! How far round the lap the car was: one rising curve of metres over the lap's own clock, comparable between laps.
//!
//! Stands between the samples of a lap and its trace. Uses what the game tells best: the distance on the lap, the share of
//! the lap, or else the speed, integrated. Does not look at positions; comparing laps does, see [`super::compare`].

use serde::Serialize;

use super::numbers::{interpolate, rising};
use super::resample::Series;
use crate::laps::{Lap, LapKind};

/// What progress was worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProgressSource {
    /// The channel `lap_distance`.
    LapDistance,
    /// The channel `lap_position`, times the length of the track.
    LapPosition,
    /// The channel `speed`, integrated, and scaled to the length of the track.
    Speed,
}

/// Progress over time.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) times_s: Vec<f64>,
    pub(crate) metres: Vec<f64>,
    pub(crate) source: ProgressSource,
    /// Length of the track.
    pub(crate) length_m: f64,
}

impl Progress {
    /// When the car was `metres` round the lap; NaN where it was not seen.
    pub(crate) fn time_at(&self, metres: f64) -> f64 {
        interpolate(&self.metres, &self.times_s, metres)
    }
}

/// What is known of a lap's progress.
pub(crate) struct Known<'a> {
    pub(crate) lap: &'a Lap,
    /// What the lap's clock shows at its end.
    pub(crate) total_s: f64,
    pub(crate) length_m: Option<f64>,
    pub(crate) point_to_point: bool,
    pub(crate) longest_gap_s: f64,
}

/// No car is faster, in m/s; what moves faster was not driven.
const FASTEST: f64 = 160.0;
/// A lap's measured length may differ by so much from the track's, as a share, to be the same lap.
const LENGTH_TOLERANCE: f64 = 0.03;
/// The same for integrated speed: other lines and wheelspin are longer ways.
const SPEED_TOLERANCE: f64 = 0.15;

/// Progress of a lap from the first channel that tells it in a way that makes sense.
pub(crate) fn progress(
    known: &Known<'_>,
    distance: &Series,
    position: &Series,
    speed: &Series,
) -> Option<Progress> {
    let most = distance.values().iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let length = known.length_m.or((most > 0.0).then_some(most));
    from_distance(known, distance, 1.0, length, ProgressSource::LapDistance)
        .or_else(|| {
            let length = known.length_m?;
            from_distance(known, position, length, Some(length), ProgressSource::LapPosition)
        })
        .or_else(|| from_speed(known, speed))
}

fn from_distance(
    known: &Known<'_>,
    series: &Series,
    scale: f64,
    length: Option<f64>,
    source: ProgressSource,
) -> Option<Progress> {
    let length = length?;
    let samples = series.times_s().iter().zip(series.values());
    let samples =
        samples.map(|(&time, &value)| (time, value * scale)).filter(|(_, metres)| metres.is_finite());
    let mut samples: Vec<(f64, f64)> = samples.collect();
    if !known.point_to_point {
        unwrap(&mut samples, known.total_s / 2.0, length);
    }
    without_outliers(&mut samples);
    samples.retain(|&(_, metres)| (-0.05 * length..=1.05 * length).contains(&metres));
    finish(known, samples, length, LENGTH_TOLERANCE, source)
}

fn from_speed(known: &Known<'_>, speed: &Series) -> Option<Progress> {
    let (mut metres, mut last) = (0.0, None::<(f64, f64)>);
    let mut samples = Vec::with_capacity(speed.times_s().len());
    for (&time, &value) in speed.times_s().iter().zip(speed.values()).filter(|(_, value)| value.is_finite()) {
        if let Some((before, value_before)) = last.filter(|(before, _)| time - before <= known.longest_gap_s)
        {
            metres += f64::midpoint(value, value_before).max(0.0) * (time - before);
        }
        last = Some((time, value));
        samples.push((time, metres));
    }
    let (times, way): (Vec<f64>, Vec<f64>) = samples.iter().copied().unzip();
    let first = interpolate(&times, &way, 0.0);
    let first = if first.is_nan() { way.first().copied()? } else { first };
    samples.iter_mut().for_each(|(_, metres)| *metres -= first);
    let length = known.length_m.or_else(|| {
        let end = interpolate(&times, &way, known.total_s) - first;
        (known.lap.is_whole() && end > 0.0).then_some(end)
    })?;
    finish(known, samples, length, SPEED_TOLERANCE, ProgressSource::Speed)
}

/// Takes the falls at the line out, so that progress goes on from one lap to the next: 0 is the line in the lap's
/// first half, `length` the one in its second half.
fn unwrap(samples: &mut [(f64, f64)], middle_s: f64, length: f64) {
    let middle = samples.partition_point(|&(time, _)| time < middle_s);
    let (before, after) = samples.split_at_mut(middle.min(samples.len()));
    let anchor = after.first().or(before.last()).map(|&(_, metres)| metres);
    for half in [before.iter_mut().rev().collect::<Vec<_>>(), after.iter_mut().collect()] {
        let (Some(mut last), mut shift) = (anchor, 0.0) else { return };
        for (_, metres) in half {
            let step = *metres - last;
            last = *metres;
            if step.abs() > length / 2.0 {
                shift -= length.copysign(step);
            }
            *metres += shift;
        }
    }
}

/// Drops samples that nobody can have driven to, unless the next ones agree with them.
fn without_outliers(samples: &mut Vec<(f64, f64)>) {
    /// So many that agree are no outliers: the car was put there.
    const AGREED: u32 = 4;
    let is_near = |(from, a): (f64, f64), (to, b): (f64, f64)| {
        let way = b - a;
        (-30.0..=FASTEST * (to - from) + 30.0).contains(&way)
    };
    let mut last: Option<(f64, f64)> = None;
    let mut stranger: Option<((f64, f64), u32)> = None;
    samples.retain(|&sample| {
        let Some(kept) = last.filter(|&kept| !is_near(kept, sample)) else {
            (last, stranger) = (Some(sample), None);
            return true;
        };
        let count = match stranger {
            Some((before, count)) if is_near(before, sample) => count + 1,
            _ => 1,
        };
        stranger = Some((sample, count));
        // Put back on the track behind where it was: what was driven until then stays, that way is driven again.
        if count >= AGREED && sample.1 > kept.1 {
            (last, stranger) = (Some(sample), None);
            return true;
        }
        false
    });
}

/// Makes progress rise, and the line be at 0 and at `length`.
fn finish(
    known: &Known<'_>,
    samples: Vec<(f64, f64)>,
    length_m: f64,
    tolerance: f64,
    source: ProgressSource,
) -> Option<Progress> {
    let (times, metres): (Vec<f64>, Vec<f64>) = samples.into_iter().unzip();
    let metres = rising(&metres);
    // What nobody saw of a whole lap is still known of its ends: they were at the line.
    let seen = metres.last()? - metres.first()?;
    let is_at_line = known.lap.is_whole() && source != ProgressSource::Speed && seen > length_m / 2.0;
    let first = near(&times, &metres, 0.0, known.longest_gap_s)
        .or((is_at_line && !is_late_start(known.lap.kind)).then_some(0.0))
        .or(metres.first().copied())?;
    let last = near(&times, &metres, known.total_s, known.longest_gap_s)
        .or(is_at_line.then_some(length_m))
        .or(metres.last().copied())?;
    if !(last > first && length_m > 0.0) {
        return None;
    }
    let place = if known.lap.is_whole() {
        at_line(known.lap.kind, (first, last), length_m, tolerance, source)?
    } else {
        Place { scale: 1.0, shift: 0.0, is_from_line: false }
    };
    let mut progress = Progress { times_s: Vec::new(), metres: Vec::new(), source, length_m };
    let mut push = |time: f64, metres: f64| {
        if progress.metres.last().is_none_or(|&before| metres > before) {
            progress.times_s.push(time);
            progress.metres.push(metres);
        }
    };
    if place.is_from_line {
        push(0.0, 0.0);
    }
    for (&time, &metres) in times.iter().zip(&metres) {
        let metres = metres * place.scale + place.shift;
        if time >= 0.0 && time <= known.total_s && (!known.lap.is_whole() || metres < length_m) {
            push(time, metres);
        }
    }
    if known.lap.is_whole() {
        push(known.total_s, length_m);
    }
    (progress.metres.len() > 1).then_some(progress)
}

/// How measured metres become metres from the line.
struct Place {
    scale: f64,
    shift: f64,
    /// Whether the lap began at the line.
    is_from_line: bool,
}

/// Puts a whole lap, measured from `ends.0` to `ends.1`, between the line and the line; `None` when it is no such lap.
fn at_line(
    kind: LapKind,
    ends: (f64, f64),
    length_m: f64,
    tolerance: f64,
    source: ProgressSource,
) -> Option<Place> {
    let (first, last) = ends;
    let is_near = |way: f64| (way / length_m - 1.0).abs() <= tolerance;
    let is_speed = source == ProgressSource::Speed;
    // Speed alone cannot tell a late start from another line.
    if is_near(last - first) && !(is_speed && is_late_start(kind)) {
        let scale = length_m / (last - first);
        return Some(Place { scale, shift: -first * scale, is_from_line: true });
    }
    // It did not begin at the line; its end was there.
    let is_late = is_late_start(kind) && (is_speed || is_near(last));
    is_late.then_some(Place { scale: 1.0, shift: length_m - last, is_from_line: false })
}

/// Whether such a lap may begin elsewhere than at the line.
fn is_late_start(kind: LapKind) -> bool {
    matches!(kind, LapKind::StandingStart | LapKind::Out | LapKind::OutIn | LapKind::Stage)
}

/// The curve at `x`, carried on by no more than `reach` beyond its ends.
fn near(xs: &[f64], ys: &[f64], x: f64, reach: f64) -> Option<f64> {
    let (first, last) = (*xs.first()?, *xs.last()?);
    let is_near = x >= first - reach && x <= last + reach;
    is_near.then(|| extended(xs, ys, x.clamp(first, last), x))
}

/// The curve at `inside`, carried on to `x` at the pace that it has there.
fn extended(xs: &[f64], ys: &[f64], inside: f64, x: f64) -> f64 {
    let value = interpolate(xs, ys, inside);
    if x == inside {
        return value;
    }
    let other = if x > inside { inside - 0.1 } else { inside + 0.1 };
    let pace = (value - interpolate(xs, ys, other)) / (inside - other);
    if pace.is_finite() { value + pace * (x - inside) } else { value }
}

#[cfg(test)]
mod tests {
    use super::super::test_laps::lap;
    use super::*;
    use crate::channels::ChannelKind;

    fn series(samples: impl IntoIterator<Item = (f64, f64)>) -> Series {
        let mut series = Series::new(ChannelKind::Resetting);
        samples.into_iter().for_each(|(time, value)| series.push(time, value));
        series
    }

    fn none() -> Series {
        series([])
    }

    fn known(lap: &Lap, length_m: Option<f64>) -> Known<'_> {
        Known { lap, total_s: 100.0, length_m, point_to_point: false, longest_gap_s: 1.0 }
    }

    /// 100 s at 50 m/s, every `step` seconds, a little before the lap and after it too.
    fn times(step: f64) -> impl Iterator<Item = f64> {
        (-2..).map(move |n| f64::from(n) * step + 0.003).take_while(|time| *time < 100.2)
    }

    fn assert_even(progress: &Progress, within_s: f64) {
        for metres in [0.0, 0.1, 1234.5, 2500.0, 4999.9, 5000.0] {
            let found = progress.time_at(metres);
            assert!((found - metres / 50.0).abs() <= within_s, "{metres} m at {found} s");
        }
    }

    #[test]
    fn the_fall_at_the_line_may_be_a_sample_early_or_late() {
        let lap = lap(1, 0.0, 100.0);
        for late in [-0.15, 0.0, 0.15] {
            let told = times(0.1).map(|time| (time, (time * 50.0 + late).rem_euclid(5000.0)));
            let progress = progress(&known(&lap, Some(5000.0)), &series(told), &none(), &none()).unwrap();
            assert_eq!(progress.source, ProgressSource::LapDistance);
            assert_even(&progress, 0.004);
        }
    }

    #[test]
    fn noise_and_wild_samples_do_no_harm() {
        let lap = lap(1, 0.0, 100.0);
        let mut state = 7_u32;
        let told = times(0.02).enumerate().map(|(number, time)| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(state >> 16) / 65_536.0 - 0.5;
            let metres = (time * 50.0 + noise * 3.0).rem_euclid(5000.0);
            (
                time,
                if number % 97 == 50 {
                    3333.0
                } else if number % 101 == 7 {
                    f64::NAN
                } else {
                    metres
                },
            )
        });
        let progress = progress(&known(&lap, Some(5000.0)), &series(told), &none(), &none()).unwrap();
        assert_even(&progress, 0.05);
        assert!(progress.metres.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn samples_that_are_missing_at_the_line_do_not_move_it() {
        let lap = lap(1, 0.0, 100.0);
        let told = times(0.1).map(|time| (time, time * 50.0)).filter(|(time, _)| *time > 2.0 && *time < 97.0);
        let found = progress(&known(&lap, Some(5000.0)), &series(told), &none(), &none()).unwrap();
        assert_even(&found, 0.001);
    }

    #[test]
    fn a_share_of_the_lap_and_speed_do_as_well() {
        let lap = lap(1, 0.0, 100.0);
        let share = series(times(0.1).map(|time| (time, (time / 100.0).rem_euclid(1.0))));
        let found = progress(&known(&lap, Some(5000.0)), &none(), &share, &none()).unwrap();
        assert_eq!(found.source, ProgressSource::LapPosition);
        assert_even(&found, 0.002);
        // Driven 4 % further than the track is long, as other lines are.
        let speed = series(times(0.1).map(|time| (time, 52.0)));
        let found = progress(&known(&lap, Some(5000.0)), &none(), &none(), &speed).unwrap();
        assert_eq!(found.source, ProgressSource::Speed);
        assert_even(&found, 0.002);
        // Nothing says how long the track is: as long as what was driven.
        let found = progress(&known(&lap, None), &none(), &none(), &speed).unwrap();
        assert!((found.length_m - 5200.0).abs() < 0.01);
    }

    #[test]
    fn a_distance_that_is_no_distance_is_passed_over() {
        let lap = lap(1, 0.0, 100.0);
        let (zero, speed) =
            (series(times(0.1).map(|time| (time, 0.0))), series(times(0.1).map(|time| (time, 50.0))));
        let found = progress(&known(&lap, Some(5000.0)), &zero, &zero, &speed).unwrap();
        assert_eq!(found.source, ProgressSource::Speed);
        assert!(progress(&known(&lap, Some(5000.0)), &zero, &zero, &none()).is_none());
        assert!(progress(&known(&lap, None), &none(), &none(), &none()).is_none());
    }

    #[test]
    fn a_standing_start_begins_behind_the_line_and_half_a_lap_is_half_a_lap() {
        let mut start = lap(1, 0.0, 100.0);
        start.kind = LapKind::StandingStart;
        let told =
            series(times(0.1).map(|time| (time, if time < 100.0 { time * 52.0 - 200.0 } else { 0.0 })));
        let found = progress(&known(&start, Some(5000.0)), &told, &none(), &none()).unwrap();
        assert!(
            (found.time_at(0.0) - 200.0 / 52.0).abs() < 0.01 && (found.time_at(5000.0) - 100.0).abs() < 1e-9
        );
        let rolled = series(times(0.1).map(|time| (time, if time < 20.0 { 0.0 } else { 60.0 })));
        let found = progress(&known(&start, Some(5000.0)), &none(), &none(), &rolled).unwrap();
        assert!((found.time_at(4700.0) - 95.0).abs() < 0.01 && found.time_at(100.0).is_nan());
        let mut part = lap(1, 0.0, 100.0);
        (part.kind, part.time) = (LapKind::Partial, None);
        let told = series(times(0.1).map(|time| (time, 1000.0 + time * 20.0)));
        let found = progress(&known(&part, Some(5000.0)), &told, &none(), &none()).unwrap();
        assert!((found.time_at(2000.0) - 50.0).abs() < 0.01);
        assert!(found.time_at(500.0).is_nan() && found.time_at(3500.0).is_nan());
    }
}
