//! Rows at a constant rate for whoever goes through a session himself: a processor among others of one pass.
//!
//! Beside `driver`, which makes files of a folder's session: here the pass may be over any readers, and rows go to a
//! function. Makes rows by the same `plan` and `resample`.

use std::io;

use super::laps::LapTimes;
use super::plan::Plan;
use super::resample::AtRate;
use super::rows::Target;
use super::{ExportError, ExportInfo, Exporter, OutputFiles, Rows, Table};
use crate::moments::{ChannelRequest, Moment};
use crate::processor::{SessionFacts, SessionPass, SessionProcessor};

/// Makes rows of channels at a constant rate and hands them over in batches, interpolated as each channel's kind allows.
///
/// ```
/// use gametelemetry::{RateRows, SessionPass};
/// # fn of(mut pass: SessionPass) -> Result<(), Box<dyn std::error::Error>> {
/// let rows = RateRows::new(&pass, &["speed".to_owned()], 50.0)?;
/// let name = rows.table().columns[0].name.clone();
/// let rows = rows.hand_to(|rows| {
///     let _ = (rows.times(), rows.columns());
///     Ok(())
/// });
/// let made = pass.add(rows);
/// pass.run()?;
/// println!("{} rows of {name}", made.take().unwrap_or_default().rows);
/// # Ok(())
/// # }
/// ```
pub struct RateRows {
    rows: AtRate,
    table: Table,
}

/// What became of the rows.
#[derive(Debug, Default)]
pub struct RateRowsEnd {
    /// Rows that were handed over.
    pub rows: u64,
    /// What the function said that takes them; it got no more rows then.
    pub error: Option<io::Error>,
}

impl RateRows {
    /// For the session of `pass`, which must have all `channels`, at `hz` rows a second, 0.001 to 10,000.
    ///
    /// # Errors
    /// When `hz` is out of its range, or the session does not have a channel.
    pub fn new(pass: &SessionPass, channels: &[String], hz: f64) -> Result<Self, ExportError> {
        if !(0.001..=10_000.0).contains(&hz) {
            return Err(ExportError::Rate { hz });
        }
        let plan = Plan::new(pass.facts(), &pass.available_channels(), &[], channels)?;
        let target = Target::new(None, LapTimes::default());
        let rows = AtRate::new(&plan, pass.facts().started, target, hz);
        Ok(Self { rows, table: plan.table })
    }

    /// What each column of the rows is.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Hands batches of rows to `take`; once it fails, no more. Without it they are only counted.
    #[must_use]
    pub fn hand_to(mut self, take: impl FnMut(&Rows) -> io::Result<()> + Send + 'static) -> Self {
        self.rows.target.exporter = Some(Box::new(Taker(take)));
        self
    }
}

impl std::fmt::Debug for RateRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateRows").finish_non_exhaustive()
    }
}

impl SessionProcessor for RateRows {
    type Output = RateRowsEnd;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.rows.begin(channels);
    }

    fn push(&mut self, moment: &Moment<'_>) {
        self.rows.push(moment);
    }

    fn finish(self, facts: &SessionFacts) -> RateRowsEnd {
        let made = self.rows.finish(facts);
        RateRowsEnd { rows: made.sink.count, error: made.target.error }
    }
}

/// A function as an exporter.
struct Taker<F>(F);

impl<F: FnMut(&Rows) -> io::Result<()> + Send + 'static> Exporter for Taker<F> {
    fn begin(&mut self, _: &ExportInfo, _: &OutputFiles) -> io::Result<()> {
        Ok(())
    }

    fn rows(&mut self, _: usize, rows: &Rows) -> io::Result<()> {
        (self.0)(rows)
    }
}
