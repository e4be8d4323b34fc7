//! Judges a schema: which of its fields name somebody, by its own marks, by those that its game has today, and by the
//! channels that its fields are.

use super::{RedactError, is_personal_channel};
use crate::{Field, Header, MessageKind, Schema};

/// The schema of `header` with every mark that a redactor needs.
///
/// # Errors
/// When a field may hold a name and nobody has said whether it does.
pub(super) fn marked(header: &Header, known: Option<&Schema>) -> Result<Schema, RedactError> {
    let mut schema = header.schema.clone();
    if let Some(known) = known {
        adopt(&mut schema, known);
    } else if !schema.has_personal_marks()
        && let Some(field) = schema.all_fields().find(|field| may_name(field))
    {
        return Err(RedactError::Unjudged {
            game: header.game.clone(),
            source_name: header.source.clone(),
            field: field.name.clone(),
        });
    }
    mark_channels(&mut schema, header);
    Ok(schema)
}

/// Whether a field can hold anybody's name: texts, bytes of any content, and texts in which a value is looked up.
fn may_name(field: &Field) -> bool {
    field.kind.is_run() || field.pointer.is_some()
}

/// Takes over what `known` says of the fields of the same names. A text that it does not have is of another version, and
/// taken for personal.
fn adopt(schema: &mut Schema, known: &Schema) {
    for key in &known.personal_keys {
        if !schema.personal_keys.contains(key) {
            schema.personal_keys.push(key.clone());
        }
    }
    adopt_fields(&mut schema.fields, &known.fields, known);
    for kind in &mut schema.kinds {
        let same: &[Field] = known.kind(&kind.name).map_or(&[], |same: &MessageKind| &same.fields);
        adopt_fields(&mut kind.fields, same, known);
    }
}

fn adopt_fields(fields: &mut [Field], same: &[Field], known: &Schema) {
    for field in fields.iter_mut().filter(|field| field.personal.is_none()) {
        let of_name = |other: &&Field| other.name == field.name;
        // A kind that is called otherwise today still has fields of the same names.
        match same.iter().find(of_name).or_else(|| known.all_fields().find(of_name)) {
            Some(other) => field.personal = other.personal.filter(|personal| *personal),
            None if field.kind.is_run() => field.personal = Some(true),
            None => {}
        }
    }
}

/// Marks the fields of channels that name somebody.
fn mark_channels(schema: &mut Schema, header: &Header) {
    for mapping in header.channels.iter().filter(|mapping| is_personal_channel(&mapping.channel)) {
        let names = [Some(mapping.field.as_ref()), mapping.plus.as_ref().map(|plus| plus.field.as_ref())];
        for path in names.into_iter().flatten() {
            let (wanted, name) = path.split_once('/').map_or((None, path), |(kind, name)| (Some(kind), name));
            let kinds =
                schema.kinds.iter_mut().filter(|kind| wanted.is_none_or(|wanted| kind.name == wanted));
            let fields = kinds.flat_map(|kind| &mut kind.fields).chain(&mut schema.fields);
            fields.filter(|field| field.name == name).for_each(|field| field.personal = Some(true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChannelMapping, FieldKind, FrameSize};

    fn field(name: &str, kind: FieldKind, personal: Option<bool>) -> Field {
        Field { name: name.into(), kind, count: 4, personal, ..Field::default() }
    }

    fn header(fields: Vec<Field>) -> Header {
        let schema = Schema { fields, ..Schema::new("T", FrameSize::Fixed(40)) };
        Header::new("g", "s", schema, "2026-11-23T12:00:00Z".parse().unwrap())
    }

    fn marks(schema: &Schema) -> Vec<Option<bool>> {
        schema.fields.iter().map(|field| field.personal).collect()
    }

    #[test]
    fn a_recording_that_says_nothing_of_its_texts_is_refused() {
        for kind in [FieldKind::Utf8, FieldKind::Utf16, FieldKind::Windows1252, FieldKind::Bytes] {
            let error = marked(&header(vec![field("car", kind, None)]), None).unwrap_err();
            assert!(error.to_string().contains("car of g/s"), "{error}");
        }
        assert!(marked(&header(vec![field("speed", FieldKind::F32, None)]), None).is_ok());
        // Who marks one field has thought of the others.
        let said =
            header(vec![field("car", FieldKind::Utf8, None), field("x", FieldKind::Utf8, Some(false))]);
        assert_eq!(marks(&marked(&said, None).unwrap()), [None, Some(false)]);
    }

    #[test]
    fn what_the_game_says_today_holds_for_old_recordings() {
        let known =
            header(vec![field("car", FieldKind::Utf8, None), field("name", FieldKind::Utf8, Some(true))]);
        let old = ["car", "name", "gone"].map(|name| field(name, FieldKind::Utf8, None));
        let schema = marked(&header(old.into()), Some(&known.schema)).unwrap();
        assert_eq!(marks(&schema), [None, Some(true), Some(true)]);
    }

    #[test]
    fn the_field_of_a_personal_channel_is_personal() {
        let mut said = header(vec![
            field("a", FieldKind::Utf8, Some(false)),
            field("b", FieldKind::Utf8, None),
            field("c", FieldKind::Utf8, None),
        ]);
        said.channels = vec![ChannelMapping::new("driver", "s", "a").plus("b", 1.0)];
        assert_eq!(marks(&marked(&said, None).unwrap()), [Some(true), Some(true), None]);
    }
}
