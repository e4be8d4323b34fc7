//! A table as a Parquet schema: names, types, and how each column is encoded.
//!
//! Before the first row. Writes nothing.

use std::sync::Arc;

use gametelemetry::{ChannelKind, DataType, Table};
use parquet::basic::{Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterPropertiesBuilder;
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use crate::names::{LAP, TIME, unique};

/// The columns of a file: when, the time since the session began, the lap, and the table's.
pub(super) struct FileSchema {
    names: Vec<String>,
    columns: Vec<(DataType, ChannelKind)>,
}

/// Bytes that one value of `data` takes while its group is collected.
pub(super) fn bytes(data: DataType) -> usize {
    match data {
        DataType::F32 => 4,
        DataType::Bool => 1,
        DataType::F64 => 8,
        // The value and whether there is one; a text is shared.
        _ => 16,
    }
}

impl FileSchema {
    pub(super) fn of(table: &Table) -> Self {
        let columns = table.columns.iter().map(|column| (column.data, column.kind)).collect();
        Self { names: unique(&["timestamp", TIME, LAP], table), columns }
    }

    /// The schema as the format has it.
    pub(super) fn message(&self) -> Result<TypePtr, ParquetError> {
        let mut names = self.names.iter();
        let mut name = || names.next().map_or("", String::as_str);
        let timestamp = LogicalType::timestamp(true, TimeUnit::MICROS);
        let mut fields = vec![
            field(name(), Physical::INT64, Repetition::REQUIRED, Some(timestamp))?,
            field(name(), Physical::DOUBLE, Repetition::REQUIRED, None)?,
            field(name(), Physical::INT32, Repetition::OPTIONAL, None)?,
        ];
        for (data, _) in &self.columns {
            let (physical, logical) = column_type(*data);
            fields.push(field(name(), physical, Repetition::OPTIONAL, logical)?);
        }
        Ok(Arc::new(Type::group_type_builder("session").with_fields(fields).build()?))
    }

    /// Says of each column how it is encoded.
    pub(super) fn encode(&self, builder: WriterPropertiesBuilder) -> WriterPropertiesBuilder {
        let own = [Encoding::DELTA_BINARY_PACKED, Encoding::BYTE_STREAM_SPLIT].map(Some).into_iter();
        let encodings =
            own.chain([None]).chain(self.columns.iter().map(|(data, kind)| encoding(*data, *kind)));
        self.names
            .iter()
            .zip(encodings)
            .fold(builder, |builder, (name, encoding)| encode(builder, name, encoding))
    }
}

/// Says of the column `name` how its values of `data`, which lie as `kind` says, are encoded.
#[must_use]
pub fn column_encoding(
    builder: WriterPropertiesBuilder,
    name: &str,
    data: DataType,
    kind: ChannelKind,
) -> WriterPropertiesBuilder {
    encode(builder, name, encoding(data, kind))
}

fn encode(
    builder: WriterPropertiesBuilder,
    name: &str,
    encoding: Option<Encoding>,
) -> WriterPropertiesBuilder {
    let path = ColumnPath::new(vec![name.to_owned()]);
    match encoding {
        Some(encoding) => {
            builder.set_column_dictionary_enabled(path.clone(), false).set_column_encoding(path, encoding)
        }
        None => builder.set_column_dictionary_enabled(path, true),
    }
}

fn field(
    name: &str,
    physical: Physical,
    repetition: Repetition,
    logical: Option<LogicalType>,
) -> Result<TypePtr, ParquetError> {
    let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
    Ok(Arc::new(builder.with_logical_type(logical).build()?))
}

/// The format's type for values of `data`.
#[must_use]
pub fn column_type(data: DataType) -> (Physical, Option<LogicalType>) {
    match data {
        DataType::F32 => (Physical::FLOAT, None),
        DataType::Int => (Physical::INT64, Some(LogicalType::integer(64, true))),
        DataType::UInt => (Physical::INT64, Some(LogicalType::integer(64, false))),
        DataType::Bool => (Physical::BOOLEAN, None),
        DataType::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        _ => (Physical::DOUBLE, None),
    }
}

/// The encoding of a column; `None` for a dictionary.
fn encoding(data: DataType, kind: ChannelKind) -> Option<Encoding> {
    match (data, kind) {
        // Truth values are single bits already.
        (DataType::Bool, _) => Some(Encoding::PLAIN),
        (DataType::F64 | DataType::F32, ChannelKind::Step) => None,
        (DataType::F64 | DataType::F32, _) => Some(Encoding::BYTE_STREAM_SPLIT),
        _ => None,
    }
}
