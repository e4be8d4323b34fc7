//! One field of one frame, read by name: what `cat`, channels and exporters work with.
//!
//! Stands after the reader. Reads from any bytes and any checked schema without a panic: what a frame is too short
//! for is [`Value::Missing`].

use std::fmt;

use serde::Serialize;

use crate::{Field, FieldKind, Schema, text};

/// The value of a field in one frame, in the field's own unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The frame ends before the field.
    Missing,
    /// A truth value.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A 32-bit number; kept apart so that it prints with its own digits.
    F32(f32),
    /// A 64-bit number.
    F64(f64),
    /// A text.
    Text(String),
    /// Bytes without a known meaning.
    Bytes(Vec<u8>),
    /// The elements of an array; an array of arrays is nested.
    List(Vec<Value>),
}

impl Value {
    /// The value as a number; `None` for texts, bytes, lists and what is missing.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Bool(value) => Some(f64::from(u8::from(value))),
            #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
            Self::Int(value) => Some(value as f64),
            #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
            Self::UInt(value) => Some(value as f64),
            Self::F32(value) => Some(f64::from(value)),
            Self::F64(value) => Some(value),
            Self::Missing | Self::Text(_) | Self::Bytes(_) | Self::List(_) => None,
        }
    }
}

/// Prints as in CSV: numbers with the fewest digits that give them back, bytes in hexadecimal, lists in brackets.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => Ok(()),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::UInt(value) => write!(f, "{value}"),
            Self::F32(value) => write!(f, "{value}"),
            Self::F64(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::List(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(" ")?;
                    }
                    write!(f, "{value}")?;
                }
                f.write_str("]")
            }
        }
    }
}

/// As JSON: what is missing, NaN and infinities become `null`, bytes a hexadecimal text.
impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::UInt(value) => serializer.serialize_u64(*value),
            Self::F32(value) => serializer.serialize_f32(*value),
            Self::F64(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Bytes(_) => serializer.collect_str(self),
            Self::List(values) => serializer.collect_seq(values),
        }
    }
}

impl Field {
    /// The field's value in `frame`: a scalar, a text, or a list.
    #[must_use]
    pub fn read(&self, frame: &[u8]) -> Value {
        let start = self.offset as usize;
        if self.kind == FieldKind::Bytes || self.kind.is_text() {
            let end = usize::try_from(self.end()).unwrap_or(usize::MAX).min(frame.len());
            return match frame.get(start..end) {
                Some(bytes) => read_run(self.kind, bytes),
                None => Value::Missing,
            };
        }
        let available = frame.len().saturating_sub(start).div_ceil(self.kind.size() as usize);
        let available = u32::try_from(available).unwrap_or(u32::MAX).min(self.count);
        match (self.count, self.shape.as_slice()) {
            (1, []) => self.read_element(frame, 0),
            (1.., _) if available == 0 => Value::Missing,
            (_, [] | [_]) => self.read_list(frame, &[self.count], 0, available),
            (_, shape) => self.read_list(frame, shape, 0, available),
        }
    }

    /// Element `index` of the field in `frame`; [`Value::Missing`] when there is none, or the field is a text.
    #[must_use]
    pub fn read_element(&self, frame: &[u8], index: u32) -> Value {
        if index >= self.count {
            return Value::Missing;
        }
        let width = self.kind.size() as usize;
        let start = self.offset as usize + index as usize * width;
        frame.get(start..).map_or(Value::Missing, |bytes| read_one(self.kind, bytes))
    }

    /// The elements from number `first` on, nested as `shape` says, up to number `available`: a small frame of a
    /// schema that allows a large one must not become a large list.
    fn read_list(&self, frame: &[u8], shape: &[u32], first: u32, available: u32) -> Value {
        let Some((&length, inner)) = shape.split_first() else {
            return self.read_element(frame, first);
        };
        let stride = inner.iter().fold(1_u32, |stride, &length| stride.saturating_mul(length)).max(1);
        let rest = available.saturating_sub(first).div_ceil(stride);
        let element = |index: u32| self.read_list(frame, inner, first + index * stride, available);
        Value::List((0..length.min(rest)).map(element).collect())
    }
}

impl Schema {
    /// Every field of `frame` with its name, in the order of the layout.
    pub fn read<'a>(&'a self, frame: &'a [u8]) -> impl Iterator<Item = (&'a str, Value)> {
        self.fields.iter().map(move |field| (field.name.as_str(), field.read(frame)))
    }
}

