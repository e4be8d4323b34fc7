//! CSV with a column a channel: what spreadsheets and pandas open as it is.
//!
//! One header row, the unit behind the name (`speed [m/s]`): a second header row would make every column of pandas a
//! text. Quoting is RFC 4180. An unknown value is an empty cell. A raw export writes one file a table.

use std::fmt::Write as _;
use std::io;

use gametelemetry::{Cell, ExportInfo, Exporter, OutputFile, OutputFiles, Rows, Table};

use crate::names::{LAP, TIME, no_formula, unique, with_unit};

/// Writes one row a moment.
#[derive(Debug, Default)]
pub struct CsvExporter {
    files: Option<OutputFiles>,
    raw: bool,
    tables: Vec<(Table, Option<::csv::Writer<OutputFile>>)>,
    cell: String,
}

impl Exporter for CsvExporter {
    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        self.raw = info.raw;
        self.tables = info.tables.iter().map(|table| (table.clone(), None)).collect();
        if let (false, Some((table, writer))) = (info.raw, self.tables.first_mut()) {
            *writer = Some(begin(table, files.create()?)?);
        }
        self.files = Some(files.clone());
        Ok(())
    }

    fn rows(&mut self, table: usize, rows: &Rows) -> io::Result<()> {
        let (Some((table, writer)), Some(files)) = (self.tables.get_mut(table), &self.files) else {
            return Ok(());
        };
        let writer = match writer {
            Some(writer) => writer,
            None => writer.insert(begin(table, files.create_within(&format!("{}.csv", table.name))?)?),
        };
        for row in 0..rows.count() {
            write_row(writer, rows, row, &mut self.cell)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &ExportInfo) -> io::Result<()> {
        self.tables.iter_mut().filter_map(|(_, writer)| writer.as_mut()).try_for_each(::csv::Writer::flush)
    }
}

/// What the disk said, where it was the disk.
pub(crate) fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A writer that has written the header of `table`.
fn begin(table: &Table, file: OutputFile) -> io::Result<::csv::Writer<OutputFile>> {
    let mut writer = ::csv::WriterBuilder::new().from_writer(file);
    let names = unique(&[TIME, LAP], table);
    let (own, columns) = names.split_at_checked(2).unwrap_or((&names, &[]));
    for name in own {
        writer.write_field(name).map_err(io_error)?;
    }
    for (name, column) in columns.iter().zip(&table.columns) {
        writer.write_field(no_formula(&with_unit(name, column)).as_bytes()).map_err(io_error)?;
    }
    writer.write_record(None::<&[u8]>).map_err(io_error)?;
    Ok(writer)
}

fn write_row(
    writer: &mut ::csv::Writer<OutputFile>,
    rows: &Rows,
    row: usize,
    text: &mut String,
) -> io::Result<()> {
    let mut put = |writer: &mut ::csv::Writer<OutputFile>, cell: Cell<'_>| {
        if let Cell::Text(text) = cell {
            return writer.write_field(no_formula(text).as_bytes()).map_err(io_error);
        }
        text.clear();
        // Writing to a string cannot fail.
        let _ = write!(text, "{cell}");
        writer.write_field(&*text).map_err(io_error)
    };
    put(writer, Cell::F64(rows.time_s(row)))?;
    put(writer, rows.laps().get(row).copied().flatten().map_or(Cell::Empty, |lap| Cell::UInt(lap.into())))?;
    for column in rows.columns() {
        put(writer, column.cell(row))?;
    }
    writer.write_record(None::<&[u8]>).map_err(io_error)?;
    Ok(())
}
