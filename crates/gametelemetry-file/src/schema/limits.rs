//! How large a schema may be, and reading lists without ever building a larger one.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error as _, SeqAccess, Visitor};

use super::Field;
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
/// The largest number of keys of a text that name somebody.
pub const MAX_PERSONAL_KEYS: usize = 1024;
/// The longest chain of fields of which each begins where the one before ends.
pub const MAX_CHAIN: usize = 64;

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
pub(crate) fn limited_kinds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<MessageKind>, D::Error> {
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
