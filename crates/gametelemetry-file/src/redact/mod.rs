//! Blanks what names somebody in one record, as the schema's marks say, and leaves every other byte as it is.
//!
//! Stands between reading and writing a copy that is given away. A record keeps its length, so that its layout, its size
//! and the records around it hold. What cannot be understood is blanked as a whole rather than kept. Reads no file and
//! judges no schema; that is the recorder's crate.

mod fields;
mod json;
mod paths;
mod yaml;

use std::collections::HashMap;
use std::ops::Range;

use crate::{Field, Recognized, Schema};

use fields::Layout;
use paths::Paths;

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blanked {
    /// It has nothing that names somebody.
    Nothing,
    /// Its personal values are blank now, everything else is as it was.
    Values,
    /// It is no text that can be understood, or of no kind that the schema knows, and is blank as a whole but for the
    /// fields that all records have.
    Whole,
}

/// Blanks records of one schema.
///
/// ```
/// # use gametelemetry_file::*;
/// let mut schema = Schema::new("Driver", FrameSize::Fixed(5));
/// let name = Field { name: "name".into(), kind: FieldKind::Utf8, offset: 1, count: 4, ..Field::default() };
/// schema.fields.push(Field { personal: Some(true), ..name });
/// let mut record = *b"7Anna";
/// assert_eq!(Redactor::new(&schema).blank(&mut record), Blanked::Values);
/// assert_eq!(&record, b"7\0\0\0\0");
/// ```
#[derive(Debug)]
pub struct Redactor<'s> {
    schema: &'s Schema,
    head: Layout<'s>,
    kinds: HashMap<&'s str, Layout<'s>>,
    paths: Paths,
    /// Whether anything is marked, so that a record of no known kind may name somebody.
    has_personal: bool,
    /// The record as it was, because one of its values may say where another is.
    before: Vec<u8>,
}

impl<'s> Redactor<'s> {
    /// A redactor of records of `schema`.
    #[must_use]
    pub fn new(schema: &'s Schema) -> Self {
        let is_personal = |field: &&Field| field.personal == Some(true);
        let pointers = schema.all_fields().filter(is_personal).filter_map(|field| field.pointer.as_deref());
        Self {
            schema,
            head: Layout::new(&schema.fields),
            kinds: schema.kinds.iter().map(|kind| (kind.name.as_str(), Layout::new(&kind.fields))).collect(),
            paths: Paths::new(&schema.personal_keys, pointers),
            has_personal: !schema.personal_keys.is_empty() || schema.all_fields().any(|it| is_personal(&it)),
            before: Vec::new(),
        }
    }

    /// Blanks what names somebody in `record`.
    pub fn blank(&mut self, record: &mut [u8]) -> Blanked {
        if !self.has_personal || record.is_empty() {
            return Blanked::Nothing;
        }
        self.before.clear();
        self.before.extend_from_slice(record);
        let layout = match self.schema.recognize(&self.before) {
            Recognized::Frame => Some(&self.head),
            Recognized::Kind(kind) => self.kinds.get(kind.name.as_str()),
            Recognized::WrongSize(_) | Recognized::Unknown => None,
        };
        let blanked = layout.and_then(|layout| layout.blank(&self.schema.view(&self.before), record));
        let (Some(layout), Some(blanked)) = (layout, blanked) else {
            self.blank_unknown(record);
            return Blanked::Whole;
        };
        let is_text = layout.is_text || !self.schema.personal_keys.is_empty();
        if self.paths.is_empty() || !is_text {
            return if blanked { Blanked::Values } else { Blanked::Nothing };
        }
        match blank_text(record, &self.paths) {
            Some(more) if blanked || more => Blanked::Values,
            Some(_) => Blanked::Nothing,
            None => {
                record.fill(b' ');
                Blanked::Whole
            }
        }
    }

    /// Blanks a record that nothing is known of but the fields that all have.
    fn blank_unknown(&self, record: &mut [u8]) {
        record.fill(0);
        if self.schema.kinds.is_empty() {
            return;
        }
        self.head.each_harmless(self.before.len(), &mut |place: Range<usize>| {
            if let (Some(bytes), Some(kept)) = (record.get_mut(place.clone()), self.before.get(place)) {
                bytes.copy_from_slice(kept);
            }
        });
    }
}

