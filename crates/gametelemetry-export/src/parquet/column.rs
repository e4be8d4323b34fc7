//! The values of a row group, column by column.
//!
//! Where it must be fast: a column without unknown values is handed over as it lies.

use std::io::Write;
use std::sync::Arc;

use gametelemetry::{Timestamp, Values};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;

/// Writes one row group, one column after another in the order of the schema.
pub struct GroupWriter<'a, W: Write> {
    group: SerializedRowGroupWriter<'a, W>,
    /// For each row whether there is a value; kept to be filled again.
    levels: Vec<i16>,
}

impl<W: Write> std::fmt::Debug for GroupWriter<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupWriter").finish_non_exhaustive()
    }
}

impl<'a, W: Write + Send> GroupWriter<'a, W> {
    /// For `group`, of which no column was written yet.
    #[must_use]
    pub fn new(group: SerializedRowGroupWriter<'a, W>) -> Self {
        Self { group, levels: Vec::new() }
    }

    /// The times, microseconds since 1970.
    pub(super) fn times(&mut self, times: &[i64]) -> Result<(), ParquetError> {
        self.column::<Int64Type>(times, None, None)
    }

    /// The times, s since the session began.
    pub(super) fn seconds(&mut self, seconds: &[f64]) -> Result<(), ParquetError> {
        self.column::<DoubleType>(seconds, None, None)
    }

    /// The laps.
    pub(super) fn laps(&mut self, laps: &[Option<i32>]) -> Result<(), ParquetError> {
        self.known::<Int32Type, _>(laps, |lap| *lap)
    }

    /// One column of values that may be unknown.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn values(&mut self, values: &Values) -> Result<(), ParquetError> {
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

    /// Ends the group.
    ///
    /// # Errors
    /// When it cannot be written, or a column is missing.
    pub fn close(self) -> Result<(), ParquetError> {
        self.group.close().map(drop)
    }

    /// Writes a column of `count` rows of which no value is known.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn unknown<T: DataType>(&mut self, count: usize) -> Result<(), ParquetError> {
        self.levels.clear();
        self.levels.resize(count, 0);
        self.leveled::<T>(&[])
    }

    /// Writes a column of which every value is known.
    fn whole<T: DataType>(&mut self, values: &[T::T]) -> Result<(), ParquetError> {
        self.levels.clear();
        self.levels.resize(values.len(), 1);
        self.leveled::<T>(values)
    }

    /// Writes a column of which `read` gives the values that are known.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn known<T: DataType, V>(
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
        self.leveled::<T>(&known)
    }

    fn leveled<T: DataType>(&mut self, values: &[T::T]) -> Result<(), ParquetError> {
        let levels = std::mem::take(&mut self.levels);
        let written = self.column::<T>(values, Some(&levels), None);
        self.levels = levels;
        written
    }

    /// Writes a column as the format has it: its values, and the definition and repetition levels that its place in the
    /// schema asks for.
    ///
    /// # Errors
    /// When it cannot be written, or there is no such column left.
    pub fn column<T: DataType>(
        &mut self,
        values: &[T::T],
        definitions: Option<&[i16]>,
        repetitions: Option<&[i16]>,
    ) -> Result<(), ParquetError> {
        let column = self.group.next_column()?;
        let mut column = column.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
        column.typed::<T>().write_batch(values, definitions, repetitions)?;
        column.close()
    }
}

/// Microseconds since 1970.
#[must_use]
pub fn microseconds(time: Timestamp) -> i64 {
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
