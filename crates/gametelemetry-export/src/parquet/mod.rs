//! Parquet: small, fast, with units; what pandas, DuckDB and Spark read.
//!
//! A row group has about 100,000 rows, or fewer where rows are wide; one is collected while the one before is written, and
//! that is all that is in memory. Each column is encoded as its values are: moving numbers split into their bytes, steps and texts by dictionary, times as differences;
//! zstd over all. Statistics and a page index let readers skip. `column` writes values, `writing` is the thread that does, `schema` says what a
//! table is.

mod column;
mod schema;
mod writing;

use std::io;
use std::sync::Arc;

use gametelemetry::{ExportInfo, Exporter, OutputFile, OutputFiles, Rows, Table};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;

pub use column::{GroupWriter, microseconds};
pub use schema::{column_encoding, column_type};
use writing::{Group, WritingThread};

use crate::metadata;

/// Rows of a group.
const GROUP: usize = 100_000;
/// Bytes that the groups that are collected may hold together, of values as they come; as much is being written.
const MEMORY: usize = 64 << 20;
/// Rows of a page: what a reader that skips must read at least.
const PAGE: usize = 20_000;

/// Writes Parquet files: one of the channels, or one a table of a raw export.
#[derive(Default)]
pub struct ParquetExporter {
    files: Option<OutputFiles>,
    tables: Vec<TableWriter>,
}

impl Exporter for ParquetExporter {
    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        let memory = MEMORY / info.tables.len().max(1);
        self.tables = info.tables.iter().map(|table| TableWriter::new(info, table, memory)).collect();
        if let (false, Some(table)) = (info.raw, self.tables.first_mut()) {
            table.open(files.create()?).map_err(io_error)?;
        }
        self.files = Some(files.clone());
        Ok(())
    }

    fn rows(&mut self, table: usize, rows: &Rows) -> io::Result<()> {
        let (Some(table), Some(files)) = (self.tables.get_mut(table), &self.files) else { return Ok(()) };
        if table.file.is_none() {
            let file = files.create_within(&format!("{}.parquet", table.name))?;
            table.open(file).map_err(io_error)?;
        }
        table.append(rows).map_err(io_error)
    }

    fn finish(&mut self, _: &ExportInfo) -> io::Result<()> {
        self.tables.drain(..).try_for_each(|table| table.finish().map_err(io_error))
    }
}

/// One file.
struct TableWriter {
    name: String,
    schema: schema::FileSchema,
    properties: Arc<WriterProperties>,
    file: Option<WritingThread>,
    group: Group,
    group_rows: usize,
}

impl TableWriter {
    fn new(info: &ExportInfo, table: &Table, memory: usize) -> Self {
        let schema = schema::FileSchema::of(table);
        let row = 24 + table.columns.iter().map(|column| schema::bytes(column.data)).sum::<usize>();
        let properties = Arc::new(properties(info, table, &schema));
        let group_rows = (memory / row).clamp(64, GROUP);
        Self { name: table.name.clone(), schema, properties, file: None, group: Group::default(), group_rows }
    }

    fn open(&mut self, file: OutputFile) -> Result<(), ParquetError> {
        let schema = self.schema.message()?;
        let writer = SerializedFileWriter::new(file, schema, Arc::clone(&self.properties))?;
        self.file = Some(WritingThread::start(writer)?);
        Ok(())
    }

    fn append(&mut self, rows: &Rows) -> Result<(), ParquetError> {
        let group = &mut self.group;
        group.times.extend(rows.times().iter().map(|time| column::microseconds(*time)));
        group.seconds.extend((0..rows.count()).map(|row| rows.time_s(row)));
        group.laps.extend(rows.laps().iter().map(|lap| lap.and_then(|lap| i32::try_from(lap).ok())));
        if group.columns.is_empty() {
            group.columns = rows.columns().to_vec();
            // At once, so that no column grows to twice what it needs.
            group.columns.iter_mut().for_each(|values| column::reserve(values, self.group_rows));
        } else {
            let pairs = group.columns.iter_mut().zip(rows.columns());
            pairs.for_each(|(values, more)| column::extend(values, more));
        }
        if self.group.times.len() >= self.group_rows { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let Some(file) = self.file.as_mut().filter(|_| !self.group.times.is_empty()) else { return Ok(()) };
        self.group = file.write(std::mem::take(&mut self.group))?;
        Ok(())
    }

    fn finish(mut self) -> Result<(), ParquetError> {
        self.write_group()?;
        self.file.map_or(Ok(()), WritingThread::finish)
    }
}

fn properties(info: &ExportInfo, table: &Table, schema: &schema::FileSchema) -> WriterProperties {
    let mut pairs: Vec<KeyValue> = metadata::texts(info)
        .into_iter()
        .map(|(name, text)| KeyValue::new(format!("gametelemetry.{name}"), text))
        .collect();
    pairs.push(KeyValue::new("gametelemetry".to_owned(), metadata::document(info, table).to_string()));
    schema.encode(writer_properties(info.program(), pairs)).build()
}

/// How every Parquet file is written: compressed by zstd, with pages and statistics that let readers skip. `program` is
/// who writes, `pairs` the file's metadata. Row groups end where the caller ends them.
#[must_use]
pub fn writer_properties(program: &str, pairs: Vec<KeyValue>) -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by(program.to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .set_data_page_row_count_limit(PAGE)
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_key_value_metadata(Some(pairs))
}

/// What the disk said, where it was the disk.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
