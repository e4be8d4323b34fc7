//! Recordings as files that other tools open: CSV, JSON Lines, Parquet, MCAP, MoTeC.
//!
//! Stands to the right of the core, which has the `Exporter` trait and goes through the session, because the formats'
//! own crates are heavy and who only records must not build them. Reads sessions through the core alone and names no
//! game. A new format is a new file and a line in [`EXPORTERS`].
//!
//! ```no_run
//! use std::path::Path;
//!
//! use gametelemetry::{ExportOptions, Laps, export};
//!
//! let parquet = gametelemetry_export::exporter("parquet").ok_or("no such format")?;
//! let options = ExportOptions { hz: Some(60.0), ..ExportOptions::default() };
//! let (session, out) = (Path::new("sessions/2026-11-23_120000_acc"), Path::new("laps.parquet"));
//! export(session, out, options, &Laps::default(), (parquet.make)())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod csv;
mod csv_tidy;
mod exporters;
mod json;
mod json_lines;
mod mcap;
mod metadata;
pub mod motec;
mod motec_log;
mod names;
mod parquet;

pub use csv::CsvExporter;
pub use csv_tidy::TidyCsvExporter;
pub use exporters::{EXPORTERS, ExporterInfo, exporter};
pub use json_lines::JsonLinesExporter;
pub use mcap::McapExporter;
pub use motec_log::{MotecCsvExporter, MotecExporter};
pub use parquet::{
    GroupWriter, ParquetExporter, column_encoding, column_type, microseconds, writer_properties,
};
