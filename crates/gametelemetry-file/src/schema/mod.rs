//! What the bytes of a frame mean: fields with kind, offset, count, unit and description.
//!
//! A schema is made once (by `#[telemetry]` for a struct, or by a game that describes itself, as iRacing does),
//! stored in full in every session file, and is all a reader needs to show a recording years later. Does not
//! read values; that is [`crate::Value`].

mod check;
mod field;
mod limits;

use serde::{Deserialize, Serialize};

use crate::MessageKind;

pub use check::SchemaError;
pub(crate) use check::check_fields;
pub use field::{BitRange, Field, FieldKind, FrameSize};
pub(crate) use limits::limited_fields;
use limits::limited_kinds;
pub use limits::{
    MAX_CHAIN, MAX_DATAGRAM, MAX_DIMENSIONS, MAX_ELEMENTS, MAX_FIELDS, MAX_KINDS, MAX_PERSONAL_KEYS,
    MAX_RECORD_SIZE,
};

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
    /// Where a record that is a text (JSON, or YAML as iRacing writes it) names somebody, beside its personal fields: each is
    /// the end of a path, as `steamid`, `player/name` or `teams/*/name`, where `*` is any key or number; one that ends with
    /// a slash, as `players/`, means the keys in that object. In YAML only the last key counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal_keys: Vec<String>,
    /// The fields, in the order of the layout; of a source of several kinds, those that every record has.
    #[serde(deserialize_with = "limited_fields")]
    pub fields: Vec<Field>,
    /// The kinds of messages, where records are of several (the packets of one port); the first that fits is it.
    #[serde(default, deserialize_with = "limited_kinds", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<MessageKind>,
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
            personal_keys: Vec::new(),
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

    /// Every field: those that all records have, then those of each kind.
    pub fn all_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().chain(self.kinds.iter().flat_map(|kind| &kind.fields))
    }

    /// Whether somebody has said what of it names somebody, be it that nothing does.
    #[must_use]
    pub fn has_personal_marks(&self) -> bool {
        !self.personal_keys.is_empty() || self.all_fields().any(|field| field.personal.is_some())
    }

    /// Whether a reader of format 1 reads frames of this schema right.
    pub(crate) fn is_of_format_1(&self) -> bool {
        self.kinds.is_empty() && self.fields.iter().all(Field::is_of_format_1)
    }
}
