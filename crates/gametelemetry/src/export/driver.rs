//! Goes through a session for an exporter.
//!
//! One pass for most formats; one that must know the number of rows beforehand costs a second pass, which only counts,
//! and a third when the rate has to be found out. Who wants laps splits the session first and hands them over.

use std::path::{Path, PathBuf};

use gametelemetry_file::StoredSession;

use super::laps::LapTimes;
use super::output::write_error;
use super::pace::AtPace;
use super::plan::Plan;
use super::raw::{self, RawTables};
use super::resample::{AHEAD, AtRate, Resampled};
use super::rows::Target;
use super::{ExportError, ExportInfo, Exporter, OutputFiles};
use crate::laps::Laps;
use crate::moments::DerivedChannel;
use crate::processor::{SessionFacts, SessionPass};

/// What of a session is exported, and how.
#[derive(Debug, Default)]
pub struct ExportOptions {
    /// The channels, in this order; all that the session has when it is empty. `physics:abs` is a field by its own name.
    pub channels: Vec<String>,
    /// The numbers of the laps; everything when it is empty.
    pub laps: Vec<u32>,
    /// Rows at this constant rate, Hz; without one, at each frame of the source that tells the most channels.
    pub hz: Option<f64>,
    /// Every original field instead of channels.
    pub raw: bool,
    /// Files that are there already are replaced.
    pub overwrite: bool,
    /// Channels worked out from others.
    pub derived: Vec<DerivedChannel>,
}

/// What was exported.
#[derive(Debug)]
pub struct ExportSummary {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Rows of all tables.
    pub rows: u64,
    /// Each table with rows, and how many.
    pub tables: Vec<(String, u64)>,
    /// The constant rate of the rows, Hz, when there is one.
    pub hz: Option<f64>,
    /// Records of no known kind, which have no fields; only of a raw export.
    pub unrecognized: u64,
    /// What the user should know of the files.
    pub notes: Vec<String>,
    /// What is known of the session, as far as it was read: [`SessionFacts::is_damaged`] says whether data is missing.
    pub facts: SessionFacts,
}

/// Exports `session` to `out` by `exporter`, with the laps that it was split into.
///
/// `out` is the file; of an exporter that writes a file a table, the folder. Nothing stands there before all is whole.
///
/// # Errors
/// When the session cannot be read, does not have what the options name, or the files cannot be written.
pub fn export(
    session: &(impl StoredSession + ?Sized),
    out: &Path,
    options: ExportOptions,
    laps: &Laps,
    exporter: Box<dyn Exporter>,
) -> Result<ExportSummary, ExportError> {
    check(&options, exporter.as_ref())?;
    let files = OutputFiles::new(out, options.overwrite);
    let times = LapTimes::new(laps, &options.laps)?;
    let run = Run { session: &session, options, times, laps, files };
    if run.options.raw { run.raw(exporter) } else { run.channels(exporter) }
}

fn check(options: &ExportOptions, exporter: &dyn Exporter) -> Result<(), ExportError> {
    let refuse = |reason| Err(ExportError::Options { reason });
    if options.raw && exporter.needs().constant_rate {
        return refuse("this format needs one constant rate: leave out --raw");
    }
    if options.raw && !options.channels.is_empty() {
        return refuse("a raw export has every field: leave out either --raw or --channels");
    }
    if options.raw && options.hz.is_some() {
        return refuse("a raw export has every record as it came: leave out either --raw or --hz");
    }
    match options.hz {
        Some(hz) if !(0.001..=10_000.0).contains(&hz) => Err(ExportError::Rate { hz }),
        _ => Ok(()),
    }
}

struct Run<'a> {
    session: &'a dyn StoredSession,
    options: ExportOptions,
    times: LapTimes,
    laps: &'a Laps,
    files: OutputFiles,
}

