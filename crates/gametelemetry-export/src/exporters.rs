//! The list of formats.
//!
//! What the command offers as `--to`; each is made by one function.

use gametelemetry::Exporter;

use crate::{
    CsvExporter, JsonLinesExporter, McapExporter, MotecCsvExporter, MotecExporter, ParquetExporter,
    TidyCsvExporter,
};

/// One format.
#[derive(Debug)]
pub struct ExporterInfo {
    /// The name, as in `--to parquet`.
    pub name: &'static str,
    /// The extension of its files, without the dot.
    pub extension: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    /// Whether a raw export is a folder with a file a table; else it is one file.
    pub raw_is_folder: bool,
    /// Makes one, for one export.
    pub make: fn() -> Box<dyn Exporter>,
}

/// Every format, in the order in which they are shown.
pub static EXPORTERS: &[&ExporterInfo] = &[
    &ExporterInfo {
        name: "csv",
        extension: "csv",
        about: "a row a moment, a column a channel; for spreadsheets",
        raw_is_folder: true,
        make: || Box::new(CsvExporter::default()),
    },
    &ExporterInfo {
        name: "csv-tidy",
        extension: "csv",
        about: "a row a value: time, source, channel, value, unit; for statistics",
        raw_is_folder: false,
        make: || Box::new(TidyCsvExporter::default()),
    },
    &ExporterInfo {
        name: "jsonl",
        extension: "jsonl",
        about: "a JSON object a line; for programs",
        raw_is_folder: false,
        make: || Box::new(JsonLinesExporter::default()),
    },
    &ExporterInfo {
        name: "parquet",
        extension: "parquet",
        about: "small and fast, with units; for pandas, DuckDB, Spark",
        raw_is_folder: true,
        make: || Box::new(ParquetExporter::default()),
    },
    &ExporterInfo {
        name: "mcap",
        extension: "mcap",
        about: "for Foxglove and PlotJuggler",
        raw_is_folder: false,
        make: || Box::new(McapExporter::default()),
    },
    &ExporterInfo {
        name: "motec",
        extension: "ld",
        about: "for MoTeC i2, with its .ldx beside it",
        raw_is_folder: false,
        make: || Box::new(MotecExporter::default()),
    },
    &ExporterInfo {
        name: "motec-csv",
        extension: "csv",
        about: "CSV in the layout of MoTeC i2's own export",
        raw_is_folder: false,
        make: || Box::new(MotecCsvExporter::default()),
    },
];

/// The format called `name`.
#[must_use]
pub fn exporter(name: &str) -> Option<&'static ExporterInfo> {
    EXPORTERS.iter().find(|exporter| exporter.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for info in EXPORTERS {
            assert!(std::ptr::eq(exporter(info.name).unwrap(), *info), "{} stands twice", info.name);
        }
        assert!(exporter("xls").is_none());
    }
}
