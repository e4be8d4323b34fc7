//! One field of one frame, read by name: what `cat`, channels and exporters work with.
//!
//! Stands after the reader. Reads from any bytes and any checked schema without a panic: what a frame is too short
//! for is [`Value::Missing`].

use std::fmt;

use serde::Serialize;

use crate::{BitRange, Field, FieldKind, text};

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

/// The lengths of a field with their strides, outermost first.
type Dimensions = Vec<(u32, u64)>;

impl Field {
    /// The field's value in `frame`: a scalar, a text, or a list. Of a field that depends on another one, read it by
    /// [`crate::FrameView`]; here it has its largest length.
    #[must_use]
    pub fn read(&self, frame: &[u8]) -> Value {
        if self.shape.is_empty() && (self.count == 1 || self.kind.is_run()) {
            return self.read_at(frame, self.offset.into(), self.count);
        }
        let (dimensions, run) = self.dimensions();
        self.read_list(frame, &dimensions, self.offset.into(), run)
    }

    /// Element `index` of the field in `frame`, counted through all dimensions; [`Value::Missing`] when there is
    /// none, or the field is one text.
    #[must_use]
    pub fn read_element(&self, frame: &[u8], index: u32) -> Value {
        if index >= self.count || (self.kind.is_run() && self.shape.len() < 2) {
            return Value::Missing;
        }
        let (dimensions, run) = self.dimensions();
        let (mut rest, mut start) = (u64::from(index), u64::from(self.offset));
        for &(length, stride) in dimensions.iter().rev() {
            let Some(place) = rest.checked_rem(length.into()) else { return Value::Missing };
            start = start.saturating_add(place * stride);
            rest /= u64::from(length);
        }
        if rest > 0 { Value::Missing } else { self.read_at(frame, start, run) }
    }

    /// Where element `index` is, to read the same number without looking for it; `None` when there is no such
    /// element, or where it lies depends on the record.
    pub(crate) fn scalar_at(&self, index: u32) -> Option<Scalar> {
        let is_fixed = self.after.is_none() && self.count_from.is_none() && self.pointer.is_none();
        if !is_fixed || index >= self.count || self.kind.is_run() {
            return None;
        }
        let (dimensions, _) = self.dimensions();
        let (mut rest, mut start) = (u64::from(index), u64::from(self.offset));
        for &(length, stride) in dimensions.iter().rev() {
            start = start.checked_add(rest.checked_rem(length.into())?.checked_mul(stride)?)?;
            rest /= u64::from(length);
        }
        let offset = usize::try_from(start).ok().filter(|_| rest == 0)?;
        Some(Scalar { offset, kind: self.kind, bits: self.bits, big_endian: self.big_endian })
    }

    /// How its elements lie, and the code units of each, if it is a text.
    pub(crate) fn dimensions(&self) -> (Dimensions, u32) {
        let (lengths, run) = match self.shape.split_last() {
            Some((&units, lengths)) if self.kind.is_run() => (lengths, units),
            None if self.kind.is_run() => (&[] as &[u32], self.count),
            Some(_) => (self.shape.as_slice(), 1),
            None => (std::slice::from_ref(&self.count), 1),
        };
        let mut inner = u64::from(self.kind.size()) * u64::from(run);
        let mut dimensions: Dimensions = lengths
            .iter()
            .enumerate()
            .rev()
            .map(|(number, &length)| {
                let stride = self.strides.get(number).map_or(inner, |&stride| stride.into());
                inner = stride.saturating_mul(length.into());
                (length, stride)
            })
            .collect();
        dimensions.reverse();
        (dimensions, run)
    }

    /// The elements from byte `start` on, nested as `dimensions` say, as far as the frame has them: a small frame of
    /// a schema that allows a large one must not become a large list.
    fn read_list(&self, frame: &[u8], dimensions: &[(u32, u64)], start: u64, run: u32) -> Value {
        let Some((&(length, stride), inner)) = dimensions.split_first() else {
            return self.read_at(frame, start, run);
        };
        let available = (frame.len() as u64).saturating_sub(start);
        if available == 0 && length > 0 {
            return Value::Missing;
        }
        // Elements without bytes are no elements; a stride of 0 would be an endless list of them.
        let held = if stride == 0 { 0 } else { available.div_ceil(stride) };
        let elements = 0..u64::from(length).min(held);
        Value::List(elements.map(|index| self.read_list(frame, inner, start + index * stride, run)).collect())
    }

