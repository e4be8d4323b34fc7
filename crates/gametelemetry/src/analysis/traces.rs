//! What was measured along a lap: chosen laps of a session as curves over the way round the track.
//!
//! Stands between laps and everything that shows or compares them. A [`TraceProcessor`] goes through the session a second
//! time, when its laps are known, and keeps samples of a lap only until the lap is over. Decides nothing about laps.

use std::time::Duration;

use gametelemetry_file::Timestamp;
use serde::Serialize;

use super::numbers::{at, extent, interpolate, median};
use super::progress::ProgressSource;
use super::trace_collect::{OpenLap, Wishes};
use super::{LapClock, position::Position};
use crate::channels::ChannelKind;
use crate::laps::{Lap, Laps, SessionPart};
use crate::moments::{ChannelRequest, Moment};
use crate::processor::{SessionFacts, SessionProcessor};

/// The curves of one lap. All have as many values as `progress_m`; what is not known is NaN, in JSON null.
#[derive(Clone, Debug, Serialize)]
pub struct LapTrace {
    /// The lap's number in [`Laps::laps`].
    pub number: usize,
    /// The lap.
    pub lap: Lap,
    /// The part of the session that it belongs to.
    pub part: SessionPart,
    /// Length of the track, in metres: the end of `progress_m`.
    pub length_m: f64,
    /// What progress was worked out from.
    pub progress_from: ProgressSource,
    /// Metres round the track, evenly spaced from 0 at the line. The same for all laps of a part.
    pub progress_m: Vec<f64>,
    /// Seconds since the lap began, by its own clock; it ends at [`Lap::best_known_time`].
    pub lap_time_s: Vec<f64>,
    /// The channels, in the order in which they were wanted; those that the session does not have are left out.
    pub channels: Vec<Trace>,
    /// Where the car was.
    pub position: Option<Position>,
    /// Where each sector ended, in metres; NaN where that was not seen.
    pub sector_ends_m: Vec<f64>,
    #[serde(skip)]
    pub(super) clock: LapClock,
    /// Seconds of `lap_time_s` for one of the clock.
    #[serde(skip)]
    pub(super) pace: f64,
}

impl LapTrace {
    /// The channel called `name`.
    #[must_use]
    pub fn channel(&self, name: &str) -> Option<&Trace> {
        self.channels.iter().find(|trace| trace.name == name)
    }

    /// The values of the channel `name` at each of `metres`, NaN where they are not known: at the places where this lap was
    /// level with another one, for example ([`super::ComparedLap::own_progress_m`]).
    #[must_use]
    pub fn values_at(&self, name: &str, metres: &[f64]) -> Option<Vec<f64>> {
        let channel = self.channel(name)?;
        Some(metres.iter().map(|&metres| channel.at(&self.progress_m, metres)).collect())
    }

    /// When the lap's clock showed what, `metres` round the track, in seconds; NaN where that is not known.
    #[must_use]
    pub fn time_at(&self, metres: f64) -> f64 {
        interpolate(&self.progress_m, &self.lap_time_s, metres)
    }

    /// The moment of the recording when the car was `metres` round the track.
    #[must_use]
    pub fn timestamp_at(&self, metres: f64) -> Option<Timestamp> {
        let seconds = self.time_at(metres) / self.pace;
        seconds.is_finite().then(|| self.clock.timestamp_at(seconds))
    }

    /// How far round the track the car was at a moment of the recording, in metres.
    #[must_use]
    pub fn progress_at(&self, timestamp: Timestamp) -> Option<f64> {
        let seconds = self.clock.seconds_at(timestamp)? * self.pace;
        let known = self.lap_time_s.iter().zip(&self.progress_m).filter(|(time, _)| time.is_finite());
        let (times, metres): (Vec<f64>, Vec<f64>) = known.unzip();
        let metres = interpolate(&times, &metres, seconds);
        metres.is_finite().then_some(metres)
    }
}

/// One channel along a lap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// How its values lie between two samples.
    #[serde(skip)]
    pub kind: ChannelKind,
    /// A value for each of [`LapTrace::progress_m`].
    pub values: Vec<f32>,
}

impl Trace {
    /// The value `metres` round the track, by the grid `progress_m` of its lap; NaN where it is not known.
    #[must_use]
    pub fn at(&self, progress_m: &[f64], metres: f64) -> f64 {
        let after = progress_m.partition_point(|&other| other < metres);
        let of = |place: usize| self.values.get(place).map_or(f64::NAN, |&value| f64::from(value));
        let Some(before) = after.checked_sub(1).filter(|_| at(progress_m, after) != metres) else {
            return of(after);
        };
        let ends = ((at(progress_m, before), of(before)), (at(progress_m, after), of(after)));
        super::between(self.kind, ends.0, ends.1, metres, f64::INFINITY)
    }
}

/// Channels that comparing laps goes by; a [`TraceProcessor`] always takes them where the session has them.
pub const COMPARED: &[&str] = &["speed", "throttle", "brake", "g_lat", "yaw_rate", "steer", "steer_ratio"];

