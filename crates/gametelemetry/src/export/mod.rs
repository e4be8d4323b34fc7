//! Sessions as files that other tools open: what a format implements, and what goes through the session for it.
//!
//! A format is an [`Exporter`]: it is told which tables there are, gets their rows in batches, and writes files. The
//! rest is the same for all formats and is done here: which channels, which laps, which moments, one constant rate
//! where it is asked for, and files that stand under their own names only when they are whole. `driver` does the passes,
//! `plan` chooses channels and the source that sets the pace, `pace` makes rows at that source's moments, `resample` at
//! a constant rate, `rate_rows` for a pass of one's own, `raw` of the original fields, `output` keeps the files. Formats with heavy libraries are in the
//! crate `gametelemetry-export`.

mod columns;
mod driver;
mod error;
mod exporter;
mod laps;
mod output;
mod pace;
mod plan;
mod rate_rows;
mod raw;
mod resample;
mod rows;

pub use columns::{Cell, Column, DataType, Element, Rows, Table, Values};
pub use driver::{ExportOptions, ExportSummary, export};
pub use error::ExportError;
pub use exporter::{ExportInfo, Exporter, ExporterNeeds};
pub use output::{OutputFile, OutputFiles};
pub use rate_rows::{RateRows, RateRowsEnd};
