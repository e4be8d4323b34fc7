//! The floor: columns that are ready, written by the `parquet` crate alone.
//!
//! Has the encodings and settings of our exporter written down again, so that both do the same work.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use gametelemetry::{ChannelKind, Column, DataType, ExportInfo, Exporter, OutputFiles, Rows, Values};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};

use crate::common::Outcome;

/// Rows of a group, as ours.
const GROUP: usize = 100_000;

/// Every value of an export, ready to be written.
#[derive(Default)]
pub(crate) struct Ready {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: usize,
    groups: Vec<Group>,
}

#[derive(Default)]
struct Group {
    times: Vec<i64>,
    seconds: Vec<f64>,
    columns: Vec<ReadyColumn>,
}

enum ReadyColumn {
    Numbers { values: Vec<f64>, levels: Vec<i16> },
    Texts { values: Vec<ByteArray>, levels: Vec<i16> },
}

/// Collects an export instead of writing it.
pub(crate) struct Collect(pub(crate) Arc<Mutex<Ready>>);

impl Exporter for Collect {
    fn begin(&mut self, info: &ExportInfo, _: &OutputFiles) -> io::Result<()> {
        let mut ready = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
        ready.columns = info.tables.first().map(|table| table.columns.clone()).unwrap_or_default();
        Ok(())
    }

    fn rows(&mut self, _: usize, rows: &Rows) -> io::Result<()> {
        let mut ready = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
        ready.rows += rows.count();
        if ready.groups.last().is_none_or(|group| group.times.len() >= GROUP) {
            ready.groups.push(Group::default());
        }
        let Some(group) = ready.groups.last_mut() else { return Ok(()) };
        let micros =
            |time: &gametelemetry::Timestamp| i64::try_from(time.unix_nanoseconds() / 1000).unwrap_or(0);
        group.times.extend(rows.times().iter().map(micros));
        group.seconds.extend((0..rows.count()).map(|row| rows.time_s(row)));
        if group.columns.is_empty() {
            group.columns = rows.columns().iter().map(ReadyColumn::of).collect();
        }
        group.columns.iter_mut().zip(rows.columns()).for_each(|(column, values)| column.extend(values));
        Ok(())
    }
}

impl ReadyColumn {
    fn of(values: &Values) -> Self {
        match values {
            Values::Text(_) => Self::Texts { values: Vec::new(), levels: Vec::new() },
            _ => Self::Numbers { values: Vec::new(), levels: Vec::new() },
        }
    }

    fn extend(&mut self, more: &Values) {
        match (self, more) {
            (Self::Numbers { values, levels }, Values::F64(more)) => {
                levels.extend(more.iter().map(|value| i16::from(!value.is_nan())));
                values.extend(more.iter().filter(|value| !value.is_nan()));
            }
            (Self::Texts { values, levels }, Values::Text(more)) => {
                levels.extend(more.iter().map(|value| i16::from(value.is_some())));
                values.extend(more.iter().flatten().map(|text| ByteArray::from(text.as_bytes().to_vec())));
            }
            _ => {}
        }
    }
}

impl Ready {
    /// Writes all of it to `path`; the bytes.
    pub(crate) fn write(&self, path: &Path) -> Outcome<u64> {
        let field = |name: &str, physical, logical: Option<LogicalType>, needed: bool| -> Outcome<_> {
            let repetition = if needed { Repetition::REQUIRED } else { Repetition::OPTIONAL };
            let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
            Ok(Arc::new(builder.with_logical_type(logical).build()?))
        };
        let timestamp = LogicalType::timestamp(true, TimeUnit::MICROS);
        let mut fields = vec![
            field("timestamp", Physical::INT64, Some(timestamp), true)?,
            field("time_s", Physical::DOUBLE, None, true)?,
            field("lap", Physical::INT32, None, false)?,
        ];
        for column in &self.columns {
            fields.push(match column.data {
                DataType::Text => {
                    field(&column.name, Physical::BYTE_ARRAY, Some(LogicalType::String), false)?
                }
                _ => field(&column.name, Physical::DOUBLE, None, false)?,
            });
        }
        let schema = Arc::new(Type::group_type_builder("session").with_fields(fields).build()?);
        let mut writer = SerializedFileWriter::new(File::create(path)?, schema, self.properties()?)?;
        for group in &self.groups {
            group.write(&mut writer)?;
        }
        writer.finish()?;
        writer.inner().sync_all()?;
        Ok(std::fs::metadata(path)?.len())
    }

    fn properties(&self) -> Outcome<Arc<WriterProperties>> {
        let path = |name: &str| ColumnPath::new(vec![name.to_owned()]);
        let mut builder = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_data_page_row_count_limit(20_000)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_column_dictionary_enabled(path("timestamp"), false)
            .set_column_encoding(path("timestamp"), Encoding::DELTA_BINARY_PACKED)
            .set_column_dictionary_enabled(path("time_s"), false)
            .set_column_encoding(path("time_s"), Encoding::BYTE_STREAM_SPLIT);
        for column in &self.columns {
            if !matches!(column.kind, ChannelKind::Step | ChannelKind::Text) {
                builder = builder
                    .set_column_dictionary_enabled(path(&column.name), false)
                    .set_column_encoding(path(&column.name), Encoding::BYTE_STREAM_SPLIT);
            }
        }
        Ok(Arc::new(builder.build()))
    }
}

impl Group {
    fn write(&self, writer: &mut SerializedFileWriter<File>) -> Outcome {
        let mut group = writer.next_row_group()?;
        let missing = || "a column too many";
        let mut column = group.next_column()?.ok_or_else(missing)?;
        column.typed::<Int64Type>().write_batch(&self.times, None, None)?;
        column.close()?;
        let mut column = group.next_column()?.ok_or_else(missing)?;
        column.typed::<DoubleType>().write_batch(&self.seconds, None, None)?;
        column.close()?;
        let mut column = group.next_column()?.ok_or_else(missing)?;
        column.typed::<Int32Type>().write_batch(&[], Some(&vec![0; self.times.len()]), None)?;
        column.close()?;
        for ready in &self.columns {
            let mut column = group.next_column()?.ok_or_else(missing)?;
            match ready {
                ReadyColumn::Numbers { values, levels } => {
                    column.typed::<DoubleType>().write_batch(values, Some(levels), None)?;
                }
                ReadyColumn::Texts { values, levels } => {
                    column.typed::<ByteArrayType>().write_batch(values, Some(levels), None)?;
                }
            }
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}
