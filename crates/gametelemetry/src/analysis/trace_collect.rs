//! The samples of one lap while it is gone through, and the trace that they become when it is over.
//!
//! Behind [`super::TraceProcessor`]. A lap takes samples a little before and after itself, so that it is known what was at
//! the line.

use super::numbers::{grid, interpolate};
use super::position::Position;
use super::progress::{Known, Progress, progress};
use super::traces::{COMPARED, LapTrace, Trace, says_something};
use super::{LapClock, Series};
use crate::channels::ChannelKind;
use crate::laps::{Lap, SessionPart};
use crate::moments::{ChannelRequest, Moment, Slot};

/// What traces need beside what is wanted.
const NEEDED: &[&str] = &[
    "lap_distance",
    "lap_position",
    "speed",
    "position_x",
    "position_y",
    "position_z",
    "latitude",
    "longitude",
    "altitude",
];

/// The clock of a lap and the time that the lap is said to have taken may differ by so much, as a share, to be the same.
const CLOCK_TOLERANCE: f64 = 0.01;

/// What is wanted of every lap.
#[derive(Debug)]
pub(super) struct Wishes {
    /// Names of the channels that become traces.
    shown: Vec<String>,
    columns: Vec<Column>,
    pub(super) points: usize,
    pub(super) longest_gap_s: f64,
    /// Latitude and longitude of the first place, which all laps are projected around.
    origin: Option<(f64, f64)>,
}

#[derive(Debug)]
struct Column {
    name: String,
    unit: String,
    kind: ChannelKind,
    slot: Slot,
}

impl Wishes {
    pub(super) fn new(mut shown: Vec<String>) -> Self {
        shown.extend(COMPARED.iter().map(|&name| name.to_owned()));
        let mut seen = std::collections::BTreeSet::new();
        shown.retain(|name| seen.insert(name.clone()));
        Self { shown, columns: Vec::new(), points: 2000, longest_gap_s: 1.0, origin: None }
    }

    pub(super) fn begin(&mut self, channels: &mut ChannelRequest) {
        let needed = NEEDED.iter().map(|&name| name.to_owned());
        let mut names: Vec<String> = self.shown.iter().cloned().chain(needed).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| channels.is_available(name));
        for name in names {
            let (unit, kind) = channels.unit_and_kind(&name);
            if kind != ChannelKind::Text {
                let slot = channels.want(&name);
                self.columns.push(Column { name, unit, kind, slot });
            }
        }
    }
}

/// A lap whose samples are being collected.
#[derive(Debug)]
pub(super) struct OpenLap {
    number: usize,
    pub(super) lap: Lap,
    clock: LapClock,
    series: Vec<Series>,
    last_s: f64,
    /// Stretches in which the whole session was silent, on the lap's clock.
    silences: Vec<(f64, f64)>,
}

impl OpenLap {
    /// Begins with what is known at `moment`.
    pub(super) fn new(number: usize, lap: Lap, wishes: &Wishes, moment: &Moment<'_>) -> Self {
        let clock = LapClock::new(&lap);
        let now = clock.seconds_at(moment.timestamp()).unwrap_or(0.0);
        let series = wishes.columns.iter().map(|column| {
            let mut series = Series::new(column.kind);
            if let Some(value) = moment.get(column.slot) {
                series.push(now, value);
            }
            series
        });
        Self { number, series: series.collect(), clock, lap, last_s: now, silences: Vec::new() }
    }

    pub(super) fn push(&mut self, moment: &Moment<'_>, wishes: &Wishes) {
        let Some(now) = self.clock.seconds_at(moment.timestamp()) else { return };
        if now - self.last_s > wishes.longest_gap_s {
            self.silences.push((self.last_s, now));
        }
        self.last_s = self.last_s.max(now);
        for (series, column) in self.series.iter_mut().zip(&wishes.columns) {
            if let Some(value) = moment.fresh(column.slot) {
                series.push(now, value);
            }
        }
    }

