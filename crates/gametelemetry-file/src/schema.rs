//! What the bytes of a frame mean: fields with kind, offset, count, unit and description.
//!
//! A schema is made once (by `#[telemetry]` for a struct, or by a game that describes itself, as iRacing does),
//! stored in full in every session file, and is all a reader needs to show a recording years later. Does not
//! read values; that is [`crate::Value`].

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::MessageKind;

/// The largest number of fields a schema may have; a hostile file cannot make a reader build more.
pub const MAX_FIELDS: usize = 65_536;
/// The largest record that any schema may allow, in bytes.
pub const MAX_RECORD_SIZE: u32 = 16 << 20;
/// The largest number of elements of a field that is neither text nor plain bytes; each becomes a value when read.
pub const MAX_ELEMENTS: u32 = 1 << 20;
/// The largest number of dimensions of an array.
pub const MAX_DIMENSIONS: usize = 8;
/// The largest datagram that there can be, in bytes.
pub const MAX_DATAGRAM: u32 = 65_535;
/// The largest number of kinds of messages.
pub const MAX_KINDS: usize = 1024;
/// The longest chain of fields of which each begins where the one before ends.
pub const MAX_CHAIN: usize = 64;

/// The layout of one kind of frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The name of the type, as `Physics`.
    pub name: String,
    /// The version of the layout, in the game's own words (`1.8.12`); empty when the game states none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// How many bytes a frame has.
    pub size: FrameSize,
    /// Name of the field that the game advances with each new frame, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<String>,
    /// Where the layout is stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The fields, in the order of the layout; of a source of several kinds, those that every record has.
    #[serde(deserialize_with = "limited_fields")]
    pub fields: Vec<Field>,
    /// The kinds of messages, where records are of several (the packets of one port); the first that fits is it.
    #[serde(default, deserialize_with = "limited_kinds", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<MessageKind>,
}

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

    /// Whether the elements together are one text.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Utf16 | Self::Utf8 | Self::Windows1252)
    }
}

/// Reads a list of fields, and gives up at the first that is too many: a hostile file must not fill the memory with
/// fields before they are counted.
pub(crate) fn limited_fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Field>, D::Error> {
    struct Fields;
    impl<'de> Visitor<'de> for Fields {
        type Value = Vec<Field>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {MAX_FIELDS} fields")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<Field>, A::Error> {
            let mut fields = Vec::new();
            while let Some(field) = sequence.next_element()? {
                if fields.len() >= MAX_FIELDS {
                    return Err(A::Error::invalid_length(fields.len() + 1, &self));
                }
                fields.push(field);
            }
            Ok(fields)
        }
    }
    deserializer.deserialize_seq(Fields)
}

/// Reads a list of kinds, as careful as [`limited_fields`].
fn limited_kinds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MessageKind>, D::Error> {
    struct Kinds;
    impl<'de> Visitor<'de> for Kinds {
        type Value = Vec<MessageKind>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {MAX_KINDS} kinds with at most {MAX_FIELDS} fields together")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<MessageKind>, A::Error> {
            let mut kinds: Vec<MessageKind> = Vec::new();
            let mut fields = 0;
            while let Some(kind) = sequence.next_element::<MessageKind>()? {
                fields += kind.fields.len();
                if kinds.len() >= MAX_KINDS || fields > MAX_FIELDS {
                    return Err(A::Error::invalid_length(kinds.len() + 1, &self));
                }
                kinds.push(kind);
            }
            Ok(kinds)
        }
    }
    deserializer.deserialize_seq(Kinds)
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

