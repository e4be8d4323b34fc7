//! One field of a frame: its name, its place, what its bytes are and mean.
//!
//! Data only; what holds of it is in `check`, and its values are read by [`crate::Value`].

use serde::{Deserialize, Serialize};

/// How many bytes a frame of a schema has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameSize {
    /// Every frame has exactly this many bytes.
    Fixed(u32),
    /// Frames differ in length, up to this many bytes (a text, a datagram).
    Variable {
        /// The longest frame allowed, in bytes.
        max: u32,
    },
}

impl FrameSize {
    /// Whether a frame may have `size` bytes.
    #[must_use]
    pub fn allows(self, size: usize) -> bool {
        match self {
            Self::Fixed(fixed) => size == fixed as usize,
            Self::Variable { max } => size <= max as usize,
        }
    }

    /// The longest frame allowed, in bytes.
    #[must_use]
    pub fn max(self) -> u32 {
        match self {
            Self::Fixed(size) | Self::Variable { max: size } => size,
        }
    }
}

/// One named value, or array of values, at a place of a frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The name; a nested struct's fields are joined with a dot (`tyre.pressure`).
    pub name: String,
    /// What one element is.
    pub kind: FieldKind,
    /// Bytes from the start of the frame.
    pub offset: u32,
    /// Number of elements; for a text, the number of its code units.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u32,
    /// The lengths of an array of more than one dimension, outermost first (`[60, 3]`); their product is `count`.
    /// Of a list of texts the last length is that of a text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<u32>,
    /// Bytes from one element to the next, for each length of `shape`; empty when elements touch each other. A field
    /// of an array of structs has those of its neighbours between two elements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strides: Vec<u32>,
    /// The field that says how many elements of the outermost length (code units of a text) there really are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_from: Option<String>,
    /// The field at whose end `offset` begins to count, because that field's length varies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Which bits of the integer are the value; all unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<BitRange>,
    /// Whether the bytes of a number (or of a UTF-16 unit) come most significant first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub big_endian: bool,
    /// Where the value is, as a JSON pointer (`/map/name`), when frames are JSON texts; offset and count mean
    /// nothing then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The unit of the stored value, as `km/h`; empty for a number without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// What the value means, and its range.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The names of the values of an enumeration, as `(2, "live")`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<(i64, String)>,
    /// How many samples of one frame interval the elements are (iRacing's 360 Hz channels: 6); 0 when they are
    /// not samples in time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub samples_per_frame: u32,
    /// Whether the value names somebody (a driver, a player, an account), so that it is blanked in a recording that is
    /// given away; none where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<bool>,
}

/// Some bits of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BitRange {
    /// The least significant bit, counted from 0.
    pub first: u8,
    /// The number of bits.
    pub count: u8,
}

/// What one element of a [`Field`] is. Numbers are little-endian unless the field says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Unsigned 8-bit integer.
    #[default]
    U8,
    /// Signed 8-bit integer.
    I8,
    /// Unsigned 16-bit integer.
    U16,
    /// Signed 16-bit integer.
    I16,
    /// Unsigned 32-bit integer.
    U32,
    /// Signed 32-bit integer.
    I32,
    /// Unsigned 64-bit integer.
    U64,
    /// Signed 64-bit integer.
    I64,
    /// 32-bit IEEE 754 number.
    F32,
    /// 64-bit IEEE 754 number.
    F64,
    /// One byte that is true when it is not 0.
    Bool8,
    /// Four bytes that are true when they are not all 0.
    Bool32,
    /// 8 single bits.
    Bits8,
    /// 16 single bits.
    Bits16,
    /// 32 single bits.
    Bits32,
    /// UTF-16LE text, `count` code units, ended by the first 0.
    Utf16,
    /// UTF-8 text, `count` bytes, ended by the first 0.
    Utf8,
    /// Windows-1252 text, `count` bytes, ended by the first 0.
    Windows1252,
    /// Bytes without a meaning that is known, `count` of them; a variable frame has them up to its end.
    Bytes,
}

impl FieldKind {
    /// Bytes of one element.
    #[must_use]
    pub fn size(self) -> u32 {
        match self {
            Self::U8
            | Self::I8
            | Self::Bool8
            | Self::Bits8
            | Self::Utf8
            | Self::Windows1252
            | Self::Bytes => 1,
            Self::U16 | Self::I16 | Self::Bits16 | Self::Utf16 => 2,
            Self::U32 | Self::I32 | Self::F32 | Self::Bool32 | Self::Bits32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Whether an element is a number with a fraction.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// Whether the elements together are one value: a text, or bytes without a known meaning.
    #[must_use]
    pub fn is_run(self) -> bool {
        self == Self::Bytes || self.is_text()
    }

    /// Whether the elements together are one text.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Utf16 | Self::Utf8 | Self::Windows1252)
    }
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_one(count: &u32) -> bool {
    *count == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