fn read_run(kind: FieldKind, bytes: &[u8]) -> Value {
    match kind {
        FieldKind::Utf16 => Value::Text(text::utf16(bytes)),
        FieldKind::Utf8 => Value::Text(text::utf8(bytes)),
        FieldKind::Windows1252 => Value::Text(text::windows_1252(bytes)),
        _ => Value::Bytes(bytes.to_vec()),
    }
}

fn read_one(kind: FieldKind, bytes: &[u8]) -> Value {
    fn first<const N: usize>(bytes: &[u8], make: impl Fn([u8; N]) -> Value) -> Value {
        bytes.first_chunk().map_or(Value::Missing, |chunk| make(*chunk))
    }
    match kind {
        FieldKind::U8 => first(bytes, |b| Value::UInt(u8::from_le_bytes(b).into())),
        FieldKind::I8 => first(bytes, |b| Value::Int(i8::from_le_bytes(b).into())),
        FieldKind::U16 => first(bytes, |b| Value::UInt(u16::from_le_bytes(b).into())),
        FieldKind::I16 => first(bytes, |b| Value::Int(i16::from_le_bytes(b).into())),
        FieldKind::U32 | FieldKind::Bits32 => first(bytes, |b| Value::UInt(u32::from_le_bytes(b).into())),
        FieldKind::I32 => first(bytes, |b| Value::Int(i32::from_le_bytes(b).into())),
        FieldKind::U64 => first(bytes, |b| Value::UInt(u64::from_le_bytes(b))),
        FieldKind::I64 => first(bytes, |b| Value::Int(i64::from_le_bytes(b))),
        FieldKind::F32 => first(bytes, |b| Value::F32(f32::from_le_bytes(b))),
        FieldKind::F64 => first(bytes, |b| Value::F64(f64::from_le_bytes(b))),
        FieldKind::Bool8 => first(bytes, |b: [u8; 1]| Value::Bool(b != [0])),
        FieldKind::Bool32 => first(bytes, |b: [u8; 4]| Value::Bool(b != [0; 4])),
        FieldKind::Utf16 | FieldKind::Utf8 | FieldKind::Windows1252 | FieldKind::Bytes => Value::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: FieldKind, offset: u32, count: u32, shape: &[u32]) -> Field {
        Field { name: "f".into(), kind, offset, count, shape: shape.to_vec(), ..Field::default() }
    }

    #[test]
    fn arrays_nest_as_their_shape() {
        let frame: Vec<u8> = (0..6).collect();
        let value = field(FieldKind::U8, 0, 6, &[2, 3]).read(&frame);
        assert_eq!(serde_json::to_string(&value).unwrap(), "[[0,1,2],[3,4,5]]");
        assert_eq!(value.to_string(), "[[0 1 2] [3 4 5]]");
    }

    #[test]
    fn a_short_frame_has_missing_values_not_zeros() {
        assert_eq!(field(FieldKind::F32, 2, 1, &[]).read(&[0; 5]), Value::Missing);
        assert_eq!(field(FieldKind::Utf8, 9, 4, &[]).read(&[0; 5]), Value::Missing);
        let list = field(FieldKind::U16, 0, 3, &[]).read(&[1, 0, 2, 0, 3]);
        assert_eq!(list, Value::List(vec![Value::UInt(1), Value::UInt(2), Value::Missing]));
    }

    #[test]
    fn a_list_ends_with_the_frame() {
        let list = field(FieldKind::U8, 0, 6, &[3, 2]).read(&[1, 2, 3]);
        assert_eq!(list.to_string(), "[[1 2] [3]]");
        assert_eq!(field(FieldKind::U16, 4, 6, &[]).read(&[1, 2, 3]), Value::Missing);
        assert_eq!(field(FieldKind::U16, 4, 0, &[]).read(&[1, 2, 3]), Value::List(Vec::new()));
        assert_eq!(field(FieldKind::U16, 0, 0, &[u32::MAX, 0, u32::MAX]).read(&[1]), Value::List(Vec::new()));
    }

    #[test]
    fn a_32_bit_number_prints_its_own_digits_and_nan_is_null() {
        let value = field(FieldKind::F32, 0, 1, &[]).read(&0.3_f32.to_le_bytes());
        assert_eq!(serde_json::to_string(&value).unwrap(), "0.3");
        assert_eq!(serde_json::to_string(&Value::F32(f32::NAN)).unwrap(), "null");
    }
}
