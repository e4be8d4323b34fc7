//! Says quickly which kind a message is: the schema's conditions, made into a tree of questions.
//!
//! A port that gets 100,000 messages a second of a hundred kinds cannot try a hundred conditions each time. Each
//! question looks at one place of the message; its answer leaves a few kinds, or the next question.

use std::collections::HashMap;

use gametelemetry_file::{Condition, FieldKind, FrameSize, MessageKind, Recognized, Schema};

/// The most questions; a schema that would need more is asked itself.
const MOST_QUESTIONS: usize = 4096;

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

#[derive(Debug)]
pub(crate) struct Recognizer {
    /// `None` where the schema is asked itself.
    first: Option<Node>,
}

#[derive(Debug)]
enum Node {
    /// Kinds whose conditions all hold, in their order, with their sizes and whether they had conditions.
    Kinds(Vec<(usize, FrameSize, bool)>),
    /// What stands at a place decides.
    Question { place: Place, answers: HashMap<i64, Node>, otherwise: Box<Node> },
}

/// Where a condition looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    offset: u32,
    kind: FieldKind,
    big_endian: bool,
}

impl Place {
    fn of(condition: &Condition) -> Self {
        Self { offset: condition.offset, kind: condition.kind, big_endian: condition.big_endian }
    }
}

/// A kind with the conditions that are still to be asked.
#[derive(Clone)]
struct Candidate<'a> {
    number: usize,
    kind: &'a MessageKind,
    left: Vec<&'a Condition>,
}

impl Recognizer {
    pub(crate) fn new(schema: &Schema) -> Self {
        let candidates = schema.kinds.iter().enumerate().map(|(number, kind)| Candidate {
            number,
            kind,
            left: kind.when.iter().collect(),
        });
        Self { first: Node::build(candidates.collect(), &mut 0) }
    }

    /// What `message` is. `schema` must be the one that this was made for.
    pub(crate) fn recognize(&self, schema: &Schema, message: &[u8]) -> Kind {
        let Some(mut node) = self.first.as_ref() else { return recognize(schema, message) };
        loop {
            match node {
                Node::Question { place, answers, otherwise } => {
                    let found = Condition::value_at(place.offset, place.kind, place.big_endian, message);
                    node = found.and_then(|value| answers.get(&value)).unwrap_or(otherwise);
                }
                Node::Kinds(kinds) => {
                    if let Some((number, ..)) = kinds.iter().find(|(_, size, _)| size.allows(message.len())) {
                        return Kind::Known(*number);
                    }
                    let by_content = kinds.iter().find(|(.., has_conditions)| *has_conditions);
                    return by_content.map_or(Kind::None, |(number, ..)| Kind::WrongSize(*number));
                }
            }
        }
    }
}

impl Node {
    /// The questions that tell `candidates` apart; `None` when there would be too many.
    fn build(candidates: Vec<Candidate<'_>>, questions: &mut usize) -> Option<Self> {
        // The place that most of them look at leaves the fewest.
        let mut places: HashMap<Place, usize> = HashMap::new();
        for condition in candidates.iter().flat_map(|candidate| &candidate.left) {
            *places.entry(Place::of(condition)).or_default() += 1;
        }
        let Some((&place, _)) =
            places.iter().max_by_key(|(place, count)| (**count, std::cmp::Reverse(place.offset)))
        else {
            let kinds = candidates.iter();
            let kinds = kinds.map(|it| (it.number, it.kind.size, !it.kind.when.is_empty()));
            return Some(Self::Kinds(kinds.collect()));
        };
        *questions += 1;
        if *questions > MOST_QUESTIONS {
            return None;
        }
        let asked = candidates.iter().flat_map(|candidate| &candidate.left);
        let asked = asked.filter(|condition| Place::of(condition) == place);
        let mut values: Vec<i64> = asked.flat_map(|condition| &condition.values).copied().collect();
        values.sort_unstable();
        values.dedup();
        let mut answers = HashMap::new();
        for value in values {
            answers.insert(value, Self::build(left_by(&candidates, place, Some(value)), questions)?);
        }
        let otherwise = Box::new(Self::build(left_by(&candidates, place, None), questions)?);
        Some(Self::Question { place, answers, otherwise })
    }
}

/// The candidates that remain when `place` has `value`; with `None`, another than any asks for, or nothing.
fn left_by<'a>(candidates: &[Candidate<'a>], place: Place, value: Option<i64>) -> Vec<Candidate<'a>> {
    let remains = |candidate: &Candidate<'a>| {
        let mut left = Vec::new();
        for &condition in &candidate.left {
            if Place::of(condition) != place {
                left.push(condition);
            } else if value.is_none_or(|value| !condition.values.contains(&value)) {
                return None;
            }
        }
        Some(Candidate { left, ..*candidate })
    };
    candidates.iter().filter_map(remains).collect()
}

/// The kind of `message` by its number, asked of the schema itself.
pub(crate) fn known_kind(schema: &Schema, message: &[u8]) -> Option<usize> {
    match recognize(schema, message) {
        Kind::Known(number) => Some(number),
        _ => None,
    }
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

    fn kind(name: &str, size: u32, when: &[(u32, &[i64])]) -> MessageKind {
        let kind = MessageKind::new(name, FrameSize::Fixed(size));
        when.iter().fold(kind, |kind, (offset, values)| kind.when(*offset, FieldKind::U8, values))
    }

    #[test]
    fn the_questions_have_the_answers_of_the_schema() {
        let schema = Schema::of_kinds(
            "P",
            vec![
                kind("event a", 4, &[(0, &[1]), (1, &[3]), (2, &[7])]),
                kind("event b", 4, &[(0, &[1]), (1, &[3]), (2, &[8])]),
                kind("any event", 4, &[(0, &[1]), (1, &[3])]),
                kind("long", 5, &[(0, &[1]), (1, &[3])]),
                kind("laps", 3, &[(0, &[1, 2]), (1, &[4])]),
                kind("odd", 4, &[(2, &[9])]),
                kind("by size", 2, &[]),
                kind("twice", 6, &[(0, &[5]), (0, &[5, 6])]),
                kind("never", 6, &[(0, &[5]), (0, &[6])]),
            ],
        );
        let recognizer = Recognizer::new(&schema);
        let mut kinds = Vec::new();
        for length in 0..=6 {
            for number in 0..11_usize.pow(3) {
                let byte = |power: u32| u8::try_from(number / 11_usize.pow(power) % 11).unwrap();
                let message = [byte(0), byte(1), byte(2), 0, 0, 0];
                let expected = super::recognize(&schema, &message[..length]);
                assert_eq!(recognizer.recognize(&schema, &message[..length]), expected, "{message:?}");
                if let Kind::Known(kind) = expected {
                    kinds.push(kind);
                }
            }
        }
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_schema_that_would_need_too_many_questions_is_asked_itself() {
        let kinds = (0..20).map(|number| kind(&number.to_string(), 30, &[(number, &[1])])).collect();
        let schema = Schema::of_kinds("P", kinds);
        let recognizer = Recognizer::new(&schema);
        assert!(recognizer.first.is_none());
        let mut message = [0; 30];
        message[7] = 1;
        assert_eq!(recognizer.recognize(&schema, &message), Kind::Known(7));
    }
}
