//! Where rows are collected until there are enough of them for the exporter.
//!
//! Stands between what makes rows and the exporter; keeps the exporter's first error.

use std::io;

use gametelemetry_file::Timestamp;

use super::laps::LapTimes;
use super::{Exporter, Rows, Table};

/// Rows of a batch: so many that a column is worth a loop, so few that all stay in the processor's cache.
const BATCH: usize = 2048;
/// Values of a batch, for tables with very many columns.
const BATCH_VALUES: usize = 1 << 19;

/// Collects the rows of one table.
pub(super) struct RowSink {
    table: usize,
    pub(super) rows: Rows,
    batch: usize,
    /// Rows that were handed over.
    pub(super) count: u64,
    /// The time of the first row.
    pub(super) first: Option<Timestamp>,
    /// The intervals between the first rows, ticks of 100 ns; only of rows that are measured.
    intervals: Option<Vec<i64>>,
}

/// The exporter that rows go to; none when they are only counted.
pub(super) struct Target {
    pub(super) exporter: Option<Box<dyn Exporter>>,
    pub(super) laps: LapTimes,
    /// Why nothing more is handed over.
    pub(super) error: Option<io::Error>,
}

impl Target {
    pub(super) fn new(exporter: Option<Box<dyn Exporter>>, laps: LapTimes) -> Self {
        Self { exporter, laps, error: None }
    }
}

impl RowSink {
    /// Collects rows of `table`, which is number `number`, of a session that began at `started`.
    pub(super) fn new(number: usize, table: &Table, started: Timestamp) -> Self {
        let batch = (BATCH_VALUES / table.columns.len().max(1)).clamp(1, BATCH);
        Self { table: number, rows: Rows::of(table, started), batch, count: 0, first: None, intervals: None }
    }

    /// Measures the intervals between rows.
    pub(super) fn measure(&mut self) {
        self.intervals = Some(Vec::new());
    }

    /// The usual interval of those that were measured, s: the mean of those that are near the middle one.
    pub(super) fn usual_interval_s(self) -> Option<f64> {
        let mut intervals = self.intervals?;
        intervals.sort_unstable();
        let middle = *intervals.get(intervals.len() / 2)?;
        intervals.retain(|interval| (middle / 2..=middle.saturating_mul(3) / 2).contains(interval));
        #[expect(clippy::cast_precision_loss, reason = "a span, not a key")]
        let mean = intervals.iter().sum::<i64>() as f64 / intervals.len().max(1) as f64;
        (mean > 0.0).then_some(mean / 1e7)
    }

    fn note_intervals(&mut self) {
        /// Enough to know a rate by.
        const MOST: usize = 100_000;
        if let Some(intervals) = self.intervals.as_mut().filter(|intervals| intervals.len() < MOST) {
            let pairs = self.rows.times.iter().zip(self.rows.times.iter().skip(1));
            intervals.extend(pairs.map(|(one, next)| next.ticks().saturating_sub(one.ticks())));
        }
    }

    /// Whether there are enough rows for a batch.
    pub(super) fn is_full(&self) -> bool {
        self.rows.count() >= self.batch
    }

    /// Hands over what there is.
    pub(super) fn hand_over(&mut self, target: &mut Target) {
        if self.rows.count() == 0 {
            return;
        }
        self.first = self.first.or(self.rows.times.first().copied());
        self.count += self.rows.count() as u64;
        self.note_intervals();
        self.rows.laps.clear();
        self.rows.laps.extend(self.rows.times.iter().map(|time| target.laps.at(*time)));
        if let (Some(exporter), None) = (&mut target.exporter, &target.error) {
            target.error = exporter.rows(self.table, &self.rows).err();
        }
        self.rows.clear();
    }
}