/// Blanks the values at `paths` of a JSON or YAML text: whether there were any; `None` for a text that cannot be
/// understood, which may be changed in part then.
fn blank_text(text: &mut [u8], paths: &Paths) -> Option<bool> {
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => json::blank(text, paths),
        Some(_) => yaml::blank(text, paths),
        None => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, FrameSize, MessageKind};

    fn text(name: &str, kind: FieldKind, offset: u32, count: u32) -> Field {
        Field { name: name.into(), kind, offset, count, personal: Some(true), ..Field::default() }
    }

    #[test]
    fn texts_are_zeroed_to_their_last_byte_and_nothing_beside_them() {
        let mut schema = Schema::new("T", FrameSize::Fixed(16));
        schema.fields = vec![
            Field { personal: None, ..text("track", FieldKind::Utf8, 0, 3) },
            text("driver", FieldKind::Utf16, 4, 4),
            text("nick", FieldKind::Utf8, 13, 3),
        ];
        schema.check().unwrap();
        let mut record = *b"Spa#Z\0\xeb\0A\0B\0.Zoe";
        assert_eq!(Redactor::new(&schema).blank(&mut record), Blanked::Values);
        assert_eq!(&record, b"Spa#\0\0\0\0\0\0\0\0.\0\0\0");
        // A record that ends within the text, and one that ends before it.
        let mut short = *b"Spa#Z\0\xeb";
        Redactor::new(&schema).blank(&mut short);
        assert_eq!(&short, b"Spa#\0\0\0");
        assert_eq!(Redactor::new(&schema).blank(&mut []), Blanked::Nothing);
    }

    #[test]
    fn names_in_an_array_of_structs_are_zeroed_behind_the_count_too() {
        let mut schema = Schema::new("T", FrameSize::Fixed(13));
        schema.fields = vec![
            Field { personal: None, ..text("cars", FieldKind::U8, 0, 1) },
            Field {
                shape: vec![3, 3],
                strides: vec![4, 1],
                count_from: Some("cars".into()),
                ..text("names", FieldKind::Utf8, 1, 9)
            },
        ];
        schema.check().unwrap();
        let mut record = *b"\x01Ann1Bob2Cid3";
        assert_eq!(Redactor::new(&schema).blank(&mut record), Blanked::Values);
        assert_eq!(&record, b"\x01\0\0\x001\0\0\x002\0\0\x003");
    }

    #[test]
    fn a_text_that_varies_in_length_is_zeroed_as_far_as_it_goes() {
        let mut schema = Schema::new("T", FrameSize::Variable { max: 100 });
        schema.fields = vec![
            Field { personal: None, ..text("length", FieldKind::U8, 0, 1) },
            Field { count_from: Some("length".into()), ..text("driver", FieldKind::Utf8, 1, 90) },
            Field { after: Some("driver".into()), personal: None, ..text("gear", FieldKind::U8, 0, 1) },
            Field { after: Some("driver".into()), ..text("club", FieldKind::Utf8, 1, 8) },
        ];
        schema.check().unwrap();
        let cases: [(&[u8], &[u8]); 3] = [
            (b"\x03Ann4Club", b"\x03\0\0\x004\0\0\0\0"),
            (b"\x004Club", b"\x004\0\0\0\0"),
            // A length that lies blanks what is there.
            (b"\xffAnn4", b"\xff\0\0\0\0"),
        ];
        for (before, after) in cases {
            let mut record = before.to_vec();
            assert_eq!(Redactor::new(&schema).blank(&mut record), Blanked::Values);
            assert_eq!(record, after);
        }
    }

    #[test]
    fn only_the_bits_that_are_personal_are_cleared() {
        let mut schema = Schema::new("T", FrameSize::Fixed(4));
        let bits = Some(crate::BitRange { first: 4, count: 8 });
        schema.fields = vec![
            Field { bits, ..text("little", FieldKind::U16, 0, 1) },
            Field { bits, big_endian: true, ..text("big", FieldKind::U16, 2, 1) },
        ];
        schema.check().unwrap();
        let mut record = [0xff; 4];
        assert_eq!(Redactor::new(&schema).blank(&mut record), Blanked::Values);
        assert_eq!(record, [0x0f, 0xf0, 0xf0, 0x0f]);
    }

    #[test]
    fn a_message_of_no_known_kind_keeps_what_all_have_only() {
        let mut kind = MessageKind::new("names", FrameSize::Fixed(5)).when(0, FieldKind::U8, &[4]);
        kind.fields = vec![text("name", FieldKind::Utf8, 1, 4)];
        let mut other = MessageKind::new("speed", FrameSize::Fixed(5)).when(0, FieldKind::U8, &[5]);
        other.fields = vec![Field { personal: None, ..text("speed", FieldKind::F32, 1, 1) }];
        let mut schema = Schema::of_kinds("P", vec![kind, other]);
        schema.fields = vec![Field { personal: None, ..text("id", FieldKind::U8, 0, 1) }];
        let mut redactor = Redactor::new(&schema);
        let cases: [(&[u8], &[u8], Blanked); 4] = [
            (b"\x04Anna", b"\x04\0\0\0\0", Blanked::Values),
            (b"\x05Anna", b"\x05Anna", Blanked::Nothing),
            (b"\x04Annabel", b"\x04\0\0\0\0\0\0\0", Blanked::Whole),
            (b"\x06Anna", b"\x06\0\0\0\0", Blanked::Whole),
        ];
        for (before, after, blanked) in cases {
            let mut record = before.to_vec();
            assert_eq!(redactor.blank(&mut record), blanked);
            assert_eq!(record, after);
        }
    }

    #[test]
    fn a_text_that_is_not_understood_is_blanked_as_a_whole() {
        let mut schema = Schema::new("T", FrameSize::Variable { max: 100 });
        schema.personal_keys = vec!["name".into()];
        for text in ["{\"name\":\"Ann\"", "Ann", "{name: Ann}", "[\"Ann\",]", "{\"name\":\"Ann\"}}"] {
            let mut record = text.as_bytes().to_vec();
            assert_eq!(Redactor::new(&schema).blank(&mut record), Blanked::Whole, "{text}");
            assert_eq!(record, vec![b' '; text.len()]);
        }
    }
}