/// Collects the traces of chosen laps. The result has one [`LapTrace`] a lap, in the order in which they were driven; a lap
/// of which nothing says how far round the track the car was has none.
///
/// ```no_run
/// use gametelemetry::{Laps, SessionPass, analysis::TraceProcessor};
/// # fn of(laps: Laps, path: &std::path::Path) -> Result<(), gametelemetry::PassError> {
/// let best = laps.best();
/// let mut pass = SessionPass::open(path)?;
/// let traces = TraceProcessor::new(&laps, best, ["speed", "gear"]);
/// if let Some((from, until)) = traces.span() {
///     pass = pass.between(from, until);
/// }
/// let traces = pass.add(traces);
/// pass.run()?;
/// for lap in traces.take().unwrap_or_default() {
///     println!("{} points over {} m", lap.progress_m.len(), lap.length_m);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TraceProcessor {
    waiting: Vec<(usize, Lap)>,
    parts: Vec<SessionPart>,
    lengths: Vec<Option<f64>>,
    wishes: Wishes,
    open: Vec<OpenLap>,
    traces: Vec<LapTrace>,
}

impl TraceProcessor {
    /// For the laps of `laps` with the numbers `wanted`, and `channels` by name. Text channels are left out.
    #[must_use]
    pub fn new(
        laps: &Laps,
        wanted: impl IntoIterator<Item = usize>,
        channels: impl IntoIterator<Item: Into<String>>,
    ) -> Self {
        let mut wanted: Vec<usize> = wanted.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let lap = |number: usize| Some((number, laps.laps.get(number)?.clone()));
        let mut waiting: Vec<(usize, Lap)> = wanted.into_iter().filter_map(lap).collect();
        // The next one to begin is at the end.
        waiting.sort_by_key(|(number, lap)| std::cmp::Reverse((lap.start, *number)));
        Self {
            waiting,
            lengths: (0..laps.parts.len()).map(|part| track_length_m(laps, part)).collect(),
            parts: laps.parts.clone(),
            wishes: Wishes::new(channels.into_iter().map(Into::into).collect()),
            open: Vec::new(),
            traces: Vec::new(),
        }
    }

    /// Sets how many points a lap has; 2000 unless set, at least 2 and at most 100 000.
    #[must_use]
    pub fn points(mut self, points: usize) -> Self {
        self.wishes.points = points.clamp(2, 100_000);
        self
    }

    /// Sets the longest gap between two samples that is interpolated; one second unless set. Where the whole session was
    /// silent longer, nothing is known.
    #[must_use]
    pub fn longest_gap(mut self, gap: Duration) -> Self {
        self.wishes.longest_gap_s = gap.as_secs_f64();
        self
    }

    /// The stretch of the session that has all wanted laps, for [`crate::SessionPass::between`]; `None` for no lap.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let margin = Duration::from_secs_f64(self.wishes.longest_gap_s.clamp(0.0, 60.0));
        let first = self.waiting.iter().map(|(_, lap)| lap.start).min()?;
        let last = self.waiting.iter().map(|(_, lap)| lap.end).max()?;
        Some((first - margin, last + margin))
    }

    fn close(&mut self, lap: OpenLap) {
        let part = self.parts.get(lap.lap.part).cloned().unwrap_or_default();
        let length = self.lengths.get(lap.lap.part).copied().flatten();
        let number = lap.lap.part;
        if let Some(trace) = lap.close(&mut self.wishes, part, length) {
            if let Some(length) = self.lengths.get_mut(number).filter(|_| trace.lap.is_whole()) {
                length.get_or_insert(trace.length_m);
            }
            self.traces.push(trace);
        }
    }
}

impl SessionProcessor for TraceProcessor {
    type Output = Vec<LapTrace>;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.wishes.begin(channels);
    }

    fn push(&mut self, moment: &Moment<'_>) {
        let time = moment.timestamp();
        let margin = Duration::from_secs_f64(self.wishes.longest_gap_s.clamp(0.0, 60.0));
        while let Some((number, lap)) = self.waiting.pop_if(|(_, lap)| lap.start - margin <= time) {
            self.open.push(OpenLap::new(number, lap, &self.wishes, moment));
        }
        let mut number = 0;
        while let Some(open) = self.open.get_mut(number) {
            if time > open.lap.end + margin {
                let lap = self.open.remove(number);
                self.close(lap);
            } else {
                open.push(moment, &self.wishes);
                number += 1;
            }
        }
    }

    fn finish(mut self, _: &SessionFacts) -> Vec<LapTrace> {
        while !self.open.is_empty() {
            let lap = self.open.remove(0);
            self.close(lap);
        }
        self.traces.sort_by_key(|trace| trace.number);
        self.traces
    }
}

/// Length of a lap of the part: the game's, or that of its whole laps.
fn track_length_m(laps: &Laps, part: usize) -> Option<f64> {
    let told = laps.parts.get(part)?.track_length_m.filter(|length| length.is_finite() && *length > 0.0);
    told.or_else(|| {
        let whole = laps.laps.iter().filter(|lap| lap.part == part && lap.is_whole());
        median(whole.filter_map(|lap| lap.length_m).filter(|length| *length > 0.0))
    })
}

/// Whether the values say anything: a game that hides something tells zeros.
pub(super) fn says_something(values: &[f64]) -> bool {
    extent(values).is_some_and(|(least, most)| most > least)
}
