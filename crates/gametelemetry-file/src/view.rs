//! One record seen through its schema: which kind it is, and its fields by name.
//!
//! What `cat`, channels and exporters read by. Reads any bytes by any checked schema without a panic.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::{Field, MessageKind, Recognized, Schema, Value};

/// One record and the layout that it has.
#[derive(Debug)]
pub struct FrameView<'a> {
    recognized: Recognized<'a>,
    fields: &'a [Field],
    bytes: &'a [u8],
    /// The frame as JSON, parsed when a field asks for it.
    json: OnceCell<Option<serde_json::Value>>,
}

impl Schema {
    /// `record`, seen through this schema. Of a record of no known kind only the fields that all have are there.
    #[must_use]
    pub fn view<'a>(&'a self, record: &'a [u8]) -> FrameView<'a> {
        let recognized = self.recognize(record);
        let fields = match recognized {
            Recognized::Kind(kind) => &kind.fields,
            _ => &self.fields,
        };
        FrameView { recognized, fields, bytes: record, json: OnceCell::new() }
    }
}

impl<'a> FrameView<'a> {
    /// What the record is.
    #[must_use]
    pub fn recognized(&self) -> Recognized<'a> {
        self.recognized
    }

    /// The kind of the message, when it is of a known one.
    #[must_use]
    pub fn kind(&self) -> Option<&'a MessageKind> {
        match self.recognized {
            Recognized::Kind(kind) => Some(kind),
            _ => None,
        }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The fields that the record has.
    #[must_use]
    pub fn fields(&self) -> &'a [Field] {
        self.fields
    }

    /// The field called `name`; as `kind/field` only when the record is of that kind.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'a Field> {
        let (wanted, name) = name.split_once('/').map_or((None, name), |(kind, name)| (Some(kind), name));
        if wanted.is_some_and(|wanted| self.kind().is_none_or(|kind| kind.name != wanted)) {
            return None;
        }
        self.fields.iter().find(|field| field.name == name)
    }

    /// The value of the field called `name`; [`Value::Missing`] when the record has none.
    #[must_use]
    pub fn get(&self, name: &str) -> Value {
        self.field(name).map_or(Value::Missing, |field| self.read(field))
    }

    /// The value of `field`, one of [`FrameView::fields`].
    #[must_use]
    pub fn read(&self, field: &Field) -> Value {
        if let Some(pointer) = &field.pointer {
            return self
                .json()
                .and_then(|json| json.pointer(pointer))
                .map_or(Value::Missing, Value::from_json);
        }
        self.locate(field).map_or(Value::Missing, |field| field.read(self.bytes))
    }

    /// Element `index` of `field`; those of an array of arrays are counted through.
    #[must_use]
    pub fn read_element(&self, field: &Field, index: u32) -> Value {
        if field.pointer.is_some() {
            return match self.read(field) {
                Value::List(mut values) if (index as usize) < values.len() => {
                    values.swap_remove(index as usize)
                }
                Value::List(_) | Value::Missing => Value::Missing,
                value if index == 0 => value,
                _ => Value::Missing,
            };
        }
        self.locate(field).map_or(Value::Missing, |field| field.read_element(self.bytes, index))
    }

    /// Every field with its value, in the order of the layout.
    pub fn values(&self) -> impl Iterator<Item = (&'a Field, Value)> {
        self.fields.iter().map(|field| (field, self.read(field)))
    }

    /// The frame as JSON, when it is one.
    #[must_use]
    pub fn json(&self) -> Option<&serde_json::Value> {
        self.json.get_or_init(|| serde_json::from_slice(self.bytes).ok()).as_ref()
    }

    /// `field` with the place and the length that it has in this record; `None` when what it depends on is missing.
    pub(crate) fn locate<'f>(&self, field: &'f Field) -> Option<Cow<'f, Field>> {
        let mut located = self.locate_room(field)?;
        if let Some(count) = &field.count_from {
            let count = self.get(count).as_f64()?;
            located.to_mut().limit(count);
        }
        Some(located)
    }

    /// The same with all the room that the field has, whatever of it is in use.
    pub(crate) fn locate_room<'f>(&self, field: &'f Field) -> Option<Cow<'f, Field>> {
        let Some(after) = &field.after else { return Some(Cow::Borrowed(field)) };
        // The chain is short: `Schema::check` has looked.
        let before = self.locate(self.field(after)?)?;
        let offset = u32::try_from(before.end().checked_add(field.offset.into())?).ok()?;
        Some(Cow::Owned(Field { offset, ..field.clone() }))
    }
}