    /// The element of `run` code units at byte `start`.
    fn read_at(&self, frame: &[u8], start: u64, run: u32) -> Value {
        let Some(bytes) = usize::try_from(start).ok().and_then(|start| frame.get(start..)) else {
            return Value::Missing;
        };
        if !self.kind.is_run() {
            let value = read_one(self.kind, self.big_endian, bytes);
            return self.bits.map_or_else(|| value.clone(), |bits| value.bits(bits));
        }
        let length = u64::from(run) * u64::from(self.kind.size());
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
        read_run(self.kind, self.big_endian, bytes.get(..length).unwrap_or_default())
    }
}

/// One number at a fixed place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar {
    offset: usize,
    kind: FieldKind,
    bits: Option<BitRange>,
    big_endian: bool,
}

impl Scalar {
    /// The number in `frame`; `None` when the frame ends before it.
    pub(crate) fn read(self, frame: &[u8]) -> Option<f64> {
        let value = read_one(self.kind, self.big_endian, frame.get(self.offset..)?);
        self.bits.map_or_else(|| value.as_f64(), |bits| value.bits(bits).as_f64())
    }
}

impl Value {
    /// The number that `bits` of this integer are.
    fn bits(&self, bits: BitRange) -> Self {
        let whole = match *self {
            Self::UInt(value) => value,
            Self::Int(value) => value.cast_unsigned(),
            _ => return Self::Missing,
        };
        let mask = 1_u64.checked_shl(bits.count.into()).map_or(u64::MAX, |bit| bit - 1);
        Self::UInt(whole.checked_shr(bits.first.into()).unwrap_or(0) & mask)
    }
}

fn read_run(kind: FieldKind, big_endian: bool, bytes: &[u8]) -> Value {
    match kind {
        FieldKind::Utf16 if big_endian => {
            let swapped: Vec<u8> =
                bytes.chunks_exact(2).flat_map(|pair| pair.iter().rev()).copied().collect();
            Value::Text(text::utf16(&swapped))
        }
        FieldKind::Utf16 => Value::Text(text::utf16(bytes)),
        FieldKind::Utf8 => Value::Text(text::utf8(bytes)),
        FieldKind::Windows1252 => Value::Text(text::windows_1252(bytes)),
        _ => Value::Bytes(bytes.to_vec()),
    }
}

pub(crate) fn read_one(kind: FieldKind, big_endian: bool, bytes: &[u8]) -> Value {
    let first = First { big_endian, bytes };
    match kind {
        FieldKind::U8 | FieldKind::Bits8 => first.read(|b| Value::UInt(u8::from_le_bytes(b).into())),
        FieldKind::I8 => first.read(|b| Value::Int(i8::from_le_bytes(b).into())),
        FieldKind::U16 | FieldKind::Bits16 => first.read(|b| Value::UInt(u16::from_le_bytes(b).into())),
        FieldKind::I16 => first.read(|b| Value::Int(i16::from_le_bytes(b).into())),
        FieldKind::U32 | FieldKind::Bits32 => first.read(|b| Value::UInt(u32::from_le_bytes(b).into())),
        FieldKind::I32 => first.read(|b| Value::Int(i32::from_le_bytes(b).into())),
        FieldKind::U64 => first.read(|b| Value::UInt(u64::from_le_bytes(b))),
        FieldKind::I64 => first.read(|b| Value::Int(i64::from_le_bytes(b))),
        FieldKind::F32 => first.read(|b| Value::F32(f32::from_le_bytes(b))),
        FieldKind::F64 => first.read(|b| Value::F64(f64::from_le_bytes(b))),
        FieldKind::Bool8 => first.read(|b: [u8; 1]| Value::Bool(b != [0])),
        FieldKind::Bool32 => first.read(|b: [u8; 4]| Value::Bool(b != [0; 4])),
        FieldKind::Utf16 | FieldKind::Utf8 | FieldKind::Windows1252 | FieldKind::Bytes => Value::Missing,
    }
}

/// The bytes at which a number begins.
struct First<'a> {
    big_endian: bool,
    bytes: &'a [u8],
}

impl First<'_> {
    /// The first `N` bytes, the least significant one first, made a value; missing when there are fewer.
    fn read<const N: usize>(&self, make: impl Fn([u8; N]) -> Value) -> Value {
        let Some(&(mut chunk)) = self.bytes.first_chunk() else { return Value::Missing };
        if self.big_endian {
            chunk.reverse();
        }
        make(chunk)
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
