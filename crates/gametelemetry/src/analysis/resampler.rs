//! A whole session at a constant rate, while it is read: what exporters of fixed-rate formats write.
//!
//! Takes moments' fresh values in, gives rows out. Looks ahead no further than the longest gap that is interpolated, so
//! memory does not grow with the session. Writes no file.

use std::collections::VecDeque;
use std::time::Duration;

use gametelemetry_file::Timestamp;

use super::resample::between;
use crate::channels::ChannelKind;

/// One row of a resampled session.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its number: rows are `1 / hz` seconds apart, and numbers are left out where the session was silent.
    pub number: u64,
    /// Its time.
    pub timestamp: Timestamp,
    /// A value a channel, in the order of the kinds given to [`Resampler::new`]; NaN while it was never told.
    pub values: &'a [f64],
}

/// Turns samples of many rates into rows of one.
///
/// Between two samples a value lies as its [`ChannelKind`] says, see [`super::between`]. Where one channel is silent
/// longer than the longest gap its last value holds, as frames that do not change are not recorded; where the whole
/// session is silent that long, there are no rows.
///
/// ```
/// use gametelemetry::{ChannelKind, Timestamp, analysis::Resampler};
/// let (mut resampler, mut rows) = (Resampler::new(vec![ChannelKind::Continuous], 4.0), Vec::new());
/// let second = |n: i64| Timestamp::from_ticks(n * 10_000_000);
/// for (n, speed) in [(0, 10.0), (1, 20.0)] {
///     resampler.push(second(n), |_| Some(speed), |row| rows.push(row.values[0]));
/// }
/// resampler.finish(|row| rows.push(row.values[0]));
/// assert_eq!(rows, [10.0, 12.5, 15.0, 17.5, 20.0]);
/// ```
#[derive(Debug)]
pub struct Resampler {
    columns: Vec<Column>,
    row: Vec<f64>,
    step_s: f64,
    longest_gap_s: f64,
    /// The time of row 0, or of the row after which the recording's clock went back.
    origin: Option<Timestamp>,
    /// The row that comes next, counted from `origin`, and the number that `origin` has.
    next: u64,
    first_number: u64,
    last_s: f64,
    /// Stretches in which nothing came, in seconds since `origin`; those that rows have passed are forgotten.
    silences: VecDeque<(f64, f64)>,
}

#[derive(Debug)]
struct Column {
    kind: ChannelKind,
    samples: VecDeque<(f64, f64)>,
}

impl Resampler {
    /// For a channel of each of `kinds`, `hz` rows a second, from the first moment on. A rate that is not between
    /// 0.001 and 10 000 Hz is cut to that.
    #[must_use]
    pub fn new(kinds: Vec<ChannelKind>, hz: f64) -> Self {
        let columns = kinds.into_iter().map(|kind| Column { kind, samples: VecDeque::new() });
        let columns: Vec<Column> = columns.collect();
        Self {
            row: vec![f64::NAN; columns.len()],
            columns,
            step_s: 1.0 / if hz.is_nan() { 1.0 } else { hz.clamp(0.001, 10_000.0) },
            longest_gap_s: 1.0,
            origin: None,
            next: 0,
            first_number: 0,
            last_s: 0.0,
            silences: VecDeque::new(),
        }
    }

    /// Sets the longest gap that is interpolated, and so how far is looked ahead; one second unless set.
    #[must_use]
    pub fn longest_gap(mut self, gap: Duration) -> Self {
        self.longest_gap_s = gap.as_secs_f64().max(self.step_s);
        self
    }

