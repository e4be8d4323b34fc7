//! Tables, their columns, and batches of their rows: what an exporter is given.
//!
//! Values lie column by column, as columnar formats want them; who writes row by row asks for a [`Cell`]. Reads nothing.

use std::fmt;
use std::sync::Arc;

use gametelemetry_file::{ChannelMapping, Timestamp};

use crate::channels::ChannelKind;

/// One table: the channels of a session, or the original fields of one source and kind of message.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// `channels`, or the source's name, or `source.kind`.
    pub name: String,
    /// The source of a raw table; empty for channels.
    pub source: String,
    /// The kind of message of a raw table; empty when its source has no kinds.
    pub kind: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The channel, or the field with the place of its element (`wheel_slip[2]`).
    pub name: String,
    /// The unit; empty for a number without one.
    pub unit: String,
    /// How its values lie between two samples.
    pub kind: ChannelKind,
    /// What its cells are.
    pub data: DataType,
    /// What it means.
    pub meaning: String,
    /// Which fields of the game the channel is, and how they are converted; none for an original field and for a
    /// channel worked out from others.
    pub mappings: Vec<ChannelMapping>,
    /// Of an original field that is an array: the field's name, its lengths, and the place in it.
    pub element: Option<Element>,
}

/// Which element of an array a column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The field.
    pub field: Arc<str>,
    /// Its lengths, outermost first.
    pub shape: Arc<[u32]>,
    /// The place in each of them.
    pub place: Vec<u32>,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// 64-bit numbers.
    F64,
    /// 32-bit numbers.
    F32,
    /// Signed integers.
    Int,
    /// Unsigned integers.
    UInt,
    /// Truth values.
    Bool,
    /// Texts.
    Text,
}

/// The values of a column in one batch. An unknown value is NaN, or `None`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// 64-bit numbers.
    F64(Vec<f64>),
    /// 32-bit numbers.
    F32(Vec<f32>),
    /// Signed integers.
    Int(Vec<Option<i64>>),
    /// Unsigned integers.
    UInt(Vec<Option<u64>>),
    /// Truth values.
    Bool(Vec<Option<bool>>),
    /// Texts.
    Text(Vec<Option<Arc<str>>>),
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// Not known.
    Empty,
    /// A 64-bit number.
    F64(f64),
    /// A 32-bit number.
    F32(f32),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(&'a str),
}

/// A batch of rows of one table.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub(crate) started: Timestamp,
    pub(crate) times: Vec<Timestamp>,
    pub(crate) laps: Vec<Option<u32>>,
    pub(crate) columns: Vec<Values>,
}

impl Rows {
    /// No rows yet of `table`, whose session began at `started`.
    pub(crate) fn of(table: &Table, started: Timestamp) -> Self {
        let columns = table.columns.iter().map(|column| Values::of(column.data)).collect();
        Self { started, columns, ..Self::default() }
    }

    /// The number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// When each row was.
    #[must_use]
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// The time of row `row` since the session began, s.
    #[must_use]
    pub fn time_s(&self, row: usize) -> f64 {
        self.times.get(row).map_or(f64::NAN, |time| time.seconds_since(self.started))
    }

    /// The lap of each row; `None` outside of every lap.
    #[must_use]
    pub fn laps(&self) -> &[Option<u32>] {
        &self.laps
    }

    /// The values of each column, in the order of [`Table::columns`].
    #[must_use]
    pub fn columns(&self) -> &[Values] {
        &self.columns
    }

    /// The value of column `column` in row `row`; empty where there is none.
    #[must_use]
    pub fn cell(&self, column: usize, row: usize) -> Cell<'_> {
        self.columns.get(column).map_or(Cell::Empty, |values| values.cell(row))
    }

    pub(crate) fn clear(&mut self) {
        self.times.clear();
        self.laps.clear();
        self.columns.iter_mut().for_each(Values::clear);
    }
}

impl Values {
    fn of(data: DataType) -> Self {
        match data {
            DataType::F64 => Self::F64(Vec::new()),
            DataType::F32 => Self::F32(Vec::new()),
            DataType::Int => Self::Int(Vec::new()),
            DataType::UInt => Self::UInt(Vec::new()),
            DataType::Bool => Self::Bool(Vec::new()),
            DataType::Text => Self::Text(Vec::new()),
        }
    }

    /// The value in row `row`; empty where there is none.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell<'_> {
        let cell = match self {
            Self::F64(values) => values.get(row).filter(|value| !value.is_nan()).copied().map(Cell::F64),
            Self::F32(values) => values.get(row).filter(|value| !value.is_nan()).copied().map(Cell::F32),
            Self::Int(values) => values.get(row).copied().flatten().map(Cell::Int),
            Self::UInt(values) => values.get(row).copied().flatten().map(Cell::UInt),
            Self::Bool(values) => values.get(row).copied().flatten().map(Cell::Bool),
            Self::Text(values) => values.get(row).and_then(Option::as_deref).map(Cell::Text),
        };
        cell.unwrap_or(Cell::Empty)
    }

    fn clear(&mut self) {
        match self {
            Self::F64(values) => values.clear(),
            Self::F32(values) => values.clear(),
            Self::Int(values) => values.clear(),
            Self::UInt(values) => values.clear(),
            Self::Bool(values) => values.clear(),
            Self::Text(values) => values.clear(),
        }
    }
}

impl Cell<'_> {
    /// The value as a number; `None` for a text and where there is none.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::Empty | Self::Text(_) => None,
            Self::F64(value) => Some(value),
            Self::F32(value) => Some(value.into()),
            #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
            Self::Int(value) => Some(value as f64),
            #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
            Self::UInt(value) => Some(value as f64),
            Self::Bool(value) => Some(u8::from(value).into()),
        }
    }
}

/// Numbers with the fewest digits that give them back, those that are 32-bit numbers at heart with the digits of one;
/// nothing where there is no value.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => Ok(()),
            Self::F64(value) => {
                #[expect(clippy::cast_possible_truncation, reason = "whether it is the same is asked")]
                let short = value as f32;
                if f64::from(short) == value { write!(f, "{short}") } else { write!(f, "{value}") }
            }
            Self::F32(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::UInt(value) => write!(f, "{value}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_print_the_fewest_digits_that_give_them_back() {
        for (cell, text) in [
            (Cell::F64(f64::from(0.3_f32)), "0.3"),
            (Cell::F64(0.3), "0.3"),
            (Cell::F64(1.0 / 3.0), "0.3333333333333333"),
            (Cell::F64(-4.0), "-4"),
            (Cell::UInt(u64::MAX), "18446744073709551615"),
            (Cell::Bool(true), "true"),
            (Cell::Empty, ""),
        ] {
            assert_eq!(cell.to_string(), text);
        }
    }

    #[test]
    fn not_a_number_is_no_value() {
        assert_eq!(Values::F64(vec![f64::NAN]).cell(0), Cell::Empty);
        assert_eq!(Values::F32(vec![1.0]).cell(0), Cell::F32(1.0));
        assert_eq!(Values::F32(vec![1.0]).cell(1), Cell::Empty);
    }
}