    /// The lap's trace; `None` when nothing says how far round the track the car was.
    pub(super) fn close(
        self,
        wishes: &mut Wishes,
        part: SessionPart,
        length_m: Option<f64>,
    ) -> Option<LapTrace> {
        let total_s = self.clock.total_s();
        let known = Known {
            lap: &self.lap,
            total_s,
            length_m,
            point_to_point: part.point_to_point,
            longest_gap_s: wishes.longest_gap_s,
        };
        let nothing = Series::new(ChannelKind::Continuous);
        let of = |name: &str| {
            let place = wishes.columns.iter().position(|column| column.name == name);
            place.and_then(|place| self.series.get(place)).unwrap_or(&nothing)
        };
        let progress = progress(&known, of("lap_distance"), of("lap_position"), of("speed"))?;
        let progress_m = grid(progress.length_m, wishes.points);
        let times: Vec<f64> = progress_m.iter().map(|&metres| self.seen_at(&progress, metres)).collect();
        let position = self.position(wishes, &times);
        let pace = pace(&self.lap, total_s);
        let lap_time_s = times.iter().map(|time| time * pace).collect();
        Some(LapTrace {
            number: self.number,
            channels: self.channels(wishes, &times),
            sector_ends_m: self.sector_ends_m(&progress, total_s),
            length_m: progress.length_m,
            progress_from: progress.source,
            part,
            progress_m,
            lap_time_s,
            position,
            clock: self.clock,
            lap: self.lap,
            pace,
        })
    }

    /// When the car was `metres` round the track, unless nobody looked then.
    fn seen_at(&self, progress: &Progress, metres: f64) -> f64 {
        let time = progress.time_at(metres);
        let is_silent = self.silences.iter().any(|&(from, until)| time > from && time < until);
        if is_silent { f64::NAN } else { time }
    }

    fn channels(&self, wishes: &Wishes, times: &[f64]) -> Vec<Trace> {
        let shown = wishes.shown.iter().filter_map(|name| {
            let place = wishes.columns.iter().position(|column| column.name == *name)?;
            Some((wishes.columns.get(place)?, self.series.get(place)?))
        });
        let trace = |(column, series): (&Column, &Series)| Trace {
            name: column.name.clone(),
            unit: column.unit.clone(),
            kind: column.kind,
            values: in_lap(series, times, wishes.longest_gap_s).into_iter().map(narrow).collect(),
        };
        shown.map(trace).collect()
    }

    fn position(&self, wishes: &mut Wishes, times: &[f64]) -> Option<Position> {
        let of = |name: &str| {
            let place = wishes.columns.iter().position(|column| column.name == name)?;
            let values = self.series.get(place)?.sample(times, wishes.longest_gap_s);
            values.iter().any(|value| value.is_finite()).then_some(values)
        };
        let flat = || vec![0.0; times.len()];
        let axes = ["position_x", "position_y", "position_z"].map(of);
        if axes.iter().flatten().filter(|values| says_something(values)).count() >= 2 {
            let [x, y, z] = axes.map(|values| values.unwrap_or_else(flat));
            return Some(Position { x, y, z, origin: None });
        }
        let (latitude, longitude) = (of("latitude")?, of("longitude")?);
        if !(says_something(&latitude) && says_something(&longitude)) {
            return None;
        }
        let altitude = of("altitude").unwrap_or_else(flat);
        let first = latitude.iter().zip(&longitude).find(|(a, b)| a.is_finite() && b.is_finite());
        let origin = *wishes.origin.get_or_insert(first.map(|(&a, &b)| (a, b))?);
        Some(Position::on_earth(&latitude, &longitude, &altitude, origin))
    }

    fn sector_ends_m(&self, progress: &Progress, total_s: f64) -> Vec<f64> {
        let end = |end| {
            let seconds = self.clock.seconds_at(end).unwrap_or(f64::NAN);
            interpolate(&progress.times_s, &progress.metres, seconds.min(total_s))
        };
        self.lap.sectors.iter().map(|sector| sector.end.map_or(f64::NAN, end)).collect()
    }
}

/// Samples at `times`; what falls back at the line has its own first value there, and not the last one of the lap before.
fn in_lap(series: &Series, times: &[f64], longest_gap_s: f64) -> Vec<f64> {
    if series.kind() != ChannelKind::Resetting {
        return series.sample(times, longest_gap_s);
    }
    let first = series.times_s().iter().copied().find(|time| *time >= 0.0).unwrap_or(0.0);
    let is_fall = series.at(first, longest_gap_s) < series.at(first.next_down(), longest_gap_s);
    let from = if is_fall { first } else { f64::NEG_INFINITY };
    times
        .iter()
        .map(|&time| if time < from { from } else { time })
        .map(|time| series.at(time, longest_gap_s))
        .collect()
}

/// How much faster the lap's time runs than our clock: the game's own time is right, ours has the game's delays in it.
fn pace(lap: &Lap, total_s: f64) -> f64 {
    let told = lap.best_known_time().filter(|_| lap.is_whole()).map(|time| time.as_secs_f64() / total_s);
    told.filter(|pace| (pace - 1.0).abs() <= CLOCK_TOLERANCE).unwrap_or(1.0)
}

#[expect(clippy::cast_possible_truncation, reason = "a curve is looked at; seven digits are enough")]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}