/// What is wrong with a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// More fields than any game has.
    #[error("a schema has {got} fields, at most {most} are allowed")]
    TooManyFields {
        /// Number of fields found.
        got: usize,
        /// Number of fields allowed.
        most: usize,
    },
    /// A frame larger than this library reads.
    #[error("a frame of {got} bytes is larger than the {most} bytes that are allowed")]
    FrameTooLarge {
        /// Size stated, in bytes.
        got: u32,
        /// Size allowed, in bytes.
        most: u32,
    },
    /// A field ends behind the frame.
    #[error("field {field} ends at byte {end}, but a frame has {size} bytes")]
    FieldOutside {
        /// The field's name.
        field: String,
        /// Where it would end.
        end: u64,
        /// Bytes of a frame.
        size: u32,
    },
    /// A shape whose product is not the count.
    #[error("field {field} has {count} elements, but its shape has {product}")]
    ShapeMismatch {
        /// The field's name.
        field: String,
        /// Elements stated.
        count: u32,
        /// Elements by the shape.
        product: u64,
    },
    /// An array larger than this library reads.
    #[error("field {field} has {got} elements, at most {most} are allowed")]
    TooManyElements {
        /// The field's name.
        field: String,
        /// Elements stated.
        got: u32,
        /// Elements allowed.
        most: u32,
    },
    /// An array of more dimensions than this library reads.
    #[error("field {field} has {got} dimensions, at most {most} are allowed")]
    TooManyDimensions {
        /// The field's name.
        field: String,
        /// Dimensions stated.
        got: usize,
        /// Dimensions allowed.
        most: usize,
    },
    /// A header, most of which is the schema, that no reader would take.
    #[error("schema and channels have {got} bytes as JSON, at most {most} are allowed")]
    TooLong {
        /// Bytes of the header.
        got: usize,
        /// Bytes allowed.
        most: usize,
    },
    /// A channel whose scale or offset is infinite or no number, which JSON cannot hold.
    #[error("scale and offset of channel {channel} must be finite numbers")]
    NotFinite {
        /// The channel's name.
        channel: String,
    },
    /// A name that stands twice.
    #[error("two fields are called {field}")]
    DuplicateField {
        /// The name.
        field: String,
    },
    /// A name of a kind that stands twice.
    #[error("two kinds are called {kind}")]
    DuplicateKind {
        /// The name.
        kind: String,
    },
    /// More kinds than any game has.
    #[error("a schema has {got} kinds, at most {most} are allowed")]
    TooManyKinds {
        /// Number of kinds found.
        got: usize,
        /// Number of kinds allowed.
        most: usize,
    },
    /// Strides that do not go with the shape, or elements that overlap.
    #[error(
        "the strides of field {field} do not fit its shape: one a length, each at least what lies inside it"
    )]
    WrongStrides {
        /// The field's name.
        field: String,
    },
    /// Bits that the integer does not have.
    #[error("field {field} has no bits {first} to {last}")]
    WrongBits {
        /// The field's name.
        field: String,
        /// The first bit asked for.
        first: u8,
        /// The last bit asked for.
        last: u32,
    },
    /// A field named by another that is not there, or not before it.
    #[error("{field} refers to a field {target}, which is not there, or does not stand before it")]
    UnknownField {
        /// Who refers: a field, or what of a kind.
        field: String,
        /// The name that was not found.
        target: String,
    },
    /// Too many fields each of which begins where another ends.
    #[error("field {field} begins behind more than {most} fields of varying length")]
    ChainTooLong {
        /// The field's name.
        field: String,
        /// Fields allowed.
        most: usize,
    },
    /// Something wrong within a kind.
    #[error("in kind {kind}: {source}")]
    InKind {
        /// The kind's name.
        kind: String,
        /// What is wrong.
        source: Box<SchemaError>,
    },
}

impl Schema {
    /// A schema of `name` with frames of `size` and no fields yet.
    #[must_use]
    pub fn new(name: impl Into<String>, size: FrameSize) -> Self {
        Self {
            name: name.into(),
            version: String::new(),
            size,
            counter: None,
            reference: String::new(),
            fields: Vec::new(),
            kinds: Vec::new(),
        }
    }

    /// A schema of messages of several kinds, each of which comes whole in a record.
    #[must_use]
    pub fn of_kinds(name: impl Into<String>, kinds: Vec<MessageKind>) -> Self {
        let max = kinds.iter().map(|kind| kind.size.max()).max().unwrap_or(0);
        // Room for what is of no known kind: it is kept too.
        let size = FrameSize::Variable { max: max.max(MAX_DATAGRAM) };
        Self { kinds, ..Self::new(name, size) }
    }

    /// A schema for data nobody has described: each frame is one field `data`, of up to `max` bytes.
    #[must_use]
    pub fn opaque(name: impl Into<String>, size: FrameSize) -> Self {
        let mut schema = Self::new(name, size);
        schema.fields.push(Field {
            name: "data".to_owned(),
            kind: FieldKind::Bytes,
            count: size.max(),
            description: "Bytes as they came; their layout is not known.".to_owned(),
            ..Field::default()
        });
        schema
    }

    /// The field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The kind called `name`.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&MessageKind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// Whether a reader of format 1 reads frames of this schema right.
    pub(crate) fn is_of_format_1(&self) -> bool {
        self.kinds.is_empty() && self.fields.iter().all(Field::is_of_format_1)
    }