impl Run<'_> {
    fn channels(mut self, mut exporter: Box<dyn Exporter>) -> Result<ExportSummary, ExportError> {
        let derived: Vec<DerivedChannel> =
            self.options.derived.iter().map(DerivedChannel::without_function).collect();
        let mut pass = SessionPass::open(self.session)?;
        derived.iter().for_each(|channel| pass.derive(channel.without_function()));
        let available = pass.available_channels();
        let plan = Plan::new(pass.facts(), &available, &derived, &self.options.channels)?;
        let mut info = ExportInfo {
            facts: pass.into_parts().1,
            laps: self.laps.clone(),
            tables: vec![plan.table.clone()],
            raw: false,
            hz: self.options.hz,
            first: None,
            row_count: None,
        };
        if exporter.needs().constant_rate {
            self.count(&plan, &mut info, derived)?;
        }
        let path = self.files.path();
        exporter.begin(&info, &self.files).map_err(|error| write_error(&path, error))?;
        let target = Target::new(Some(exporter), std::mem::take(&mut self.times));
        let derived = std::mem::take(&mut self.options.derived);
        let (sink, target, facts) = match info.hz {
            Some(hz) => {
                let (resampled, facts) = self.resample(&plan, &info, target, hz, derived)?;
                (resampled.sink, resampled.target, facts)
            }
            None => {
                let mut pass = self.pass(&target.laps, derived)?;
                let rows = pass.add(AtPace::new(&plan, &info, target));
                let facts = pass.run()?;
                let (sink, target) = rows.take().ok_or(ExportError::Broken)?;
                (sink, target, facts)
            }
        };
        let counts = vec![(plan.table.name.clone(), sink.count)];
        self.end(target, info, facts, counts, 0)
    }

    /// Finds out what a format needs to know that has a constant rate and no gaps.
    fn count(
        &mut self,
        plan: &Plan,
        info: &mut ExportInfo,
        derived: Vec<DerivedChannel>,
    ) -> Result<(), ExportError> {
        if self.times.chosen().is_some_and(|chosen| chosen.len() > 1) {
            return Err(ExportError::LapsApart);
        }
        let again = derived.iter().map(DerivedChannel::without_function).collect();
        let hz = match info.hz {
            Some(hz) => hz,
            None => self.usual_rate(plan, info, again)?,
        };
        info.hz = Some(hz);
        let target = Target::new(None, LapTimes::new(self.laps, &self.options.laps)?);
        let (counted, _) = self.resample(plan, info, target, hz, derived)?;
        if counted.gap_s > 0.0 {
            return Err(ExportError::Gap { gap_s: counted.gap_s });
        }
        (info.first, info.row_count) = (counted.sink.first, Some(counted.sink.count));
        Ok(())
    }

    /// The whole number of Hz nearest to the rate at which the source that sets the pace usually comes.
    fn usual_rate(
        &self,
        plan: &Plan,
        info: &ExportInfo,
        derived: Vec<DerivedChannel>,
    ) -> Result<f64, ExportError> {
        let target = Target::new(None, LapTimes::new(self.laps, &self.options.laps)?);
        let mut pass = self.pass(&target.laps, derived)?;
        let rows = pass.add(AtPace::new(plan, info, target).measured());
        pass.run()?;
        let (sink, _) = rows.take().ok_or(ExportError::Broken)?;
        let interval_s = sink.usual_interval_s();
        Ok(interval_s.map_or(1.0, |interval| (1.0 / interval).round().clamp(1.0, 10_000.0)))
    }

    fn resample(
        &self,
        plan: &Plan,
        info: &ExportInfo,
        target: Target,
        hz: f64,
        derived: Vec<DerivedChannel>,
    ) -> Result<(Resampled, SessionFacts), ExportError> {
        let mut pass = self.pass(&target.laps, derived)?;
        let rows = pass.add(AtRate::new(plan, info.facts.started, target, hz));
        let facts = pass.run()?;
        Ok((rows.take().ok_or(ExportError::Broken)?, facts))
    }

    /// A pass over what is wanted, with what is needed before and behind it.
    fn pass(&self, laps: &LapTimes, derived: Vec<DerivedChannel>) -> Result<SessionPass, ExportError> {
        let mut pass = SessionPass::open(self.session)?;
        derived.into_iter().for_each(|channel| pass.derive(channel));
        Ok(match laps.span() {
            Some((start, end)) => pass.between(start - AHEAD, end + AHEAD),
            None => pass,
        })
    }

    fn raw(mut self, mut exporter: Box<dyn Exporter>) -> Result<ExportSummary, ExportError> {
        let path = self.files.path();
        let (_, facts) = SessionPass::open(self.session)?.into_parts();
        let tables = RawTables::of(&facts);
        raw::check_size(&tables).map_err(|error| write_error(&path, error))?;
        let info = ExportInfo {
            facts,
            laps: self.laps.clone(),
            tables: tables.tables.clone(),
            raw: true,
            hz: None,
            first: None,
            row_count: None,
        };
        exporter.begin(&info, &self.files).map_err(|error| write_error(&path, error))?;
        let target = Target::new(Some(exporter), std::mem::take(&mut self.times));
        let (readers, mut facts) = SessionPass::open(self.session)?.into_parts();
        let rows = raw::run(readers, &mut facts, &tables, target);
        let counts =
            info.tables.iter().zip(&rows.sinks).map(|(table, sink)| (table.name.clone(), sink.count));
        let counts = counts.collect();
        self.end(rows.target, info, facts, counts, rows.unrecognized)
    }

    /// Ends the files, or says why there are none.
    fn end(
        self,
        target: Target,
        info: ExportInfo,
        facts: SessionFacts,
        counts: Vec<(String, u64)>,
        unrecognized: u64,
    ) -> Result<ExportSummary, ExportError> {
        let path = self.files.path();
        if let Some(error) = target.error {
            return Err(write_error(&path, error));
        }
        let mut exporter = target.exporter.ok_or(ExportError::Broken)?;
        exporter.finish(&info).map_err(|error| write_error(&path, error))?;
        let notes = exporter.notes();
        // Its files are flushed here, at the latest.
        drop(exporter);
        let files = self.files.commit()?;
        let rows = counts.iter().map(|(_, rows)| rows).sum();
        let tables = counts.into_iter().filter(|(_, rows)| *rows > 0).collect();
        Ok(ExportSummary { files, rows, tables, hz: info.hz, unrecognized, notes, facts })
    }
}
