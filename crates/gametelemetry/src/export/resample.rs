//! Rows at one constant rate: each channel interpolated as its kind allows.
//!
//! A row waits until every channel has said what comes after it, two seconds at most; a channel that is told more seldom
//! holds its value, as one does that jumps. So memory is bounded whatever the session's length. Over a gap of more than
//! ten minutes, in which nothing at all came, no rows are made.

use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::Timestamp;

use super::Values;
use super::laps::Stretch;
use super::pace::Wanted;
use super::plan::Plan;
use super::rows::{RowSink, Target};
use crate::channels::ChannelKind;
use crate::moments::{ChannelRequest, Moment};
use crate::processor::{SessionFacts, SessionProcessor};

/// How long a row waits for what comes after it; and so the longest interval that is interpolated.
pub(super) const AHEAD: Duration = Duration::from_secs(2);
/// The longest time without any moment that rows are made for, ticks of 100 ns.
const LONGEST_GAP: i64 = 600 * TICKS;
/// Ticks of 100 ns in a second.
const TICKS: i64 = 10_000_000;
/// After so many new rows it is looked for whole ones.
const LOOK: usize = 2048;

/// Makes rows at a constant rate.
pub(super) struct AtRate {
    wanted: Wanted,
    sink: RowSink,
    pub(super) target: Target,
    grid: Grid,
    /// The times of the rows that wait.
    times: Vec<Timestamp>,
    /// The columns of the rows that wait, in the order of the table's.
    tracks: Vec<Track>,
    look_at: usize,
    last_due: Option<Timestamp>,
    last_moment: Option<Timestamp>,
    gap: i64,
}

/// What [`AtRate`] gives.
pub(super) struct Resampled {
    pub(super) sink: RowSink,
    pub(super) target: Target,
    /// The longest gap for which no rows were made, s; 0 without one.
    pub(super) gap_s: f64,
}

impl AtRate {
    pub(super) fn new(plan: &Plan, started: Timestamp, target: Target, hz: f64) -> Self {
        let stretches = target.laps.chosen().map(<[Stretch]>::to_vec);
        Self {
            wanted: Wanted::new(plan),
            sink: RowSink::new(0, &plan.table, started),
            target,
            grid: Grid { stretches, current: 0, number: 0, period: 1e7 / hz },
            times: Vec::new(),
            tracks: plan.table.columns.iter().map(|column| Track::of(column.kind)).collect(),
            look_at: LOOK,
            last_due: None,
            last_moment: None,
            gap: 0,
        }
    }

    /// Makes the rows up to `now`.
    fn open(&mut self, now: Timestamp) {
        let since = self.last_moment.map_or(0, |last| now.ticks().saturating_sub(last.ticks()));
        if since > LONGEST_GAP {
            self.gap = self.gap.max(since);
            self.grid.skip_to(now);
        }
        self.last_moment = self.last_moment.max(Some(now));
        while let Some(time) = self.grid.next_time().filter(|time| *time <= now) {
            self.grid.advance();
            self.times.push(time);
            for track in &mut self.tracks {
                track.open_text();
            }
            if self.times.len() >= self.look_at {
                self.settle(Some(time - AHEAD));
            }
        }
    }

    /// Hands over the rows that are whole, and those before `until` as they are.
    fn settle(&mut self, until: Option<Timestamp>) {
        let whole = self.tracks.iter_mut().map(|track| {
            if let Some(until) = until {
                track.hold_until(&self.times, until);
            }
            track.count()
        });
        let whole = whole.min().unwrap_or(0).min(self.times.len());
        let mut left = whole;
        while left > 0 {
            // In pieces, so that a batch stays a batch.
            let count = left.min(LOOK);
            left -= count;
            self.sink.rows.times.extend(self.times.drain(..count));
            for (values, track) in self.sink.rows.columns.iter_mut().zip(&mut self.tracks) {
                track.hand_over(count, values);
            }
            self.sink.hand_over(&mut self.target);
        }
        self.look_at = self.times.len() + LOOK;
    }
}