    /// Checks that every field lies inside the frame, that names are unique and what refers to another is right.
    ///
    /// # Errors
    /// The first thing that is wrong. A schema read from a file is always checked before it is used.
    pub fn check(&self) -> Result<(), SchemaError> {
        let fields =
            self.kinds.iter().fold(self.fields.len(), |sum, kind| sum.saturating_add(kind.fields.len()));
        if fields > MAX_FIELDS {
            return Err(SchemaError::TooManyFields { got: fields, most: MAX_FIELDS });
        }
        if self.kinds.len() > MAX_KINDS {
            return Err(SchemaError::TooManyKinds { got: self.kinds.len(), most: MAX_KINDS });
        }
        if self.size.max() > MAX_RECORD_SIZE {
            return Err(SchemaError::FrameTooLarge { got: self.size.max(), most: MAX_RECORD_SIZE });
        }
        check_fields(&self.fields, self.size.max())?;
        let mut names = HashSet::with_capacity(self.kinds.len());
        for kind in &self.kinds {
            if !names.insert(kind.name.as_str()) {
                return Err(SchemaError::DuplicateKind { kind: kind.name.clone() });
            }
            let within = |source| SchemaError::InKind { kind: kind.name.clone(), source: Box::new(source) };
            kind.check(self.size.max()).map_err(within)?;
        }
        Ok(())
    }
}

/// Checks the fields of one layout.
pub(crate) fn check_fields(fields: &[Field], size: u32) -> Result<(), SchemaError> {
    // Of each name seen, how many fields of varying length stand before the field.
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(fields.len());
    for field in fields {
        field.check(size)?;
        let unknown =
            |target: &String| SchemaError::UnknownField { field: field.name.clone(), target: target.clone() };
        if let Some(count) = field.count_from.as_ref().filter(|name| !seen.contains_key(name.as_str())) {
            return Err(unknown(count));
        }
        let behind = match &field.after {
            Some(after) => seen.get(after.as_str()).ok_or_else(|| unknown(after))? + 1,
            None => 0,
        };
        if behind > MAX_CHAIN {
            return Err(SchemaError::ChainTooLong { field: field.name.clone(), most: MAX_CHAIN });
        }
        if seen.insert(&field.name, behind).is_some() {
            return Err(SchemaError::DuplicateField { field: field.name.clone() });
        }
    }
    Ok(())
}

impl Field {
    /// Bytes from the start of the frame (or of where the field before ends) to the end of the field.
    #[must_use]
    pub fn end(&self) -> u64 {
        u64::from(self.offset) + self.extent()
    }

    /// Bytes from the field's first element to the end of its last.
    fn extent(&self) -> u64 {
        let size = u64::from(self.kind.size());
        if self.strides.is_empty() {
            return u64::from(self.count) * size;
        }
        if self.shape.contains(&0) {
            return 0;
        }
        let steps = self.shape.iter().zip(&self.strides);
        steps.fold(size, |sum, (&length, &stride)| {
            sum.saturating_add(u64::from(length.saturating_sub(1)).saturating_mul(stride.into()))
        })
    }

    fn is_of_format_1(&self) -> bool {
        let is_list_of_texts = self.kind.is_text() && !self.shape.is_empty();
        let is_placed = self.strides.is_empty() && self.count_from.is_none() && self.after.is_none();
        let is_plain = self.bits.is_none() && !self.big_endian && self.pointer.is_none();
        let is_known = !matches!(self.kind, FieldKind::Bits8 | FieldKind::Bits16);
        !is_list_of_texts && is_placed && is_plain && is_known
    }

    fn check(&self, frame_size: u32) -> Result<(), SchemaError> {
        if self.pointer.is_none() && self.end() > u64::from(frame_size) {
            return Err(SchemaError::FieldOutside {
                field: self.name.clone(),
                end: self.end(),
                size: frame_size,
            });
        }
        self.check_elements()?;
        self.check_strides()?;
        if let Some(BitRange { first, count }) = self.bits {
            let last = u32::from(first) + u32::from(count);
            if count == 0 || last > self.kind.size() * 8 || self.kind.is_text() || self.kind.is_float() {
                return Err(SchemaError::WrongBits {
                    field: self.name.clone(),
                    first,
                    last: last.saturating_sub(1),
                });
            }
        }
        Ok(())
    }