    /// Takes in a moment: `fresh` gives what it tells of each channel. `row` is given the rows that are ready.
    ///
    /// Where the recording's clock goes back, rows begin anew at the earlier time.
    pub fn push(
        &mut self,
        timestamp: Timestamp,
        fresh: impl Fn(usize) -> Option<f64>,
        mut row: impl FnMut(Row<'_>),
    ) {
        let mut origin = *self.origin.get_or_insert(timestamp);
        let mut now = timestamp.seconds_since(origin);
        if now < self.last_s {
            self.finish(&mut row);
            (origin, now) = (timestamp, 0.0);
            self.origin = Some(origin);
        }
        if now - self.last_s > self.longest_gap_s {
            self.silences.push_back((self.last_s, now));
        }
        self.last_s = now;
        for (number, column) in self.columns.iter_mut().enumerate() {
            if let Some(value) = fresh(number) {
                match column.samples.back_mut() {
                    Some(last) if last.0 == now => last.1 = value,
                    _ => column.samples.push_back((now, value)),
                }
            }
        }
        self.give(now, &mut row);
    }

    /// Gives the rows that are left, up to the last moment's time; the next moment begins anew.
    pub fn finish(&mut self, mut row: impl FnMut(Row<'_>)) {
        if let Some(origin) = self.origin.take() {
            self.give_until(origin, self.last_s, true, &mut row);
        }
        self.columns.iter_mut().for_each(|column| column.samples.clear());
        self.silences.clear();
        (self.first_number, self.next, self.last_s) = (self.first_number + self.next, 0, 0.0);
    }

    fn give(&mut self, now: f64, row: &mut impl FnMut(Row<'_>)) {
        if let Some(origin) = self.origin {
            self.give_until(origin, now, false, row);
        }
    }

    /// Gives the rows up to `now` that nothing still to come can change; all of them at the end.
    fn give_until(&mut self, origin: Timestamp, now: f64, is_end: bool, row: &mut impl FnMut(Row<'_>)) {
        loop {
            let time = self.next as f64 * self.step_s;
            // The time of a row is a product that is rounded: the last one may come out a hair late.
            if time > now + self.step_s * 1e-6 {
                return;
            }
            if !is_end && now - time < self.longest_gap_s && !self.is_known(time) {
                return;
            }
            if let Some(after) = self.silence_at(time) {
                self.next = self.first_row_from(after).max(self.next + 1);
                continue;
            }
            for (place, column) in self.row.iter_mut().zip(&mut self.columns) {
                *place = column.take(time, self.longest_gap_s);
            }
            let timestamp = origin + Duration::from_secs_f64(time);
            row(Row { number: self.first_number + self.next, timestamp, values: &self.row });
            self.next += 1;
        }
    }

    /// Whether every channel has told something at `time` or later.
    fn is_known(&self, time: f64) -> bool {
        self.columns.iter().all(|column| column.samples.back().is_some_and(|&(last, _)| last >= time))
    }

    /// The end of the silence that `time` is in.
    fn silence_at(&mut self, time: f64) -> Option<f64> {
        while self.silences.front().is_some_and(|&(_, until)| until <= time) {
            self.silences.pop_front();
        }
        self.silences.front().filter(|&&(from, _)| time > from).map(|&(_, until)| until)
    }

    fn first_row_from(&self, time: f64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "never negative, and a cast of what is too large gives the largest"
        )]
        let number = (time / self.step_s - 1e-6).ceil() as u64;
        number
    }
}

impl Column {
    /// The value at `time`; forgets what later rows do not need.
    fn take(&mut self, time: f64, longest_gap: f64) -> f64 {
        while self.samples.get(1).is_some_and(|&(next, _)| next <= time) {
            self.samples.pop_front();
        }
        match (self.samples.front(), self.samples.get(1)) {
            (Some(&first), _) if first.0 > time + 1e-9 => f64::NAN,
            (Some(&earlier), Some(&later)) => between(self.kind, earlier, later, time, longest_gap),
            (Some(&(_, value)), None) => value,
            (None, _) => f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Samples<'a> = &'a [(f64, usize, f64)];

    /// Rows as number, seconds and values of a speed and a gear.
    fn rows(hz: f64, samples: Samples<'_>) -> (Vec<(u64, f64, [f64; 2])>, usize) {
        let mut resampler = Resampler::new(vec![ChannelKind::Continuous, ChannelKind::Step], hz);
        let (mut rows, mut most) = (Vec::new(), 0);
        let start = Timestamp::from_ticks(1_000_000_000);
        let mut take = |row: Row<'_>| {
            rows.push((row.number, row.timestamp.seconds_since(start), [row.values[0], row.values[1]]));
        };
        for &(time, column, value) in samples {
            let at = start + Duration::from_secs_f64(time);
            resampler.push(at, |number| (number == column).then_some(value), &mut take);
            most = most.max(resampler.columns.iter().map(|column| column.samples.len()).max().unwrap());
        }
        resampler.finish(&mut take);
        (rows, most)
    }

    #[test]
    fn sources_of_two_rates_become_rows_of_one() {
        let samples = [(0.0, 0, 0.0), (0.0, 1, 1.0), (0.3, 0, 3.0), (0.5, 1, 2.0), (0.6, 0, 6.0)];
        let expected =
            [(0, 0.0, [0.0, 1.0]), (1, 0.2, [2.0, 1.0]), (2, 0.4, [4.0, 1.0]), (3, 0.6, [6.0, 2.0])];
        for (found, expected) in rows(5.0, &samples).0.iter().zip(expected) {
            assert_eq!(found.0, expected.0);
            assert!(
                (found.1 - expected.1).abs() < 1e-6 && (found.2[0] - expected.2[0]).abs() < 1e-6,
                "{found:?}"
            );
            assert_eq!(found.2[1], expected.2[1], "{found:?}");
        }
        assert_eq!(rows(5.0, &samples).0.len(), 4);
    }

    #[test]
    fn silence_has_no_rows_and_row_numbers_go_on() {
        let mut samples: Vec<(f64, usize, f64)> = (0..=10).map(|n| (f64::from(n) / 10.0, 0, 1.0)).collect();
        samples.extend((0..=5).map(|n| (100_000.0 + f64::from(n) / 10.0, 0, 2.0)));
        let rows = rows(10.0, &samples).0;
        assert_eq!(rows.len(), 17);
        assert_eq!((rows[10].0, rows[11].0, rows[11].2[0]), (10, 1_000_000, 2.0));
    }

    #[test]
    fn one_channel_that_is_silent_holds_and_what_waits_is_bounded() {
        let mut samples = vec![(0.0, 1, 7.0)];
        samples.extend((0..5000).map(|n| (f64::from(n) / 100.0, 0, f64::from(n))));
        let (rows, most) = rows(100.0, &samples);
        assert!(rows.iter().all(|row| row.2[1] == 7.0) && rows.len() == 5000);
        assert!(most <= 105, "{most} samples waited");
    }

    #[test]
    fn a_clock_that_goes_back_begins_anew_and_loses_no_sample() {
        let rows = rows(1.0, &[(10.0, 0, 1.0), (11.0, 0, 2.0), (3.0, 0, 5.0), (4.0, 0, 6.0)]).0;
        let found: Vec<(u64, f64, f64)> = rows.iter().map(|row| (row.0, row.1, row.2[0])).collect();
        assert_eq!(found, [(0, 10.0, 1.0), (1, 11.0, 2.0), (2, 3.0, 5.0), (3, 4.0, 6.0)]);
    }
}
