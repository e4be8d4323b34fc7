//! The values of a row group, column by column.
//!
//! Where it must be fast: a column without unknown values is handed over as it lies.

use std::sync::Arc;

use gametelemetry::{OutputFile, Timestamp, Values};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;

/// Writes one row group.
pub(super) struct GroupWriter<'a> {
    group: SerializedRowGroupWriter<'a, OutputFile>,
    /// For each row whether there is a value; kept to be filled again.
    levels: Vec<i16>,
}

impl<'a> GroupWriter<'a> {
    pub(super) fn new(group: SerializedRowGroupWriter<'a, OutputFile>) -> Self {
        Self { group, levels: Vec::new() }
    }

    /// The times, microseconds since 1970.
    pub(super) fn times(&mut self, times: &[i64]) -> Result<(), ParquetError> {
        self.column::<Int64Type>(times, false)
    }

    /// The times, s since the session began.
    pub(super) fn seconds(&mut self, seconds: &[f64]) -> Result<(), ParquetError> {
        self.column::<DoubleType>(seconds, false)
    }

    /// The laps.
    pub(super) fn laps(&mut self, laps: &[Option<i32>]) -> Result<(), ParquetError> {
        self.known::<Int32Type, _>(laps, |lap| *lap)
    }

    /// One column of the table.
    pub(super) fn values(&mut self, values: &Values) -> Result<(), ParquetError> {
        match values {
            Values::F64(values) if values.iter().any(|value| value.is_nan()) => {
                self.known::<DoubleType, _>(values, |value| (!value.is_nan()).then_some(*value))
            }
            Values::F64(values) => self.whole::<DoubleType>(values),
            Values::F32(values) => {
                self.known::<FloatType, _>(values, |value| (!value.is_nan()).then_some(*value))
            }
            Values::Int(values) => self.known::<Int64Type, _>(values, |value| *value),
            Values::UInt(values) => self.known::<Int64Type, _>(values, |value| value.map(u64::cast_signed)),
            Values::Bool(values) => self.known::<BoolType, _>(values, |value| *value),
            Values::Text(values) => {
                // Texts change seldom: the bytes of one are made once.
                let mut last: Option<(Arc<str>, ByteArray)> = None;
                self.known::<ByteArrayType, _>(values, |text| {
                    let text = text.as_ref()?;
                    if let Some((_, bytes)) = last.as_ref().filter(|(known, _)| Arc::ptr_eq(known, text)) {
                        return Some(bytes.clone());
                    }
                    let bytes = ByteArray::from(text.as_bytes().to_vec());
                    last = Some((Arc::clone(text), bytes.clone()));
                    Some(bytes)
                })
            }
            _ => Err(ParquetError::NYI("a type of column that this version does not know".to_owned())),
        }
    }

    pub(super) fn close(self) -> Result<(), ParquetError> {
        self.group.close().map(drop)
    }

    /// Writes a column of which every value is known.
    fn whole<T: DataType>(&mut self, values: &[T::T]) -> Result<(), ParquetError> {
        self.levels.clear();
        self.levels.resize(values.len(), 1);
        self.column::<T>(values, true)
    }

    /// Writes a column of which `read` gives the values that are known.
    fn known<T: DataType, V>(
        &mut self,
        values: &[V],
        mut read: impl FnMut(&V) -> Option<T::T>,
    ) -> Result<(), ParquetError> {
        self.levels.clear();
        let mut known = Vec::with_capacity(values.len());
        for value in values {
            let value = read(value);
            self.levels.push(i16::from(value.is_some()));
            known.extend(value);
        }
        self.column::<T>(&known, true)
    }

    fn column<T: DataType>(&mut self, values: &[T::T], has_levels: bool) -> Result<(), ParquetError> {
        let column = self.group.next_column()?;
        let mut column = column.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
        let levels = has_levels.then_some(self.levels.as_slice());
        column.typed::<T>().write_batch(values, levels, None)?;
        column.close()
    }
}

/// Microseconds since 1970.
pub(super) fn microseconds(time: Timestamp) -> i64 {
    let microseconds = time.unix_nanoseconds().div_euclid(1000);
    i64::try_from(microseconds).unwrap_or(if microseconds < 0 { i64::MIN } else { i64::MAX })
}

/// Appends `more`, which are of the same type.
pub(super) fn extend(values: &mut Values, more: &Values) {
    match (values, more) {
        (Values::F64(values), Values::F64(more)) => values.extend_from_slice(more),
        (Values::F32(values), Values::F32(more)) => values.extend_from_slice(more),
        (Values::Int(values), Values::Int(more)) => values.extend_from_slice(more),
        (Values::UInt(values), Values::UInt(more)) => values.extend_from_slice(more),
        (Values::Bool(values), Values::Bool(more)) => values.extend_from_slice(more),
        (Values::Text(values), Values::Text(more)) => values.extend_from_slice(more),
        _ => {}
    }
}

/// Makes room for `count` more values.
pub(super) fn reserve(values: &mut Values, count: usize) {
    match values {
        Values::F64(values) => values.reserve_exact(count),
        Values::F32(values) => values.reserve_exact(count),
        Values::Int(values) => values.reserve_exact(count),
        Values::UInt(values) => values.reserve_exact(count),
        Values::Bool(values) => values.reserve_exact(count),
        Values::Text(values) => values.reserve_exact(count),
        _ => {}
    }
}

/// Leaves no value, but the memory for the next ones.
pub(super) fn clear(values: &mut Values) {
    match values {
        Values::F64(values) => values.clear(),
        Values::F32(values) => values.clear(),
        Values::Int(values) => values.clear(),
        Values::UInt(values) => values.clear(),
        Values::Bool(values) => values.clear(),
        Values::Text(values) => values.clear(),
        _ => {}
    }
}