impl SessionProcessor for AtRate {
    type Output = Resampled;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.wanted.begin(channels);
    }

    fn push(&mut self, moment: &Moment<'_>) {
        if self.target.error.is_some() {
            return;
        }
        let now = moment.timestamp();
        if self.wanted.is_due(moment) {
            self.grid.begin_at(now);
            self.last_due = self.last_due.max(Some(now));
        }
        self.open(now);
        for (track, slot) in self.tracks.iter_mut().zip(&self.wanted.slots) {
            if let Some(value) = moment.fresh(*slot) {
                track.take(&self.times, now, value);
            } else if moment.fresh_text(*slot).is_some() {
                track.take_text(self.times.last() == Some(&now), moment.shared_text(*slot));
            }
        }
    }

    fn finish(mut self, _: &SessionFacts) -> Resampled {
        // Behind the last moment of the source that sets the pace nothing is known of most channels.
        let end = self.last_due.unwrap_or(Timestamp::MIN);
        self.times.truncate(self.times.partition_point(|time| *time <= end));
        self.settle(Some(Timestamp::MAX));
        #[expect(clippy::cast_precision_loss, reason = "a span is shown")]
        let gap_s = self.gap as f64 / TICKS as f64;
        Resampled { sink: self.sink, target: self.target, gap_s }
    }
}

/// The times of the rows.
struct Grid {
    /// What rows are wanted of; `None` for everything, from the first moment on.
    stretches: Option<Vec<Stretch>>,
    current: usize,
    /// Rows since the beginning of the stretch.
    number: u64,
    /// Ticks from row to row.
    period: f64,
}

impl Grid {
    /// Everything is wanted, and begins at `first`, unless it has begun.
    fn begin_at(&mut self, first: Timestamp) {
        let _ = self.stretches.get_or_insert_with(|| vec![(first, Timestamp::MAX)]);
    }

    fn next_time(&mut self) -> Option<Timestamp> {
        loop {
            let (start, end) = *self.stretches.as_ref()?.get(self.current)?;
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "far below 2^53"
            )]
            let time = start.ticks().saturating_add((self.number as f64 * self.period).round() as i64);
            let time = Timestamp::from_ticks(time);
            if time < end {
                return Some(time);
            }
            (self.current, self.number) = (self.current + 1, 0);
        }
    }

    fn advance(&mut self) {
        self.number += 1;
    }

    /// Passes over the rows before `time`.
    fn skip_to(&mut self, time: Timestamp) {
        while let Some(next) = self.next_time().filter(|next| *next < time) {
            let Some((_, end)) = self.stretches.as_ref().and_then(|all| all.get(self.current)) else {
                return;
            };
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let behind = time.min(*end).ticks().saturating_sub(next.ticks()) as f64 / self.period;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is positive")]
            let behind = behind.ceil() as u64;
            self.number = self.number.saturating_add(behind.max(1));
        }
    }
}

/// One column of the rows that wait; it may be longer or shorter than another.
enum Track {
    Number { kind: ChannelKind, values: Vec<f64>, last: Option<(Timestamp, f64)> },
    Text { texts: Vec<Option<Arc<str>>>, last: Option<Arc<str>> },
}

impl Track {
    fn of(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::Text => Self::Text { texts: Vec::new(), last: None },
            kind => Self::Number { kind, values: Vec::new(), last: None },
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Number { values, .. } => values.len(),
            Self::Text { texts, .. } => texts.len(),
        }
    }

    /// A row was made: a text holds, so it is known at once.
    fn open_text(&mut self) {
        if let Self::Text { texts, last } = self {
            texts.push(last.clone());
        }
    }

    /// A text was told; by the moment at which the last row stands, or behind it.
    fn take_text(&mut self, is_at_row: bool, text: Option<Arc<str>>) {
        if let Self::Text { texts, last } = self {
            if let (true, Some(newest)) = (is_at_row, texts.last_mut()) {
                newest.clone_from(&text);
            }
            *last = text;
        }
    }

    /// The channel is `value` at `now`, which settles the rows until then.
    fn take(&mut self, times: &[Timestamp], now: Timestamp, value: f64) {
        if let Self::Number { kind, values, last } = self {
            while let Some(time) = times.get(values.len()).filter(|time| **time <= now) {
                values.push(between(*kind, *last, (now, value), *time));
            }
            *last = Some((now, value));
        }
    }

    /// Nothing more is waited for in the rows before `until`.
    fn hold_until(&mut self, times: &[Timestamp], until: Timestamp) {
        if let Self::Number { values, last, .. } = self {
            let held = times.partition_point(|time| *time < until);
            if values.len() < held {
                values.resize(held, last.map_or(f64::NAN, |(_, value)| value));
            }
        }
    }

    /// Moves the first `count` values to `values`.
    fn hand_over(&mut self, count: usize, values: &mut Values) {
        match (self, values) {
            (Self::Number { values, .. }, Values::F64(to)) => to.extend(values.drain(..count)),
            (Self::Text { texts, .. }, Values::Text(to)) => to.extend(texts.drain(..count)),
            _ => {}
        }
    }
}

