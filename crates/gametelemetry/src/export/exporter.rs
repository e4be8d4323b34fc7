//! What a format implements.
//!
//! Knows no format and does nothing itself; `driver` calls it.

use std::io;

use gametelemetry_file::Timestamp;

use super::{OutputFiles, Rows, Table};
use crate::laps::{Laps, SessionPart};
use crate::processor::SessionFacts;

/// Writes a session in some format.
///
/// Called once a session: `begin`, any number of `rows`, `finish`. When something fails nothing more is called, and none
/// of its files stays.
///
/// ```
/// use std::io::{self, Write};
/// use gametelemetry::{ExportInfo, Exporter, OutputFile, OutputFiles, Rows};
///
/// /// One line a row: the time and the first channel.
/// #[derive(Default)]
/// struct FirstChannel(Option<OutputFile>);
///
/// impl Exporter for FirstChannel {
///     fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
///         let mut file = files.create()?;
///         writeln!(file, "time {}", info.tables[0].columns[0].name)?;
///         self.0 = Some(file);
///         Ok(())
///     }
///     fn rows(&mut self, _table: usize, rows: &Rows) -> io::Result<()> {
///         let Some(file) = &mut self.0 else { return Ok(()) };
///         (0..rows.count()).try_for_each(|row| writeln!(file, "{} {}", rows.time_s(row), rows.cell(0, row)))
///     }
/// }
/// ```
pub trait Exporter: Send + 'static {
    /// What it cannot do without.
    fn needs(&self) -> ExporterNeeds {
        ExporterNeeds::default()
    }

    /// Begins: creates its files in `files`.
    ///
    /// # Errors
    /// When a file cannot be written, or the format cannot hold what it is told of; the text says what to do.
    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()>;

    /// Takes the next rows of table number `table` of [`ExportInfo::tables`].
    ///
    /// # Errors
    /// When they cannot be written.
    fn rows(&mut self, table: usize, rows: &Rows) -> io::Result<()>;

    /// Ends: writes what still waits. Files are flushed when they are dropped, and an error then is not lost.
    ///
    /// # Errors
    /// When it cannot be written.
    fn finish(&mut self, info: &ExportInfo) -> io::Result<()> {
        let _ = info;
        Ok(())
    }

    /// What the user should know of the files, as that a value had to be clipped; asked after the end.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What a format cannot do without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExporterNeeds {
    /// Rows at one constant rate and without a gap: laps must follow each other, original fields are refused.
    pub constant_rate: bool,
}

impl ExporterNeeds {
    /// Rows at one constant rate.
    #[must_use]
    pub const fn constant_rate() -> Self {
        Self { constant_rate: true }
    }
}

/// What an exporter is told before the first row.
#[derive(Debug)]
#[non_exhaustive]
pub struct ExportInfo {
    /// What is known of the session before it is gone through: sources with their headers.
    pub facts: SessionFacts,
    /// The session's laps and parts, as far as they are known.
    pub laps: Laps,
    /// The tables that rows will come of.
    pub tables: Vec<Table>,
    /// Whether they have the original fields instead of channels.
    pub raw: bool,
    /// The constant rate, Hz, when there is one.
    pub hz: Option<f64>,
    /// The time of the first row, where rows come at a constant rate without a gap.
    pub first: Option<Timestamp>,
    /// How many rows will come, where they come at a constant rate without a gap.
    pub row_count: Option<u64>,
}

impl ExportInfo {
    /// The part of the session that is exported, or the first of it.
    #[must_use]
    pub fn part(&self) -> SessionPart {
        let first = self.first.unwrap_or(Timestamp::MIN);
        let parts = &self.laps.parts;
        parts.iter().find(|part| part.end > first).or(parts.last()).cloned().unwrap_or_default()
    }

    /// The program and its version.
    #[must_use]
    pub fn program(&self) -> &'static str {
        concat!("gametelemetry ", env!("CARGO_PKG_VERSION"))
    }
}
