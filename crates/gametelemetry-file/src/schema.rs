//! What the bytes of a frame mean: fields with kind, offset, count, unit and description.
//!
//! A schema is made once (by `#[telemetry]` for a struct, or by a game that describes itself, as iRacing does),
//! stored in full in every session file, and is all a reader needs to show a recording years later. Does not
//! read values; that is [`crate::Value`].

use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The largest number of fields a schema may have; a hostile file cannot make a reader build more.
pub const MAX_FIELDS: usize = 65_536;
/// The largest record that any schema may allow, in bytes.
pub const MAX_RECORD_SIZE: u32 = 16 << 20;
/// The largest number of elements of a field that is neither text nor plain bytes; each becomes a value when read.
pub const MAX_ELEMENTS: u32 = 1 << 20;
/// The largest number of dimensions of an array.
pub const MAX_DIMENSIONS: usize = 8;

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
    /// The fields, in the order of the layout.
    #[serde(deserialize_with = "limited_fields")]
    pub fields: Vec<Field>,
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

/// One named value, or array of values, at a fixed place of a frame.
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<u32>,
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

/// What one element of a [`Field`] is. All numbers are little-endian.
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
            Self::U8 | Self::I8 | Self::Bool8 | Self::Utf8 | Self::Windows1252 | Self::Bytes => 1,
            Self::U16 | Self::I16 | Self::Utf16 => 2,
            Self::U32 | Self::I32 | Self::F32 | Self::Bool32 | Self::Bits32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Whether the elements together are one text.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Utf16 | Self::Utf8 | Self::Windows1252)
    }
}

/// Reads a list of fields, and gives up at the first that is too many: a hostile file must not fill the memory with
/// fields before they are counted.
fn limited_fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Field>, D::Error> {
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
        }
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

    /// Checks that every field lies inside the frame and that names are unique.
    ///
    /// # Errors
    /// The first thing that is wrong. A schema read from a file is always checked before it is used.
    pub fn check(&self) -> Result<(), SchemaError> {
        if self.fields.len() > MAX_FIELDS {
            return Err(SchemaError::TooManyFields { got: self.fields.len(), most: MAX_FIELDS });
        }
        if self.size.max() > MAX_RECORD_SIZE {
            return Err(SchemaError::FrameTooLarge { got: self.size.max(), most: MAX_RECORD_SIZE });
        }
        let mut names = std::collections::HashSet::with_capacity(self.fields.len());
        for field in &self.fields {
            field.check(self.size.max())?;
            if !names.insert(field.name.as_str()) {
                return Err(SchemaError::DuplicateField { field: field.name.clone() });
            }
        }
        Ok(())
    }
}

impl Field {
    /// Bytes from the start of the frame to the end of the field.
    #[must_use]
    pub fn end(&self) -> u64 {
        u64::from(self.offset) + u64::from(self.count) * u64::from(self.kind.size())
    }

    fn check(&self, frame_size: u32) -> Result<(), SchemaError> {
        if self.end() > u64::from(frame_size) {
            return Err(SchemaError::FieldOutside {
                field: self.name.clone(),
                end: self.end(),
                size: frame_size,
            });
        }
        if self.count > MAX_ELEMENTS && self.kind != FieldKind::Bytes && !self.kind.is_text() {
            return Err(SchemaError::TooManyElements {
                field: self.name.clone(),
                got: self.count,
                most: MAX_ELEMENTS,
            });
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
