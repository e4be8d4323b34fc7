//! What must hold of a schema before anybody relies on it, because it may come from a hostile file.

use std::collections::{HashMap, HashSet};

use super::{
    BitRange, Field, FieldKind, MAX_CHAIN, MAX_DIMENSIONS, MAX_ELEMENTS, MAX_FIELDS, MAX_KINDS,
    MAX_PERSONAL_KEYS, MAX_RECORD_SIZE, Schema,
};

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
    /// More keys that name somebody than any game has.
    #[error("a schema has {got} personal keys, at most {most} are allowed")]
    TooManyPersonalKeys {
        /// Number of keys found.
        got: usize,
        /// Number of keys allowed.
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
        if self.personal_keys.len() > MAX_PERSONAL_KEYS {
            return Err(SchemaError::TooManyPersonalKeys {
                got: self.personal_keys.len(),
                most: MAX_PERSONAL_KEYS,
            });
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

    pub(super) fn is_of_format_1(&self) -> bool {
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
        let is_run = self.kind.is_run();
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
        let is_run = self.kind.is_run();
        fits &= !is_run || self.strides.last() == Some(&self.kind.size());
        if fits { Ok(()) } else { Err(SchemaError::WrongStrides { field: self.name.clone() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameSize;

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