/// The value at `time` of a channel that is `next` then and was `last` before.
fn between(
    kind: ChannelKind,
    last: Option<(Timestamp, f64)>,
    next: (Timestamp, f64),
    time: Timestamp,
) -> f64 {
    let (at, value) = next;
    if time >= at {
        return value;
    }
    let Some((from, before)) = last else { return f64::NAN };
    let span = at.seconds_since(from);
    let is_far = span > AHEAD.as_secs_f64() || time < from;
    let falls = kind == ChannelKind::Resetting && value < before;
    if is_far || falls || matches!(kind, ChannelKind::Step | ChannelKind::Text) {
        return before;
    }
    let share = time.seconds_since(from) / span;
    if kind == ChannelKind::Angle { turned(before, value, share) } else { before + (value - before) * share }
}

/// The angle `share` of the short way from `from` to `to`, rad; in -π..π when one of them is negative, else in 0..2π.
fn turned(from: f64, to: f64, share: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    let way = (to - from + PI).rem_euclid(TAU) - PI;
    let angle = from + way * share;
    let (least, most) = (from.min(to), from.max(to));
    if (least..=most).contains(&angle) {
        angle
    } else if least < 0.0 {
        (angle + PI).rem_euclid(TAU) - PI
    } else {
        angle.rem_euclid(TAU)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_ticks(milliseconds * 10_000)
    }

    #[test]
    fn each_kind_is_interpolated_as_it_allows() {
        use ChannelKind::{Angle, Continuous, Resetting, Step};
        for (kind, before, value, expected) in [
            (Continuous, 10.0, 20.0, 12.5),
            (Step, 3.0, 4.0, 3.0),
            (Resetting, 10.0, 20.0, 12.5),
            (Resetting, 90.0, 1.0, 90.0),
            (Angle, 3.0, -3.0, 3.0 + (std::f64::consts::TAU - 6.0) / 4.0),
            (Angle, 6.2, 0.1, 6.2 + (std::f64::consts::TAU - 6.1) / 4.0),
            (Angle, 1.0, 2.0, 1.25),
        ] {
            let got = between(kind, Some((at(0), before)), (at(1000), value), at(250));
            assert!((got - expected).abs() < 1e-9, "{kind:?} {before} {value}: {got}");
            assert_eq!(between(kind, Some((at(0), before)), (at(1000), value), at(1000)), value);
        }
        let far = between(Continuous, Some((at(0), 1.0)), (at(3000), 2.0), at(1500));
        assert_eq!(far, 1.0);
        assert!(between(Continuous, None, (at(10), 2.0), at(5)).is_nan());
    }

    #[test]
    fn an_angle_stays_in_its_range() {
        let angle = turned(3.1, -3.1, 0.9);
        assert!((-3.15..-3.1).contains(&angle), "{angle}");
        let angle = turned(6.27, 0.02, 0.95);
        assert!((0.0..0.02).contains(&angle), "{angle}");
    }

    #[test]
    fn rows_stand_at_the_stretches_and_pass_over_gaps() {
        let stretches = Some(vec![(at(0), at(25)), (at(105), at(120))]);
        let mut grid = Grid { stretches, current: 0, number: 0, period: 100_000.0 };
        let mut times = Vec::new();
        while let Some(time) = grid.next_time() {
            times.push(time);
            grid.advance();
        }
        assert_eq!(times, [0, 10, 20, 105, 115].map(at));
        let mut grid = Grid { stretches: None, current: 0, number: 0, period: 100_000.0 };
        assert_eq!(grid.next_time(), None);
        grid.begin_at(at(3));
        grid.skip_to(at(1_000_000_000));
        assert_eq!(grid.next_time(), Some(at(1_000_000_003)));
    }
}
