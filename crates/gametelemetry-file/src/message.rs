//! The kinds of messages of a source that gets several: how they are told apart, and how they belong together.
//!
//! A port gets packets of many kinds; each record is one packet as it came, and the schema says which kind it is.
//! Stands beside the schema; counting, grouping and reassembly are the recorder's and the processors'.

use serde::{Deserialize, Serialize};

use crate::schema::{check_fields, limited_fields};
use crate::{Field, FieldKind, FrameSize, PackedFrame, Schema, SchemaError, Value};

/// One kind of message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageKind {
    /// The name, as `lap_data`; unique in its schema.
    pub name: String,
    /// What it holds and when it comes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What a message of this kind has at certain places; all must hold. Without any, its size tells it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    /// How many bytes a message has.
    pub size: FrameSize,
    /// Where the layout is stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The fields, in the order of the layout.
    #[serde(deserialize_with = "limited_fields")]
    pub fields: Vec<Field>,
    /// The number by which missing messages of this kind are noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<Sequence>,
    /// The fields that are equal in all messages of one moment of the game, the one that advances last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<String>,
    /// The field with the game's own time, which goes back when the game does (a flashback) while `sequence` does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<String>,
    /// How a message too long for one datagram is split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    /// How often it usually comes, in Hz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<f64>,
}

/// What stands at one place of every message of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Bytes from the start of the message.
    pub offset: u32,
    /// The integer there.
    pub kind: FieldKind,
    /// Whether its bytes come most significant first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub big_endian: bool,
    /// It is one of these.
    pub values: Vec<i64>,
}

/// A number that advances from message to message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The field.
    pub field: String,
    /// By how much it advances; found out from what comes when none is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Fields whose change begins a new count, as a session's id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts_with: Vec<String>,
}

/// How a message is split over several datagrams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The field with the part's number.
    pub number: String,
    /// The field with the number of parts.
    pub count: String,
    /// The number of the first part: 0 or 1.
    #[serde(default)]
    pub first: u32,
    /// The fields that are equal in all parts of one message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub message: Vec<String>,
    /// A field that advances by one with each part: less the part's number it is equal in all parts of a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<String>,
}

/// What a record is by its schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recognized<'a> {
    /// A message of this kind.
    Kind(&'a MessageKind),
    /// By its content it is of this kind, but not by its length.
    WrongSize(&'a MessageKind),
    /// Of no kind that the schema knows.
    Unknown,
    /// The schema has no kinds: every record is one of its frames, if it has the right size.
    Frame,
}

impl MessageKind {
    /// A kind with no fields yet.
    #[must_use]
    pub fn new(name: impl Into<String>, size: FrameSize) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            when: Vec::new(),
            size,
            reference: String::new(),
            fields: Vec::new(),
            sequence: None,
            group: Vec::new(),
            moment: None,
            parts: None,
            rate_hz: None,
        }
    }

    /// The kind that the packed struct `F` describes.
    #[must_use]
    pub fn of<F: PackedFrame>(name: impl Into<String>) -> Self {
        let schema = F::schema();
        Self {
            reference: schema.reference.clone(),
            fields: schema.fields.clone(),
            ..Self::new(name, schema.size)
        }
    }

    /// Says what it holds.
    #[must_use]
    pub fn description(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// Only messages that have one of `values` as the integer `kind` at `offset`.
    #[must_use]
    pub fn when(mut self, offset: u32, kind: FieldKind, values: &[i64]) -> Self {
        self.when.push(Condition { offset, kind, big_endian: false, values: values.to_vec() });
        self
    }

    /// Missing messages are noticed by `field`, which advances by `step` (found out when there is none); a change of
    /// one of `restarts_with` begins a new count.
    #[must_use]
    pub fn sequence(mut self, field: &str, step: Option<u32>, restarts_with: &[&str]) -> Self {
        let restarts_with = restarts_with.iter().map(|&name| name.to_owned()).collect();
        self.sequence = Some(Sequence { field: field.to_owned(), step, restarts_with });
        self
    }

    /// Messages of one moment are equal in `fields`, of which the last advances.
    #[must_use]
    pub fn group(mut self, fields: &[&str]) -> Self {
        self.group = fields.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// `field` is the game's own time, and goes back when the game does.
    #[must_use]
    pub fn moment(mut self, field: &str) -> Self {
        self.moment = Some(field.to_owned());
        self
    }

    /// How often it usually comes.
    #[must_use]
    pub fn rate_hz(mut self, hz: f64) -> Self {
        self.rate_hz = Some(hz);
        self
    }

    /// The field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub(crate) fn check(&self, record_size: u32) -> Result<(), SchemaError> {
        if self.size.max() > record_size {
            return Err(SchemaError::FrameTooLarge { got: self.size.max(), most: record_size });
        }
        check_fields(&self.fields, self.size.max())?;
        let sequence = self.sequence.iter().flat_map(|it| it.restarts_with.iter().chain([&it.field]));
        let parts = self
            .parts
            .iter()
            .flat_map(|it| it.message.iter().chain([&it.number, &it.count]).chain(&it.running));
        let mut named = sequence.chain(parts).chain(&self.group).chain(&self.moment);
        match named.find(|name| self.field(name).is_none()) {
            Some(target) => Err(SchemaError::UnknownField {
                field: format!("kind {}", self.name),
                target: target.clone(),
            }),
            None => Ok(()),
        }
    }
}

