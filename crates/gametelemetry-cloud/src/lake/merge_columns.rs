//! A column between two Parquet files: its values and levels as the format has them, nothing converted.

use gametelemetry_export::GroupWriter;
use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;

/// Values of a column with their levels, as the format has them.
pub(super) struct Column {
    pub(super) values: Values,
    pub(super) definitions: Vec<i16>,
    /// Empty for a column without lists.
    pub(super) repetitions: Vec<i16>,
    is_list: bool,
}

/// The values of a column that are not null, by the format's type.
pub(super) enum Values {
    Int(Vec<i32>),
    Long(Vec<i64>),
    Double(Vec<f64>),
    Bool(Vec<bool>),
    Text(Vec<ByteArray>),
}

impl Column {
    pub(super) fn of(physical: Physical, is_list: bool) -> Self {
        let values = match physical {
            Physical::INT32 => Values::Int(Vec::new()),
            Physical::INT64 => Values::Long(Vec::new()),
            Physical::DOUBLE => Values::Double(Vec::new()),
            Physical::BOOLEAN => Values::Bool(Vec::new()),
            _ => Values::Text(Vec::new()),
        };
        Self { values, definitions: Vec::new(), repetitions: Vec::new(), is_list }
    }

    /// A column of the same type with the `rows` rows of `reader`.
    pub(super) fn read(&self, reader: ColumnReader, rows: usize) -> Result<Self, ParquetError> {
        match reader {
            ColumnReader::Int32ColumnReader(reader) => read(reader, rows, self.is_list, Values::Int),
            ColumnReader::Int64ColumnReader(reader) => read(reader, rows, self.is_list, Values::Long),
            ColumnReader::DoubleColumnReader(reader) => read(reader, rows, self.is_list, Values::Double),
            ColumnReader::BoolColumnReader(reader) => read(reader, rows, self.is_list, Values::Bool),
            ColumnReader::ByteArrayColumnReader(reader) => read(reader, rows, self.is_list, Values::Text),
            _ => Err(ParquetError::General("a column is of another type".to_owned())),
        }
    }

    /// A column of the same type of `rows` rows without a value.
    pub(super) fn unknown(&self, rows: usize) -> Self {
        let values = match self.values {
            Values::Int(_) => Values::Int(Vec::new()),
            Values::Long(_) => Values::Long(Vec::new()),
            Values::Double(_) => Values::Double(Vec::new()),
            Values::Bool(_) => Values::Bool(Vec::new()),
            Values::Text(_) => Values::Text(Vec::new()),
        };
        let repetitions = if self.is_list { vec![0; rows] } else { Vec::new() };
        Self { values, definitions: vec![0; rows], repetitions, is_list: self.is_list }
    }

    /// Appends those rows of `piece` that are `kept`.
    pub(super) fn append(&mut self, piece: Self, kept: &[bool]) {
        let mut row = None::<usize>;
        let mut of_values = Vec::with_capacity(piece.definitions.len());
        let deepest = if self.is_list { 3 } else { 1 };
        for (at, level) in piece.definitions.iter().enumerate() {
            let repetition = piece.repetitions.get(at).copied().unwrap_or(0);
            if repetition == 0 {
                row = Some(row.map_or(0, |row| row + 1));
            }
            let is_kept = row.and_then(|row| kept.get(row)).copied().unwrap_or(false);
            if *level == deepest {
                of_values.push(is_kept);
            }
            if is_kept {
                self.definitions.push(*level);
                if self.is_list {
                    self.repetitions.push(repetition);
                }
            }
        }
        self.values.append(piece.values, &of_values);
    }

    /// Writes the column into a row group.
    pub(super) fn write(&self, group: &mut GroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
        let repetitions = (!self.repetitions.is_empty()).then_some(self.repetitions.as_slice());
        let definitions = Some(self.definitions.as_slice());
        match &self.values {
            Values::Int(values) => group.column::<Int32Type>(values, definitions, repetitions),
            Values::Long(values) => group.column::<Int64Type>(values, definitions, repetitions),
            Values::Double(values) => group.column::<DoubleType>(values, definitions, repetitions),
            Values::Bool(values) => group.column::<BoolType>(values, definitions, repetitions),
            Values::Text(values) => group.column::<ByteArrayType>(values, definitions, repetitions),
        }
    }

    pub(super) fn clear(&mut self) {
        self.definitions.clear();
        self.repetitions.clear();
        match &mut self.values {
            Values::Int(values) => values.clear(),
            Values::Long(values) => values.clear(),
            Values::Double(values) => values.clear(),
            Values::Bool(values) => values.clear(),
            Values::Text(values) => values.clear(),
        }
    }
}

impl Values {
    /// Appends those of `more` that are `kept`.
    fn append(&mut self, more: Self, kept: &[bool]) {
        match (self, more) {
            (Self::Int(values), Self::Int(more)) => extend(values, more, kept),
            (Self::Long(values), Self::Long(more)) => extend(values, more, kept),
            (Self::Double(values), Self::Double(more)) => extend(values, more, kept),
            (Self::Bool(values), Self::Bool(more)) => extend(values, more, kept),
            (Self::Text(values), Self::Text(more)) => extend(values, more, kept),
            _ => {}
        }
    }
}

fn extend<T>(values: &mut Vec<T>, more: Vec<T>, kept: &[bool]) {
    values.extend(more.into_iter().zip(kept).filter(|(_, kept)| **kept).map(|(value, _)| value));
}

fn read<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    is_list: bool,
    make: fn(Vec<T::T>) -> Values,
) -> Result<Column, ParquetError> {
    let (mut values, mut definitions, mut repetitions) = (Vec::new(), Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let (records, ..) =
            reader.read_records(rows - read, Some(&mut definitions), Some(&mut repetitions), &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF("a column ends before the others".to_owned()));
        }
        read += records;
    }
    Ok(Column { values: make(values), definitions, repetitions, is_list })
}