impl Field {
    /// Makes the outermost length at most `count`.
    fn limit(&mut self, count: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float is cut to the range"
        )]
        let count = count.max(0.0) as u32;
        let Some(outermost) = self.shape.first_mut() else {
            self.count = self.count.min(count);
            return;
        };
        *outermost = count.min(*outermost);
        self.count = self.shape.iter().fold(1, |product, &length| product.saturating_mul(length));
    }
}

impl Value {
    /// What a JSON value is; objects keep their text.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Missing,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(value), _, _) => Self::Int(value),
                (_, Some(value), _) => Self::UInt(value),
                (_, _, Some(value)) => Self::F64(value),
                _ => Self::Missing,
            },
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(values) => Self::List(values.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(_) => Self::Text(json.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, FrameSize};

    fn field(name: &str, kind: FieldKind, offset: u32, count: u32) -> Field {
        Field { name: name.into(), kind, offset, count, ..Field::default() }
    }

    #[test]
    fn a_text_with_its_length_before_it_moves_what_follows() {
        let mut kind = MessageKind::new("car", FrameSize::Variable { max: 100 });
        kind.fields = vec![
            field("length", FieldKind::U16, 0, 1),
            Field { count_from: Some("length".into()), ..field("driver", FieldKind::Utf8, 2, 90) },
            Field { after: Some("driver".into()), ..field("gear", FieldKind::I8, 0, 1) },
        ];
        let schema = Schema::of_kinds("Cars", vec![kind]);
        schema.check().unwrap();
        let view = schema.view(b"\x03\x00Ann\x04");
        assert_eq!((view.get("driver").to_string(), view.get("gear")), ("Ann".to_owned(), Value::Int(4)));
        assert_eq!(view.kind().unwrap().name, "car");
        // A length that lies: what is not there is missing, and nothing is read behind the end.
        let view = schema.view(b"\xff\xffAnn\x04");
        assert_eq!(
            (view.get("driver").to_string(), view.get("gear")),
            ("Ann\u{4}".to_owned(), Value::Missing)
        );
    }

    #[test]
    fn a_count_field_ends_an_array_of_structs() {
        let mut schema = Schema::new("Cars", FrameSize::Fixed(9));
        schema.fields = vec![
            field("cars", FieldKind::U8, 0, 1),
            Field {
                shape: vec![4],
                strides: vec![2],
                count_from: Some("cars".into()),
                ..field("speed", FieldKind::U8, 2, 4)
            },
        ];
        schema.check().unwrap();
        let frame = [3, 0, 10, 0, 20, 0, 30, 0, 40];
        let view = schema.view(&frame);
        assert_eq!(view.get("speed").to_string(), "[10 20 30]");
        assert_eq!(view.read_element(view.field("speed").unwrap(), 2), Value::UInt(30));
        assert_eq!(view.read_element(view.field("speed").unwrap(), 3), Value::Missing);
    }

    #[test]
    fn fields_of_a_json_text_are_found_by_their_pointer() {
        let mut schema = Schema::new("State", FrameSize::Variable { max: 1000 });
        let pointer = |name: &str, pointer: &str| Field {
            pointer: Some(pointer.into()),
            ..field(name, FieldKind::F64, 0, 1)
        };
        schema.fields =
            vec![pointer("health", "/player/state/health"), pointer("map", "/map"), pointer("none", "/x")];
        schema.check().unwrap();
        let view = schema.view(br#"{"player":{"state":{"health":87}},"map":"de_dust2"}"#);
        assert_eq!(view.get("health"), Value::Int(87));
        assert_eq!(view.get("map"), Value::Text("de_dust2".into()));
        assert_eq!(view.get("none"), Value::Missing);
        assert_eq!(schema.view(b"no json").get("health"), Value::Missing);
    }
}