impl Condition {
    /// Whether `message` has what is asked for.
    #[must_use]
    pub fn holds(&self, message: &[u8]) -> bool {
        let found = Self::value_at(self.offset, self.kind, self.big_endian, message);
        found.is_some_and(|value| self.values.contains(&value))
    }

    /// The integer `kind` at `offset` of `message`, as conditions compare it: 64 bits, signed.
    #[must_use]
    pub fn value_at(offset: u32, kind: FieldKind, big_endian: bool, message: &[u8]) -> Option<i64> {
        let bytes = message.get(usize::try_from(offset).unwrap_or(usize::MAX)..)?;
        match crate::value::read_one(kind, big_endian, bytes) {
            Value::Int(value) => Some(value),
            Value::UInt(value) => Some(value.cast_signed()),
            Value::Bool(value) => Some(value.into()),
            _ => None,
        }
    }
}

impl Schema {
    /// What `record` is. Of the kinds whose conditions hold, the first whose size fits.
    #[must_use]
    pub fn recognize(&self, record: &[u8]) -> Recognized<'_> {
        if self.kinds.is_empty() {
            return Recognized::Frame;
        }
        let mut wrong_size = None;
        for kind in &self.kinds {
            if !kind.when.iter().all(|condition| condition.holds(record)) {
                continue;
            }
            if kind.size.allows(record.len()) {
                return Recognized::Kind(kind);
            }
            // A kind that its size alone tells is not this one.
            if !kind.when.is_empty() && wrong_size.is_none() {
                wrong_size = Some(kind);
            }
        }
        wrong_size.map_or(Recognized::Unknown, Recognized::WrongSize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        let kind = |name: &str, id, size| {
            MessageKind::new(name, FrameSize::Fixed(size)).when(0, FieldKind::U8, &[id])
        };
        let by_size = MessageKind::new("dash", FrameSize::Fixed(9));
        Schema::of_kinds(
            "Packets",
            vec![kind("motion", 1, 4), kind("motion_long", 1, 6), kind("laps", 2, 4), by_size],
        )
    }

    fn name(schema: &Schema, record: &[u8]) -> String {
        match schema.recognize(record) {
            Recognized::Kind(kind) => kind.name.clone(),
            Recognized::WrongSize(kind) => format!("wrong size of {}", kind.name),
            Recognized::Unknown => "unknown".to_owned(),
            Recognized::Frame => "frame".to_owned(),
        }
    }

    #[test]
    fn a_record_is_of_the_first_kind_whose_conditions_and_size_fit() {
        let schema = schema();
        assert_eq!(name(&schema, &[1, 0, 0, 0]), "motion");
        assert_eq!(name(&schema, &[1, 0, 0, 0, 0, 0]), "motion_long");
        assert_eq!(name(&schema, &[2, 0, 0, 0]), "laps");
        assert_eq!(name(&schema, &[2, 0, 0]), "wrong size of laps");
        assert_eq!(name(&schema, &[7; 9]), "dash");
        assert_eq!(name(&schema, &[7; 4]), "unknown");
        assert_eq!(name(&schema, &[]), "unknown");
    }

    #[test]
    fn a_kind_that_refers_to_a_field_it_does_not_have_is_refused() {
        let kind = MessageKind::new("motion", FrameSize::Fixed(4)).sequence("frame", None, &[]);
        let error = Schema::of_kinds("Packets", vec![kind]).check().unwrap_err();
        assert_eq!(
            error.to_string(),
            "in kind motion: kind motion refers to a field frame, which is not there, or does not stand before it"
        );
    }
}
