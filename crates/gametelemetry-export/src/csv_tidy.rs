//! CSV with a row a value: what statistics programs group and filter.
//!
//! Unknown values have no row. One file, also of a raw export.

use std::io;

use gametelemetry::{Cell, ExportInfo, Exporter, OutputFile, OutputFiles, Rows, Table};

use crate::csv::io_error;
use crate::names::no_formula;

/// Writes one row a value: time, lap, source, channel, value, unit.
#[derive(Debug, Default)]
pub struct TidyCsvExporter {
    writer: Option<::csv::Writer<OutputFile>>,
    tables: Vec<Vec<Labels>>,
}

/// What every row of a column has.
#[derive(Debug)]
struct Labels {
    source: String,
    channel: String,
    unit: String,
}

impl Exporter for TidyCsvExporter {
    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        let mut writer = ::csv::Writer::from_writer(files.create()?);
        writer.write_record(["time_s", "lap", "source", "channel", "value", "unit"]).map_err(io_error)?;
        self.writer = Some(writer);
        self.tables = info.tables.iter().map(labels).collect();
        Ok(())
    }

    fn rows(&mut self, table: usize, rows: &Rows) -> io::Result<()> {
        let (Some(writer), Some(labels)) = (&mut self.writer, self.tables.get(table)) else { return Ok(()) };
        for row in 0..rows.count() {
            let time = Cell::F64(rows.time_s(row)).to_string();
            let lap = rows.laps().get(row).copied().flatten().map_or_else(String::new, |lap| lap.to_string());
            for (labels, column) in labels.iter().zip(rows.columns()) {
                let cell = column.cell(row);
                let value = match cell {
                    Cell::Empty => continue,
                    Cell::Text(text) => no_formula(text).into_owned(),
                    cell => cell.to_string(),
                };
                let cells = [&time, &lap, &labels.source, &labels.channel, &value, &labels.unit];
                writer.write_record(cells).map_err(io_error)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &ExportInfo) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), ::csv::Writer::flush)
    }
}

fn labels(table: &Table) -> Vec<Labels> {
    let columns = table.columns.iter().map(|column| {
        let of_mapping = column.mappings.first().map(|mapping| mapping.source.as_ref());
        let of_field = column.name.split_once(':').map(|(source, _)| source);
        let source = of_mapping.or(of_field).unwrap_or(&table.name);
        let safe = |text: &str| no_formula(text).into_owned();
        // What was worked out here comes from no source of the game.
        let source = if table.source.is_empty() && source == table.name { "derived" } else { source };
        Labels { source: safe(source), channel: safe(&column.name), unit: safe(&column.unit) }
    });
    columns.collect()
}
