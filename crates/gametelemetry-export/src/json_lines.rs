//! JSON Lines: one object a row, with the types that JSON has.
//!
//! Every object has the same members; an unknown value is `null`, and so are infinities, which JSON does not know. In a
//! raw export rows of several tables stand in one file, each with its `source` and `kind`.

use std::io::{self, Write};

use gametelemetry::{Cell, ExportInfo, Exporter, OutputFile, OutputFiles, Rows, Table};

use crate::json::{JsonColumns, append_cell, quoted};
use crate::names::{LAP, TIME, unique};

/// Writes one object a row.
#[derive(Debug, Default)]
pub struct JsonLinesExporter {
    file: Option<OutputFile>,
    tables: Vec<Object>,
    lines: Vec<u8>,
}

/// How a row of a table is an object.
#[derive(Debug)]
struct Object {
    /// What stands before the time.
    time: String,
    /// What stands between the time and the lap.
    lap: String,
    /// The members that are equal in every row.
    labels: String,
    columns: JsonColumns,
}

impl Exporter for JsonLinesExporter {
    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        self.file = Some(files.create()?);
        self.tables = info.tables.iter().map(Object::of).collect();
        Ok(())
    }

    fn rows(&mut self, table: usize, rows: &Rows) -> io::Result<()> {
        let (Some(file), Some(object)) = (&mut self.file, self.tables.get(table)) else { return Ok(()) };
        for row in 0..rows.count() {
            object.append(rows, row, &mut self.lines);
            if self.lines.len() > 1 << 18 {
                file.write_all(&self.lines)?;
                self.lines.clear();
            }
        }
        file.write_all(&self.lines)?;
        self.lines.clear();
        Ok(())
    }

    fn finish(&mut self, _: &ExportInfo) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), OutputFile::flush)
    }
}

impl Object {
    fn of(table: &Table) -> Self {
        let is_raw = !table.source.is_empty();
        let own: &[&str] = if is_raw { &[TIME, LAP, "source", "kind"] } else { &[TIME, LAP] };
        let names = unique(own, table);
        let (own, names) = names.split_at_checked(own.len()).unwrap_or((&names, &[]));
        let key = |number: usize| own.get(number).map_or_else(String::new, |name| quoted(name));
        let mut labels = String::new();
        if is_raw {
            labels += &format!(",{}:{}", key(2), quoted(&table.source));
            let kind = if table.kind.is_empty() { "null".to_owned() } else { quoted(&table.kind) };
            labels += &format!(",{}:{kind}", key(3));
        }
        let columns = names.iter().zip(&table.columns).enumerate();
        Self {
            time: format!("{{{}:", key(0)),
            lap: format!(",{}:", key(1)),
            labels,
            columns: JsonColumns::new(
                columns.map(|(number, (name, column))| (number, name.as_str(), column)),
            ),
        }
    }

    fn append(&self, rows: &Rows, row: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.time.as_bytes());
        append_cell(Cell::F64(rows.time_s(row)), out);
        out.extend_from_slice(self.lap.as_bytes());
        let lap = rows.laps().get(row).copied().flatten();
        append_cell(lap.map_or(Cell::Empty, |lap| Cell::UInt(lap.into())), out);
        out.extend_from_slice(self.labels.as_bytes());
        self.columns.append(rows, row, true, false, out);
        out.extend_from_slice(b"}\n");
    }
}
