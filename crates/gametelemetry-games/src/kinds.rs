//! Kinds of messages that are put together from parts, because a game's packets share most of their bytes.
//!
//! Stands between the packed structs of a game and its schema. Reads no bytes.

use gametelemetry::{Field, FrameSize, MessageKind, Schema};

/// A kind whose bytes are those of `parts`, one behind the other.
pub(crate) fn joined(name: &str, description: &str, parts: &[&Schema]) -> MessageKind {
    let mut kind = MessageKind::new(name, FrameSize::Fixed(0)).description(description);
    let mut size = 0;
    for part in parts {
        let moved = part.fields.iter().map(|field| Field { offset: field.offset + size, ..field.clone() });
        kind.fields.extend(moved);
        size += part.size.max();
        if kind.reference.is_empty() {
            kind.reference.clone_from(&part.reference);
        }
    }
    kind.size = FrameSize::Fixed(size);
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_later_part_stand_behind_those_of_the_first() {
        let part = |field: &str, size| {
            let mut schema = Schema::new(field, FrameSize::Fixed(size));
            schema.fields.push(Field { name: field.to_owned(), count: 1, ..Field::default() });
            schema
        };
        let kind = joined("both", "", &[&part("one", 3), &part("two", 4)]);
        assert_eq!(kind.size, FrameSize::Fixed(7));
        let offsets: Vec<_> = kind.fields.iter().map(|field| (field.name.as_str(), field.offset)).collect();
        assert_eq!(offsets, [("one", 0), ("two", 3)]);
    }
}
