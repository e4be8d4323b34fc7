//! Says quickly which kind a message is: what the schema's conditions look at is looked at once, and remembered.
//!
//! A port that gets 100,000 messages a second of a hundred kinds cannot try a hundred conditions each time.

use std::collections::HashMap;

use gametelemetry_file::{Condition, Recognized, Schema};

/// The most answers that are remembered: a hostile sender must not fill the memory with new ones.
const MOST_ANSWERS: usize = 1024;
/// The most bytes that conditions may look at, for answers to be remembered.
const MOST_BYTES: usize = 32;

/// What a message is; kinds by their number in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Of this kind.
    Known(usize),
    /// Of this kind by its content, but not by its length.
    WrongSize(usize),
    /// Of none, or the schema has no kinds.
    None,
}

/// What all conditions of a schema look at in one message, and its length.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Look {
    length: usize,
    bytes: [u8; MOST_BYTES],
}

#[derive(Debug)]
pub(crate) struct Recognizer {
    /// The bytes that conditions look at; `None` when there are too many to remember answers by.
    looked_at: Option<Vec<usize>>,
    answers: HashMap<Look, Kind>,
}

impl std::fmt::Debug for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Look").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Recognizer {
    pub(crate) fn new(schema: &Schema) -> Self {
        let conditions = schema.kinds.iter().flat_map(|kind| &kind.when);
        let mut bytes: Vec<usize> = conditions.flat_map(places).collect();
        bytes.sort_unstable();
        bytes.dedup();
        Self { looked_at: (bytes.len() <= MOST_BYTES).then_some(bytes), answers: HashMap::new() }
    }

    /// What `message` is. `schema` must be the one that this was made for.
    pub(crate) fn recognize(&mut self, schema: &Schema, message: &[u8]) -> Kind {
        if schema.kinds.is_empty() {
            return Kind::None;
        }
        let Some(looked_at) = &self.looked_at else { return recognize(schema, message) };
        let mut look = Look { length: message.len(), bytes: [0; MOST_BYTES] };
        for (to, &place) in look.bytes.iter_mut().zip(looked_at) {
            *to = message.get(place).copied().unwrap_or(0);
        }
        if let Some(&answer) = self.answers.get(&look) {
            return answer;
        }
        let answer = recognize(schema, message);
        if self.answers.len() < MOST_ANSWERS {
            self.answers.insert(look, answer);
        }
        answer
    }
}

fn places(condition: &Condition) -> std::ops::Range<usize> {
    let start = condition.offset as usize;
    start..start.saturating_add(condition.kind.size() as usize)
}

fn recognize(schema: &Schema, message: &[u8]) -> Kind {
    let number = |name: &str| schema.kinds.iter().position(|kind| kind.name == name);
    match schema.recognize(message) {
        Recognized::Kind(kind) => number(&kind.name).map_or(Kind::None, Kind::Known),
        Recognized::WrongSize(kind) => number(&kind.name).map_or(Kind::None, Kind::WrongSize),
        Recognized::Unknown | Recognized::Frame => Kind::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry_file::{FieldKind, FrameSize, MessageKind};

    #[test]
    fn a_remembered_answer_is_the_schema_s_own() {
        let kind = |id, size| {
            MessageKind::new(format!("{id}"), FrameSize::Fixed(size)).when(1, FieldKind::U8, &[id])
        };
        let schema = Schema::of_kinds("P", vec![kind(1, 4), kind(2, 4), kind(3, 6)]);
        let mut recognizer = Recognizer::new(&schema);
        for _ in 0..2 {
            assert_eq!(recognizer.recognize(&schema, &[9, 1, 0, 0]), Kind::Known(0));
            assert_eq!(recognizer.recognize(&schema, &[8, 3, 0, 0, 0, 0]), Kind::Known(2));
            assert_eq!(recognizer.recognize(&schema, &[8, 3, 0, 0]), Kind::WrongSize(2));
            assert_eq!(recognizer.recognize(&schema, &[]), Kind::None);
        }
        // A byte that is not there is not a byte that is 0.
        let zero = Schema::of_kinds("Z", vec![kind(0, 2)]);
        let mut recognizer = Recognizer::new(&zero);
        assert_eq!(recognizer.recognize(&zero, &[5]), Kind::None);
        assert_eq!(recognizer.recognize(&zero, &[5, 0]), Kind::Known(0));
    }

    #[test]
    fn a_hostile_sender_does_not_fill_the_memory() {
        let kind = MessageKind::new("a", FrameSize::Variable { max: 100 }).when(0, FieldKind::U64, &[1]);
        let schema = Schema::of_kinds("P", vec![kind]);
        let mut recognizer = Recognizer::new(&schema);
        for number in 0..100_000_u64 {
            recognizer.recognize(&schema, &number.to_le_bytes());
        }
        assert!(recognizer.answers.len() <= MOST_ANSWERS);
        assert_eq!(recognizer.recognize(&schema, &1_u64.to_le_bytes()), Kind::Known(0));
    }
}