    fn check_elements(&self) -> Result<(), SchemaError> {
        let is_run = self.kind == FieldKind::Bytes || self.kind.is_text();
        // Of a list of texts, the texts are its elements.
        let elements = match (is_run, self.shape.split_last()) {
            (true, Some((_, lists))) => {
                lists.iter().fold(1_u32, |product, &length| product.saturating_mul(length))
            }
            (true, None) => 1,
            (false, _) => self.count,
        };
        if elements > MAX_ELEMENTS {
            let field = self.name.clone();
            return Err(SchemaError::TooManyElements { field, got: elements, most: MAX_ELEMENTS });
        }
        if self.shape.len() > MAX_DIMENSIONS {
            return Err(SchemaError::TooManyDimensions {
                field: self.name.clone(),
                got: self.shape.len(),
                most: MAX_DIMENSIONS,
            });
        }
        let product = self.shape.iter().fold(1_u64, |product, &length| product.saturating_mul(length.into()));
        if !self.shape.is_empty() && product != u64::from(self.count) {
            return Err(SchemaError::ShapeMismatch { field: self.name.clone(), count: self.count, product });
        }
        Ok(())
    }

    /// Elements must not overlap: a small frame would be read as very much.
    fn check_strides(&self) -> Result<(), SchemaError> {
        if self.strides.is_empty() {
            return Ok(());
        }
        let mut inner = u64::from(self.kind.size());
        let mut fits = self.strides.len() == self.shape.len();
        for (&length, &stride) in self.shape.iter().zip(&self.strides).rev() {
            fits &= u64::from(stride) >= inner;
            inner = u64::from(stride).saturating_mul(length.into());
        }
        // The units of a text touch each other.
        let is_run = self.kind == FieldKind::Bytes || self.kind.is_text();
        fits &= !is_run || self.strides.last() == Some(&self.kind.size());
        if fits { Ok(()) } else { Err(SchemaError::WrongStrides { field: self.name.clone() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema_of(field: Field) -> Schema {
        let mut schema = Schema::new("Test", FrameSize::Fixed(16));
        schema.fields.push(field);
        schema
    }

    #[test]
    fn a_field_behind_the_frame_is_refused() {
        let field =
            Field { name: "late".into(), kind: FieldKind::F64, offset: 9, count: 1, ..Field::default() };
        let error = schema_of(field).check().unwrap_err();
        assert_eq!(error, SchemaError::FieldOutside { field: "late".into(), end: 17, size: 16 });
    }

    #[test]
    fn a_count_that_would_overflow_is_refused() {
        let field = Field { kind: FieldKind::F64, offset: u32::MAX, count: u32::MAX, ..Field::default() };
        assert!(matches!(schema_of(field).check(), Err(SchemaError::FieldOutside { .. })));
    }

    #[test]
    fn shapes_that_would_exhaust_stack_or_memory_are_refused() {
        let field = Field { count: 1, shape: vec![1; MAX_DIMENSIONS + 1], ..Field::default() };
        assert!(matches!(schema_of(field).check(), Err(SchemaError::TooManyDimensions { got: 9, .. })));
        let mut schema = Schema::new("T", FrameSize::Fixed(MAX_RECORD_SIZE));
        schema.fields.push(Field { count: MAX_RECORD_SIZE, ..Field::default() });
        assert!(matches!(schema.check(), Err(SchemaError::TooManyElements { .. })));
        schema.fields[0].kind = FieldKind::Bytes;
        schema.check().unwrap();
    }

    #[test]
    fn json_with_too_many_fields_is_refused_while_it_is_read() {
        let json = |fields: usize| {
            let field = r#"{"name":"a","kind":"u8","offset":0}"#;
            format!(r#"{{"name":"T","size":{{"fixed":1}},"fields":[{}]}}"#, vec![field; fields].join(","))
        };
        assert!(serde_json::from_str::<Schema>(&json(MAX_FIELDS)).is_ok());
        let error = serde_json::from_str::<Schema>(&json(MAX_FIELDS + 1)).unwrap_err();
        assert!(error.to_string().contains("at most 65536 fields"), "{error}");
    }

    #[test]
    fn json_without_optional_members_is_read() {
        let json = r#"{"name":"T","size":{"fixed":4},"fields":[{"name":"a","kind":"f32","offset":0}]}"#;
        let schema: Schema = serde_json::from_str(json).unwrap();
        schema.check().unwrap();
        assert_eq!(schema.field("a").unwrap().count, 1);
        assert_eq!(serde_json::to_string(&schema).unwrap(), json);
    }
}
